/**
 * What is true in the box, as the dataplane tells it: connections, subflows, paths, rules, and a
 * bounded history of what happened.
 *
 * <p>{@link io.mptcplb.controlplane.agent.model.BoxModel} is fed with events in their order; all
 * else reads. Whatever a peer can make more of is bounded, and what does not fit is counted.
 *
 * <p>Owner thread: the event loop; records are immutable. Does not: know sockets, JSON or policy,
 * read clocks.
 */
@NullMarked
package io.mptcplb.controlplane.agent.model;

import org.jspecify.annotations.NullMarked;
