/**
 * The buffer and the port: what everything that touches packets stands on.
 *
 * <p>A buffer is the {@code long} address of an mbuf in DPDK's memory layout, whether it came from
 * a DPDK mempool or, in tests and warm-up, from {@link io.mptcplb.frame.ArenaBufferPool}. {@link
 * io.mptcplb.frame.Mem} is the only class that touches raw memory, {@link io.mptcplb.frame.Mbuf}
 * the only one that knows the layout. A port is a {@link io.mptcplb.frame.FrameIo}.
 *
 * <p>Owner thread: every buffer, pool and port belongs to one worker thread. Does not: know any
 * protocol, read clocks, allocate.
 */
@NullMarked
package io.mptcplb.frame;

import org.jspecify.annotations.NullMarked;
