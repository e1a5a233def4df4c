/**
 * The dataplane's end of the control socket: takes commands, passes them to the workers, tells
 * clients what becomes of connections (ADR 10).
 *
 * <p>{@link io.mptcplb.app.control.ControlServer} is the socket and its thread; {@link
 * io.mptcplb.app.control.CommandDesk} prepares what a command changes and waits until every worker
 * has gone over to it; {@link io.mptcplb.app.control.Mailbox} is how a worker takes orders, one per
 * duty cycle; {@link io.mptcplb.app.control.EventWriter} is how it says what happened, through an
 * {@link io.mptcplb.app.control.EventRing}.
 *
 * <p>Owner threads: all is the control thread's but what its class gives to the worker. The worker
 * never waits, never locks and allocates nothing here. Does not: touch packets, know protocols,
 * decide policy.
 */
@NullMarked
package io.mptcplb.app.control;

import org.jspecify.annotations.NullMarked;
