/**
 * The process that touches packets: reads the configuration, opens ports, runs the workers, and
 * publishes their figures.
 *
 * <p>{@link io.mptcplb.app.Main} wires and waits; {@link io.mptcplb.app.Worker} is the duty cycle,
 * {@link io.mptcplb.app.WorkerUnit} all that one worker has to itself, {@link io.mptcplb.app.crew}
 * what lies between two of them. Clocks, threads, files and log lines live here and nowhere below.
 *
 * <p>Owner threads: the main thread until the workers start and after they have ended, each
 * worker's thread between, beside it the control thread of {@link io.mptcplb.app.control}. Does
 * not: know protocols.
 */
@NullMarked
package io.mptcplb.app;

import org.jspecify.annotations.NullMarked;
