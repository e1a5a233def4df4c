/**
 * TCP as server and as client, without I/O: segments and time in, segments out through {@link
 * io.mptcplb.stack.ip.IpLayer}.
 *
 * <p>{@link io.mptcplb.stack.tcp.TcpInput} finds the {@link io.mptcplb.stack.tcp.TcpEndpoint} of a
 * segment; the endpoint joins a {@link io.mptcplb.stack.tcp.TcpReceiver} and a {@link
 * io.mptcplb.stack.tcp.TcpSender}. What TCP does not know goes through one port, {@link
 * io.mptcplb.stack.tcp.SegmentExtension}: {@link io.mptcplb.stack.tcp.PlainStream} implements it
 * for plain TCP, the mptcp package for subflows. The proxy sees only {@link
 * io.mptcplb.stack.tcp.Stream}.
 *
 * <p>In one duty cycle: {@code onSegment} for every frame, then {@code onTimer}, then {@code
 * TcpStack.output}: an endpoint that has something to send or to acknowledge is marked, and decides
 * once per burst; acknowledgements of every second full segment gather over two of them.
 *
 * <p>Owner thread: the worker. Read RFC 9293, 7323, 2018, 6298, 8985, 6937, 9438 and 5961 first.
 * Does not: open sockets, read clocks, allocate, log.
 */
@NullMarked
package io.mptcplb.stack.tcp;

import org.jspecify.annotations.NullMarked;
