/**
 * The agent: the process beside a dataplane that tells it what is wanted and shows what is true.
 *
 * <p>{@link io.mptcplb.controlplane.agent.Agent} is the front door. Everything runs on one event
 * loop; what reads files or mapped memory runs on worker threads and hands its result back.
 *
 * <p>What is wanted is what a watched file says, or on Kubernetes what {@link
 * io.mptcplb.controlplane.agent.kubernetes} makes of the node's objects.
 *
 * <p>Owner thread: the event loop. Does not: touch packets, or hold a fact that it could not
 * rebuild from the dataplane's snapshot and the configuration file.
 */
@NullMarked
package io.mptcplb.controlplane.agent;

import org.jspecify.annotations.NullMarked;
