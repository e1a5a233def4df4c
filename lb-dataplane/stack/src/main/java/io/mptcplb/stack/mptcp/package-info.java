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
 * <p>Inside, data is named by stream offsets: offset 0 is the byte after the initial data sequence
 * number, on both sides.
 *
 * <p>Owner thread: the worker. Read RFC 8684 s3 first. Does not: read clocks, allocate after start,
 * open paths by itself.
 */
@NullMarked
package io.mptcplb.stack.mptcp;

import org.jspecify.annotations.NullMarked;
