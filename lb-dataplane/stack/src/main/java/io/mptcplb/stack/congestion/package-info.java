/**
 * How much may be in flight: congestion control as pure state machines over bytes and times. Loss
 * detection is the sender's.
 *
 * <p>Owner thread: the worker. Read RFC 9438, 9406, 6928 and 5681 first. Does not: know segments,
 * subflows or timers.
 */
@NullMarked
package io.mptcplb.stack.congestion;

import org.jspecify.annotations.NullMarked;
