/**
 * Bytes on the network as typed views: Ethernet, ARP, IPv4, IPv6, ICMP, neighbour discovery, TCP
 * and its options, MPTCP's options, checksums and sequence arithmetic.
 *
 * <p>A view is wrapped around an address once; {@code wrap} says whether the header may be read and
 * by which {@link io.mptcplb.wire.DropReason} not, and after {@code NONE} no accessor can fail.
 * Read first: RFC 9293 s3.1 and RFC 8684 s3, which these classes spell field by field.
 *
 * <p>Owner thread: every view and option struct belongs to one worker, which reuses it; statics are
 * pure. Does not: keep state between segments, decide what a legal but unwanted segment means, read
 * clocks, allocate (except {@link io.mptcplb.wire.IpAddress}, for configuration and logs).
 */
@NullMarked
package io.mptcplb.wire;

import org.jspecify.annotations.NullMarked;
