/**
 * From frames to TCP segments and back: addresses, routes, neighbours, ARP, neighbour discovery and
 * ICMP, for IPv4 and IPv6 alike.
 *
 * <p>Inwards, {@link io.mptcplb.stack.ip.FrameDispatcher} validates a frame, refuses it by name or
 * hands its TCP segment to {@link io.mptcplb.stack.ip.SegmentInput}. Outwards, {@link
 * io.mptcplb.stack.ip.IpLayer#send} puts IP and Ethernet headers in front of a segment; what it
 * needs to know stands in the endpoint's {@link io.mptcplb.stack.ip.Route}, so that an ordinary
 * segment costs one check.
 *
 * <p>Owner thread: the worker. Read RFC 826, 1122, 4861, 5227, 5927, 7048 and 8200 first. Does not:
 * forward packets, reassemble fragments, read clocks, allocate after start, log.
 */
@NullMarked
package io.mptcplb.stack.ip;

import org.jspecify.annotations.NullMarked;
