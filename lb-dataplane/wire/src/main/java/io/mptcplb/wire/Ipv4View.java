package io.mptcplb.wire;

import io.mptcplb.frame.Mem;

/**
 * An IPv4 header (RFC 791), verified.
 *
 * <pre>
 *   0         1          2              4    6            8     9          10         12    16
 *   | 4 | IHL | DSCP+ECN | total length | id | flags+frag | TTL | protocol | checksum | src | dst
 * </pre>
 */
public final class Ipv4View {
    public static final int HEADER_BYTES = 20;
    public static final int HEADER_BYTES_MAX = 60;

    private static final int DONT_FRAGMENT = 0x4000;
    private static final int MORE_FRAGMENTS_AND_OFFSET = 0x3fff;
    private static final int VERSION_4_IHL_5 = 0x45;
    private static final int OPTION_END = 0;
    private static final int OPTION_NOP = 1;
    private static final int OPTION_LOOSE_SOURCE_ROUTE = 131;
    private static final int OPTION_STRICT_SOURCE_ROUTE = 137;

    private long start;
    private int headerBytes;
    private int totalBytes;

    /** As {@link #wrap(long, int, int)} for a packet in one piece. */
    public DropReason wrap(long address, int length) {
        return wrap(address, length, length);
    }

    /**
     * Validates the header. Link-layer padding behind the total length is no fault.
     *
     * @param contiguousBytes what lies in one piece from {@code address}: must hold the header
     * @param packetBytes what there is in all, the rest of a chain included
     * @return NONE, TRUNCATED, BAD_IP_VERSION, BAD_IP_HEADER, BAD_IP_CHECKSUM, FRAGMENT or
     *     SOURCE_ROUTED
     */
    public DropReason wrap(long address, int contiguousBytes, int packetBytes) {
        if (contiguousBytes < HEADER_BYTES) {
            return DropReason.TRUNCATED;
        }
        int versionAndLength = Mem.u8(address);
        if (versionAndLength >>> 4 != 4) {
            return DropReason.BAD_IP_VERSION;
        }
        start = address;
        headerBytes = (versionAndLength & 0xf) * 4;
        totalBytes = Mem.u16(address + 2);
        if (headerBytes < HEADER_BYTES || totalBytes < headerBytes) {
            return DropReason.BAD_IP_HEADER;
        }
        if (headerBytes > contiguousBytes || totalBytes > packetBytes) {
            return DropReason.TRUNCATED;
        }
        if (!Checksum.intact(Checksum.sum(address, headerBytes))) {
            return DropReason.BAD_IP_CHECKSUM;
        }
        if ((Mem.u16(address + 6) & MORE_FRAGMENTS_AND_OFFSET) != 0) {
            return DropReason.FRAGMENT;
        }
        return headerBytes > HEADER_BYTES ? checkOptions() : DropReason.NONE;
    }

    /** All options are ignored but source routes, which nobody honest sends (RFC 7126 s4.3). */
    private DropReason checkOptions() {
        int at = HEADER_BYTES;
        while (at < headerBytes) {
            int kind = Mem.u8(start + at);
            if (kind == OPTION_END) {
                break;
            }
            if (kind == OPTION_LOOSE_SOURCE_ROUTE || kind == OPTION_STRICT_SOURCE_ROUTE) {
                return DropReason.SOURCE_ROUTED;
            }
            if (kind == OPTION_NOP) {
                at++;
                continue;
            }
            int bytes = at + 1 < headerBytes ? Mem.u8(start + at + 1) : 0;
            if (bytes < 2 || at + bytes > headerBytes) {
                return DropReason.BAD_IP_HEADER;
            }
            at += bytes;
        }
        return DropReason.NONE;
    }

    /** DSCP (6 bits) and ECN (2 bits) together. */
    public int trafficClass() {
        return Mem.u8(start + 1);
    }

    public int dscp() {
        return trafficClass() >>> 2;
    }

    /** The two ECN bits: 0 not capable, 1 and 2 capable, 3 congestion experienced (RFC 3168). */
    public int ecn() {
        return trafficClass() & 3;
    }

    /** Header and payload, without link-layer padding. */
    public int totalBytes() {
        return totalBytes;
    }

    public int id() {
        return Mem.u16(start + 4);
    }

    public boolean dontFragment() {
        return (Mem.u16(start + 6) & DONT_FRAGMENT) != 0;
    }

    public int ttl() {
        return Mem.u8(start + 8);
    }

    public int protocol() {
        return Mem.u8(start + 9);
    }

    public int src() {
        return Mem.u32(start + 12);
    }

    public int dst() {
        return Mem.u32(start + 16);
    }

    /** The low half of the v4-mapped source; the high half is 0. */
    public long srcLo() {
        return IpAddresses.v4(src());
    }

    /** The low half of the v4-mapped destination; the high half is 0. */
    public long dstLo() {
        return IpAddresses.v4(dst());
    }

    public int headerBytes() {
        return headerBytes;
    }

    public long payload() {
        return start + headerBytes;
    }

    public int payloadBytes() {
        return totalBytes - headerBytes;
    }

    /** Gives the header at {@code at} another time to live, and the checksum that goes with it. */
    public static void setTtl(long at, int ttl) {
        int before = Mem.u16(at + 8);
        int after = ttl << 8 | before & 0xff;
        Mem.setU16(at + 8, after);
        Mem.setU16(at + 10, Checksum.update(Mem.u16(at + 10), before, after));
    }

    /**
     * Writes a header without options, checksum included; returns where the payload goes. DF is set
     * and the id is 0: what is sent is never fragmented, so the id means nothing (RFC 6864 s4.1).
     *
     * @param totalBytes header and payload, 20 to 65,535
     * @param trafficClass DSCP and ECN
     */
    public static long write(
            long at, int totalBytes, int trafficClass, int ttl, int protocol, int src, int dst) {
        int ttlAndProtocol = ttl << 8 | protocol;
        int versionAndClass = VERSION_4_IHL_5 << 8 | trafficClass;
        int sum = Checksum.add(Checksum.ofU32(src), Checksum.ofU32(dst));
        sum = Checksum.add(sum, Checksum.add(versionAndClass, totalBytes));
        sum = Checksum.add(sum, Checksum.add(DONT_FRAGMENT, ttlAndProtocol));
        Mem.setU32(at, versionAndClass << 16 | totalBytes);
        Mem.setU32(at + 4, DONT_FRAGMENT);
        Mem.setU32(at + 8, ttlAndProtocol << 16 | Checksum.complement(sum));
        Mem.setU32(at + 12, src);
        Mem.setU32(at + 16, dst);
        return at + HEADER_BYTES;
    }
}
