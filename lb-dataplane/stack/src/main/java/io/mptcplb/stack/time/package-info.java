/**
 * Deadlines as a table: the {@link io.mptcplb.stack.time.TimerWheel} holds one entry per TCP
 * endpoint and one per MPTCP connection, in preallocated columns.
 *
 * <p>Owner thread: the worker. Does not: read a clock (time is an argument), allocate after
 * construction, know what a timer is for. JDK only.
 */
@NullMarked
package io.mptcplb.stack.time;

import org.jspecify.annotations.NullMarked;
