package io.mptcplb.contract;

/**
 * An address with a prefix length. Host bits are kept, so that it can stand for an interface's own
 * address ({@code 192.0.2.10/24}) as well as for a network.
 *
 * @param address the address, host bits included
 * @param bits prefix length, 0 to 32 for IPv4 and 0 to 128 for IPv6
 */
public record IpPrefix(IpAddress address, int bits) {
    /** {@code 0.0.0.0/0}. */
    public static final IpPrefix DEFAULT_V4 = new IpPrefix(IpAddress.UNSPECIFIED_V4, 0);

    /** {@code ::/0}. */
    public static final IpPrefix DEFAULT_V6 = new IpPrefix(IpAddress.UNSPECIFIED_V6, 0);

    public IpPrefix {
        Rules.range("prefix length", bits, 0, address.bits());
    }

    /** Reads {@code ADDRESS/BITS}; anything else is an {@link IllegalArgumentException}. */
    public static IpPrefix parse(String text) {
        int slash = text.indexOf('/');
        Rules.require(
                slash > 0 && text.substring(slash + 1).matches("[0-9]{1,3}"),
                "prefix",
                "'" + text + "' is not ADDRESS/BITS");
        return new IpPrefix(
                IpAddress.parse(text.substring(0, slash)),
                Integer.parseInt(text.substring(slash + 1)));
    }

    /** Prefix length counted in the 128-bit form: 96 more than {@link #bits} for IPv4. */
    public int mappedBits() {
        return address.isV4() ? bits + 96 : bits;
    }

    public boolean contains(IpAddress other) {
        int mapped = mappedBits();
        return other.isV4() == address.isV4()
                && ((address.hi() ^ other.hi()) & mask(mapped)) == 0
                && ((address.lo() ^ other.lo()) & mask(mapped - 64)) == 0;
    }

    /** The same prefix with all host bits zero. */
    public IpPrefix network() {
        int mapped = mappedBits();
        return new IpPrefix(
                new IpAddress(address.hi() & mask(mapped), address.lo() & mask(mapped - 64)), bits);
    }

    public boolean overlaps(IpPrefix other) {
        return bits <= other.bits ? contains(other.address) : other.contains(address);
    }

    /** A long whose first {@code ones} bits are set; all for 64 and more, none for 0 and less. */
    private static long mask(int ones) {
        return ones <= 0 ? 0 : ones >= 64 ? -1 : -1L << (64 - ones);
    }

    @Override
    public String toString() {
        return address + "/" + bits;
    }
}
