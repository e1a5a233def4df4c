package io.mptcplb.wire;

import io.mptcplb.frame.Mem;

/**
 * The packet that an ICMP error quotes: its IP header and at least 8 bytes of TCP, which name the
 * flow and prove that the sender of the error saw our segment (RFC 5927 s4). A quote is cut off
 * where the router chose, so its lengths and checksums prove nothing and are not verified.
 */
public final class IcmpQuoteView {
    /** Bytes of TCP that a quote must hold: ports and sequence number. */
    public static final int TCP_BYTES_MIN = 8;

    private long start;
    private int tcpOffset;
    private boolean ipv6;

    /**
     * Finds the quoted addresses, ports and sequence number.
     *
     * @param isIpv6 which IP carried the error, and so which it quotes
     * @return NONE; TRUNCATED when the quote does not reach the sequence number; BAD_ICMP when it
     *     is no IP packet of ours; UNKNOWN_PROTOCOL when it does not quote TCP; FRAGMENT
     */
    public DropReason wrap(long address, int length, boolean isIpv6) {
        start = address;
        ipv6 = isIpv6;
        return isIpv6 ? wrapV6(address, length) : wrapV4(address, length);
    }

    private DropReason wrapV4(long address, int length) {
        if (length < Ipv4View.HEADER_BYTES) {
            return DropReason.TRUNCATED;
        }
        tcpOffset = (Mem.u8(address) & 0xf) * 4;
        if (Mem.u8(address) >>> 4 != 4 || tcpOffset < Ipv4View.HEADER_BYTES) {
            return DropReason.BAD_ICMP;
        }
        if (length < tcpOffset + TCP_BYTES_MIN) {
            return DropReason.TRUNCATED;
        }
        if (Mem.u8(address + 9) != IpProtocol.TCP) {
            return DropReason.UNKNOWN_PROTOCOL;
        }
        boolean laterFragment = (Mem.u16(address + 6) & 0x1fff) != 0;
        return laterFragment ? DropReason.FRAGMENT : DropReason.NONE;
    }

    /** We send no extension headers, so a quote that has some is not of ours. */
    private DropReason wrapV6(long address, int length) {
        tcpOffset = Ipv6View.HEADER_BYTES;
        if (length < tcpOffset + TCP_BYTES_MIN) {
            return DropReason.TRUNCATED;
        }
        if (Mem.u8(address) >>> 4 != 6) {
            return DropReason.BAD_ICMP;
        }
        return Mem.u8(address + 6) == IpProtocol.TCP
                ? DropReason.NONE
                : DropReason.UNKNOWN_PROTOCOL;
    }

    public long srcHi() {
        return ipv6 ? Mem.u64(start + 8) : 0;
    }

    public long srcLo() {
        return ipv6 ? Mem.u64(start + 16) : IpAddresses.v4(Mem.u32(start + 12));
    }

    public long dstHi() {
        return ipv6 ? Mem.u64(start + 24) : 0;
    }

    public long dstLo() {
        return ipv6 ? Mem.u64(start + 32) : IpAddresses.v4(Mem.u32(start + 16));
    }

    /** Our port: the quoted packet is one that we sent. */
    public int srcPort() {
        return Mem.u16(start + tcpOffset);
    }

    public int dstPort() {
        return Mem.u16(start + tcpOffset + 2);
    }

    /** Sequence number of the quoted segment; must be in flight to be believed. */
    public int seq() {
        return Mem.u32(start + tcpOffset + 4);
    }
}
