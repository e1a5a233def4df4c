/**
 * Payload on its way through the box: who holds a buffer, in which order its bytes stand, and how
 * much memory that may take.
 *
 * <p>A received buffer is adopted once ({@link io.mptcplb.stack.buffer.HeldBuffers}), put in order
 * ({@link io.mptcplb.stack.buffer.Reassembly}) and then stands in one {@link
 * io.mptcplb.stack.buffer.StreamQueue}: the receiver's output and the other side's sender's input.
 * Senders refer to it by slices and hold it until their peer has acknowledged it.
 *
 * <p>Offsets are 64-bit positions in a stream that starts at 0; TCP and MPTCP translate their
 * sequence numbers at their edges.
 *
 * <p>Owner thread: the worker. Read RFC 9293 s3.8.6 and RFC 8684 s3.3.5 first. Does not: know
 * segments, read clocks, allocate.
 */
@NullMarked
package io.mptcplb.stack.buffer;

import org.jspecify.annotations.NullMarked;
