package io.mptcplb.wire;

/**
 * Addresses as two longs, {@code hi} and {@code lo}; IPv4 is v4-mapped (RFC 4291 s2.5.5.2): {@code
 * hi} 0, {@code lo} 0x0000ffff_aabbccdd. Pure arithmetic, fit for the packet path; text is in
 * {@link IpAddress}.
 */
public final class IpAddresses {
    private static final long V4_MAPPED = 0xffffL << 32;

    private IpAddresses() {}

    /** The low half of the v4-mapped form; the high half is 0. */
    public static long v4(int address) {
        return V4_MAPPED | (address & 0xffff_ffffL);
    }

    public static boolean isV4(long hi, long lo) {
        return hi == 0 && lo >>> 32 == 0xffff;
    }

    /** The IPv4 address inside the low half of a v4-mapped one. */
    public static int v4Of(long lo) {
        return (int) lo;
    }

    public static boolean isUnspecified(long hi, long lo) {
        return hi == 0 && (lo == 0 || lo == V4_MAPPED);
    }

    /** 127.0.0.0/8 and ::1. */
    public static boolean isLoopback(long hi, long lo) {
        return hi == 0 && (lo == 1 || lo >>> 24 == (V4_MAPPED >>> 24 | 127));
    }

    /** 224.0.0.0/4 and ff00::/8. */
    public static boolean isMulticast(long hi, long lo) {
        return isV4(hi, lo) ? v4Of(lo) >>> 28 == 0xe : hi >>> 56 == 0xff;
    }

    /** 169.254.0.0/16 and fe80::/10. */
    public static boolean isLinkLocal(long hi, long lo) {
        return isV4(hi, lo) ? v4Of(lo) >>> 16 == 0xa9fe : hi >>> 54 == 0x3fa;
    }

    /** 255.255.255.255. */
    public static boolean isBroadcast(long hi, long lo) {
        return isV4(hi, lo) && v4Of(lo) == -1;
    }

    /** High half of the solicited-node group of any address (RFC 4291 s2.7.1). */
    public static long solicitedNodeHi() {
        return 0xff02L << 48;
    }

    /** Low half of the solicited-node group of an address with this low half. */
    public static long solicitedNodeLo(long lo) {
        return 1L << 32 | 0xff00_0000L | (lo & 0xff_ffffL);
    }

    /** The Ethernet group of an IPv6 group with this low half (RFC 2464 s7). */
    public static long multicastMac(long lo) {
        return 0x3333L << 32 | (lo & 0xffff_ffffL);
    }

    /**
     * True when the first {@code bits} of both addresses are equal.
     *
     * @param bits 0 to 128, counted in the 128-bit form: a v4 prefix /n is 96 + n
     */
    public static boolean samePrefix(long hiA, long loA, long hiB, long loB, int bits) {
        if (bits <= 64) {
            return ((hiA ^ hiB) & highBits(bits)) == 0;
        }
        return hiA == hiB && ((loA ^ loB) & highBits(bits - 64)) == 0;
    }

    private static long highBits(int count) {
        return count == 0 ? 0 : -1L << (64 - count);
    }

    /** Text to an address; see {@link IpAddress#parse}. For configuration only: allocates. */
    public static IpAddress parse(String text) {
        return IpAddress.parse(text);
    }

    /** RFC 5952 text, or a dotted quad. For configuration and logs only: allocates. */
    public static String format(long hi, long lo) {
        return new IpAddress(hi, lo).toString();
    }
}
