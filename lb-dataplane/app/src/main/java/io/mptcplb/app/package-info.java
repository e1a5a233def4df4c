/**
 * The process that touches packets: reads the configuration, opens ports, runs the worker, and
 * publishes its figures.
 *
 * <p>{@link io.mptcplb.app.Main} wires and waits; {@link io.mptcplb.app.Worker} is the duty cycle.
 * Clocks, threads, files and log lines live here and nowhere below.
 *
 * <p>Owner threads: the main thread until the worker starts and after it has ended, the worker
 * thread between, beside it the control thread of {@link io.mptcplb.app.control}. Does not: know
 * protocols.
 */
@NullMarked
package io.mptcplb.app;

import org.jspecify.annotations.NullMarked;
