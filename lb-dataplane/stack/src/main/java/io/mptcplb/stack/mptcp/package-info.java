/**
 * MPTCP version 1 (RFC 8684) above {@link io.mptcplb.stack.tcp}: one connection over several TCP
 * subflows, seen by the proxy as one {@link io.mptcplb.stack.tcp.Stream}.
 *
 * <p>{@link io.mptcplb.stack.mptcp.MptcpStack} holds what a worker's connections share: tokens,
 * keys, policies, counters. A {@link io.mptcplb.stack.mptcp.Subflow} is what stands above one TCP
 * endpoint: it speaks the handshakes and turns options into calls on its {@link
 * io.mptcplb.stack.mptcp.MptcpConnection}, whose {@code DataReceiver} puts data in order and whose
 * {@code DataSender} asks the {@code Scheduler} where the next segment goes.
 *
 * <p>A connection asks its {@link io.mptcplb.stack.mptcp.PolicySource} which {@link
 * io.mptcplb.stack.mptcp.MptcpPolicy} is in force and goes over to it when told to follow; {@link
 * io.mptcplb.stack.mptcp.ConnectionEvents} tells whoever watches.
 *
 * <p>Inside, data is named by stream offsets: offset 0 is the byte after the initial data sequence
 * number, on both sides.
 *
 * <p>Where the RFC leaves a choice:
 *
 * <ul>
 *   <li>When options cease on a proven connection, it becomes plain TCP if it had one subflow ever,
 *       nothing was sent twice on purpose and no data is missing (as Linux does); else the subflow
 *       is reset with reason 6 and its data goes over another one.
 *   <li>Bytes without a mapping wait for one: 500 ms, or 64 KB.
 *   <li>Before any DSS checksum has been good, a bad one means plain TCP; later MP_FAIL, and the
 *       peer sends again what failed.
 *   <li>A DATA_ACK has 8 octets only beside a peer that uses DSNs of 8 octets; our DSNs always do.
 *   <li>A full table, or any doubt about a SYN, is answered with plain TCP, never with silence:
 *       clients remember.
 *   <li>Over several subflows half of the peer's window is used: Linux may be unable to take the
 *       bytes that close a hole once what came ahead of it fills its memory.
 *   <li>Data up to one window beyond our edge is taken if memory allows: Linux adds the window of
 *       an idle subflow to a newer DATA_ACK.
 *   <li>A connection without a subflow waits for a join as long as its policy says, then it is
 *       aborted.
 *   <li>MP_PRIO and REMOVE_ADDR, which nobody acknowledges, are sent three times; the last subflow
 *       on a removed address is left to the peer.
 *   <li>A subflow whose port has no carrier counts as stalled at once.
 * </ul>
 *
 * <p>Owner thread: the worker. Read RFC 8684 s3 first. Does not: read clocks, allocate after start,
 * open paths by itself.
 */
@NullMarked
package io.mptcplb.stack.mptcp;

import org.jspecify.annotations.NullMarked;
