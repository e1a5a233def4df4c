package io.mptcplb.contract;

import java.util.Optional;

/**
 * An IP address of either version in 128 bits; IPv4 is v4-mapped ({@code ::ffff:a.b.c.d}, RFC 4291
 * s2.5.5.2), so that both versions share one key everywhere.
 *
 * @param hi the first eight bytes in network order
 * @param lo the last eight bytes in network order
 */
public record IpAddress(long hi, long lo) implements Comparable<IpAddress> {
    /** {@code ::}. */
    public static final IpAddress UNSPECIFIED_V6 = new IpAddress(0, 0);

    /** {@code 0.0.0.0}. */
    public static final IpAddress UNSPECIFIED_V4 = v4(0);

    private static final long V4_PREFIX = 0xffffL << 32;

    /** The IPv4 address whose four bytes are {@code address} in network order. */
    public static IpAddress v4(int address) {
        return new IpAddress(0, V4_PREFIX | Integer.toUnsignedLong(address));
    }

    /**
     * Reads dotted quads and RFC 4291 text; anything else, zone ids included, is an {@link
     * IllegalArgumentException}.
     */
    public static IpAddress parse(String text) {
        return tryParse(text)
                .orElseThrow(
                        () -> new IllegalArgumentException("'" + text + "' is not an IP address"));
    }

    /** As {@link #parse}, empty where that throws. */
    public static Optional<IpAddress> tryParse(String text) {
        return IpText.parse(text);
    }

    public boolean isV4() {
        return hi == 0 && lo >>> 32 == 0xffff;
    }

    /** The four bytes of an IPv4 address; meaningless where {@link #isV4} is false. */
    public int v4() {
        return (int) lo;
    }

    public boolean isUnspecified() {
        return equals(UNSPECIFIED_V4) || equals(UNSPECIFIED_V6);
    }

    /** True for 224.0.0.0/4 and ff00::/8. */
    public boolean isMulticast() {
        return isV4() ? v4() >>> 28 == 0xe : hi >>> 56 == 0xff;
    }

    /** True for 127.0.0.0/8 and ::1. */
    public boolean isLoopback() {
        return isV4() ? v4() >>> 24 == 127 : hi == 0 && lo == 1;
    }

    /** True for fe80::/10, which lies on every IPv6 link (RFC 4861 s5.1). */
    public boolean isLinkLocalV6() {
        return hi >>> 54 == 0x3fa;
    }

    /** True for 255.255.255.255. */
    public boolean isBroadcast() {
        return isV4() && v4() == -1;
    }

    /** Bits of an address of this version: 32 or 128. */
    public int bits() {
        return isV4() ? 32 : 128;
    }

    @Override
    public int compareTo(IpAddress other) {
        int high = Long.compareUnsigned(hi, other.hi);
        return high != 0 ? high : Long.compareUnsigned(lo, other.lo);
    }

    /** Dotted quad, or the canonical text of RFC 5952. */
    @Override
    public String toString() {
        return IpText.format(this);
    }
}
