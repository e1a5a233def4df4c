/**
 * The agent's end of the control socket: always in step with the dataplane, or on the way there.
 *
 * <p>{@link io.mptcplb.controlplane.agent.control.ControlClient} is the front door.
 *
 * <p>Owner thread: the event loop. Does not: know what events mean, keep commands for later.
 */
@NullMarked
package io.mptcplb.controlplane.agent.control;

import org.jspecify.annotations.NullMarked;
