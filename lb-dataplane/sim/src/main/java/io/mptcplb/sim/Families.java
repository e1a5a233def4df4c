package io.mptcplb.sim;

import io.mptcplb.wire.IpAddress;

/** Which IP version each path of a simulated world speaks. */
public enum Families {
    V4,
    V6,
    /** IPv4 on the first path and every other one, IPv6 between. */
    V4_FIRST,
    V6_FIRST;

    private static final Families[] BY_SEED = {V4, V6, V4, V4_FIRST, V4, V6, V4, V6_FIRST};

    /** Of the world of a seed: IPv4 alone in half of them. */
    public static Families ofSeed(long seed) {
        return BY_SEED[(int) (seed & BY_SEED.length - 1)];
    }

    /** True when the paths differ, if there are two. */
    public boolean mixed() {
        return this == V4_FIRST || this == V6_FIRST;
    }

    /** The version of the path of this number, from 0. */
    public boolean ipv6(int path) {
        return switch (this) {
            case V4 -> false;
            case V6 -> true;
            case V4_FIRST -> (path & 1) == 1;
            case V6_FIRST -> (path & 1) == 0;
        };
    }

    /** The one of two addresses that a path speaks. */
    IpAddress address(int path, String v4, String v6) {
        return IpAddress.parse(ipv6(path) ? v6 : v4);
    }

    /** Length of the prefix that neighbours share, as the address's family counts it. */
    static int linkBits(IpAddress address) {
        return address.isV4() ? 24 : 64;
    }
}
