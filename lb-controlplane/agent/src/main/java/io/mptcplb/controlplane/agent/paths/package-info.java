/**
 * The path manager at work: the pure state machine of {@link io.mptcplb.policy.path}, run with real
 * time, real events and real figures.
 *
 * <p>Owner thread: the event loop. Does not: decide anything.
 */
@NullMarked
package io.mptcplb.controlplane.agent.paths;

import org.jspecify.annotations.NullMarked;
