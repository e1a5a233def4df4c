/**
 * DPDK through {@code java.lang.foreign}: no C of our own, no Unsafe. Knows buffers and ports,
 * nothing of any protocol.
 *
 * <p>Call order: {@link io.mptcplb.dpdk.Eal#start} once per process; {@link
 * io.mptcplb.dpdk.DpdkBufferPool#create} one pool per worker, its room by {@link
 * io.mptcplb.dpdk.AfPacketRing#roomBytesForMtu}; {@link io.mptcplb.dpdk.EthPort#open} per port, on
 * a thread that is in the network namespace of its interface; {@link
 * io.mptcplb.dpdk.DpdkThread#start} per worker, with a {@link io.mptcplb.dpdk.Poller} to wait in.
 * To end: stop the workers, close ports, then pools, then the Eal. Exception: with a memif port
 * open, leave by {@code Runtime.halt} instead (DPDK's interrupt thread touches it after it is
 * gone).
 *
 * <p>All of start-up fails as {@link io.mptcplb.dpdk.DpdkException} with a {@link
 * io.mptcplb.dpdk.DpdkError} that says what to install or change. On the packet path nothing
 * throws: dropped frames are counted by {@link io.mptcplb.dpdk.PortDrop}.
 *
 * <p>Owner thread: a pool and its ports belong to one worker; opening and closing belong to whoever
 * wires the program. Does not: poll from several threads, know TCP, configure kernel interfaces
 * (addresses, MTU, offloads of peers).
 */
@NullMarked
package io.mptcplb.dpdk;

import org.jspecify.annotations.NullMarked;
