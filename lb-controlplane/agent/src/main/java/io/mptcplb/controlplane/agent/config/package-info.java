/**
 * The configuration's way from the watched file, or from an operator's hand, into the dataplane:
 * all of it or nothing, and every refusal told where the user looks.
 *
 * <p>{@link io.mptcplb.controlplane.agent.config.ConfigKeeper} is the front door.
 *
 * <p>Owner thread: the event loop; files are read and written on worker threads. Does not: know
 * what a configuration means.
 */
@NullMarked
package io.mptcplb.controlplane.agent.config;

import org.jspecify.annotations.NullMarked;
