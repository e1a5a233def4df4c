package io.mptcplb.wire;

import io.mptcplb.frame.Mem;

/**
 * An IPv6 header (RFC 8200) and the extension headers behind it, which are skipped.
 *
 * <pre>
 *   0                                  4              6             7           8     24    40
 *   | 6 | traffic class | flow label | payload length | next header | hop limit | src | dst |
 * </pre>
 */
public final class Ipv6View {
    public static final int HEADER_BYTES = 40;

    /** Extension headers skipped at most; RFC 8200 s4.1 recommends no order with more than 7. */
    public static final int EXTENSION_HEADERS_MAX = 8;

    /** Options walked in one header (RFC 8504 s5.3 lets hosts limit them), padding included. */
    private static final int OPTIONS_MAX = 16;

    private static final int FRAGMENT_HEADER_BYTES = 8;
    private static final int PAD_1 = 0;

    private long start;
    private int protocol;
    private int headerBytes;
    private int totalBytes;

    /** As {@link #wrap(long, int, int)} for a packet in one piece. */
    public DropReason wrap(long address, int length) {
        return wrap(address, length, length);
    }

    /**
     * Validates the header and finds the transport header.
     *
     * @param contiguousBytes what lies in one piece from {@code address}: must hold all headers
     * @param packetBytes what there is in all, the rest of a chain included
     * @return NONE, TRUNCATED, BAD_IP_VERSION, FRAGMENT, SOURCE_ROUTED or BAD_EXTENSION_HEADER
     */
    public DropReason wrap(long address, int contiguousBytes, int packetBytes) {
        if (contiguousBytes < HEADER_BYTES) {
            return DropReason.TRUNCATED;
        }
        if (Mem.u8(address) >>> 4 != 6) {
            return DropReason.BAD_IP_VERSION;
        }
        start = address;
        totalBytes = HEADER_BYTES + Mem.u16(address + 4);
        if (totalBytes > packetBytes) {
            return DropReason.TRUNCATED;
        }
        protocol = Mem.u8(address + 6);
        headerBytes = HEADER_BYTES;
        return isExtension(protocol)
                ? skipExtensions(Math.min(contiguousBytes, totalBytes))
                : DropReason.NONE;
    }

    private DropReason skipExtensions(int limitBytes) {
        for (int i = 0; isExtension(protocol); i++) {
            if (i == EXTENSION_HEADERS_MAX || headerBytes + 8 > limitBytes) {
                return DropReason.BAD_EXTENSION_HEADER;
            }
            long at = start + headerBytes;
            int bytes =
                    protocol == IpProtocol.FRAGMENT
                            ? FRAGMENT_HEADER_BYTES
                            : (Mem.u8(at + 1) + 1) * 8;
            if (headerBytes + bytes > limitBytes) {
                return DropReason.BAD_EXTENSION_HEADER;
            }
            DropReason reason = extension(at, bytes, i == 0);
            if (reason.isDrop()) {
                return reason;
            }
            protocol = Mem.u8(at);
            headerBytes += bytes;
        }
        return DropReason.NONE;
    }

    private DropReason extension(long at, int bytes, boolean first) {
        return switch (protocol) {
            // RFC 6946: offset 0 without more fragments is a whole packet.
            case IpProtocol.FRAGMENT ->
                    (Mem.u16(at + 2) & 0xfff9) == 0 ? DropReason.NONE : DropReason.FRAGMENT;
            case IpProtocol.ROUTING ->
                    Mem.u8(at + 3) == 0 ? DropReason.NONE : DropReason.SOURCE_ROUTED;
            default -> options(at, bytes, first);
        };
    }

    private DropReason options(long at, int bytes, boolean first) {
        // RFC 8200 s4.1: hop-by-hop options stand right behind the IPv6 header or nowhere.
        boolean misplaced = protocol == IpProtocol.HOP_BY_HOP && !first;
        return misplaced || !maySkipOptions(at, bytes)
                ? DropReason.BAD_EXTENSION_HEADER
                : DropReason.NONE;
    }

    /**
     * RFC 8200 s4.2: whoever does not know an option looks at its type's highest bits, and 00 alone
     * lets him skip it.
     */
    private static boolean maySkipOptions(long header, int bytes) {
        int at = 2;
        for (int i = 0; at < bytes; i++) {
            int type = Mem.u8(header + at);
            if (type == PAD_1) {
                at++;
            } else if (type >>> 6 == 0 && at + 2 <= bytes) {
                at += 2 + Mem.u8(header + at + 1);
            } else {
                return false;
            }
            if (i == OPTIONS_MAX) {
                return false;
            }
        }
        return at == bytes;
    }

    private static boolean isExtension(int nextHeader) {
        return nextHeader == IpProtocol.HOP_BY_HOP
                || nextHeader == IpProtocol.ROUTING
                || nextHeader == IpProtocol.FRAGMENT
                || nextHeader == IpProtocol.DESTINATION_OPTIONS;
    }

    /** DSCP (6 bits) and ECN (2 bits) together. */
    public int trafficClass() {
        return Mem.u16(start) >>> 4 & 0xff;
    }

    public int dscp() {
        return trafficClass() >>> 2;
    }

    /** The two ECN bits: 0 not capable, 1 and 2 capable, 3 congestion experienced (RFC 3168). */
    public int ecn() {
        return trafficClass() & 3;
    }

    /** 20 bits. */
    public int flowLabel() {
        return Mem.u32(start) & 0xf_ffff;
    }

    public int hopLimit() {
        return Mem.u8(start + 7);
    }

    /** The next header behind all extension headers. */
    public int protocol() {
        return protocol;
    }

    public long srcHi() {
        return Mem.u64(start + 8);
    }

    public long srcLo() {
        return Mem.u64(start + 16);
    }

    public long dstHi() {
        return Mem.u64(start + 24);
    }

    public long dstLo() {
        return Mem.u64(start + 32);
    }

    /** Header, extension headers and payload, without link-layer padding. */
    public int totalBytes() {
        return totalBytes;
    }

    /** The fixed header and the extension headers. */
    public int headerBytes() {
        return headerBytes;
    }

    public long payload() {
        return start + headerBytes;
    }

    public int payloadBytes() {
        return totalBytes - headerBytes;
    }

    /** Gives the header at {@code at} another hop limit. */
    public static void setHopLimit(long at, int hopLimit) {
        Mem.setU16(at + 6, Mem.u8(at + 6) << 8 | hopLimit);
    }

    /**
     * Writes the first 8 bytes; {@link #writeAddresses} writes the rest.
     *
     * @param payloadBytes what follows the header, 0 to 65,535
     * @param trafficClass DSCP and ECN
     * @param flowLabel 20 bits (RFC 6437)
     */
    public static void write(
            long at,
            int payloadBytes,
            int trafficClass,
            int flowLabel,
            int nextHeader,
            int hopLimit) {
        Mem.setU32(at, 6 << 28 | trafficClass << 20 | flowLabel);
        Mem.setU32(at + 4, payloadBytes << 16 | nextHeader << 8 | hopLimit);
    }

    /** Writes the addresses of the header at {@code at}; returns where the payload goes. */
    public static long writeAddresses(long at, long srcHi, long srcLo, long dstHi, long dstLo) {
        Mem.setU64(at + 8, srcHi);
        Mem.setU64(at + 16, srcLo);
        Mem.setU64(at + 24, dstHi);
        Mem.setU64(at + 32, dstLo);
        return at + HEADER_BYTES;
    }
}
