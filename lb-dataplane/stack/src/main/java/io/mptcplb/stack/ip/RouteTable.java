package io.mptcplb.stack.ip;

import io.mptcplb.wire.IpAddresses;

/**
 * One port's prefixes, longest first: the first that matches is the one. Searched when a connection
 * starts, not per segment.
 */
final class RouteTable {
    /** Answer of {@link #find} when no prefix matches. */
    static final int NO_ROUTE = -1;

    private static final int V4_MAPPED_BITS = 96;

    private final long[] prefixHis;
    private final long[] prefixLos;
    private final int[] prefixBits;
    private final boolean[] onLink;
    private final long[] gatewayHis;
    private final long[] gatewayLos;
    private int size;

    RouteTable(int capacity) {
        prefixHis = new long[capacity];
        prefixLos = new long[capacity];
        prefixBits = new int[capacity];
        onLink = new boolean[capacity];
        gatewayHis = new long[capacity];
        gatewayLos = new long[capacity];
    }

    /** Adds a prefix whose stations are neighbours. {@code bits} as its family counts them. */
    void addOnLink(long hi, long lo, int bits) {
        place(hi, lo, bits, true, 0, 0);
    }

    /** Adds a prefix behind a gateway. {@code bits} as its family counts them. */
    void addGateway(long hi, long lo, int bits, long gatewayHi, long gatewayLo) {
        place(hi, lo, bits, false, gatewayHi, gatewayLo);
    }

    private void place(long hi, long lo, int bits, boolean neighbours, long viaHi, long viaLo) {
        boolean v4 = IpAddresses.isV4(hi, lo);
        if (bits < 0 || bits > (v4 ? Integer.SIZE : 2 * Long.SIZE)) {
            throw new IllegalArgumentException("prefix length " + bits);
        }
        if (size == prefixHis.length) {
            throw new IllegalStateException("more than " + size + " routes on one port");
        }
        int mappedBits = mappedBits(v4, bits);
        int at = size++;
        for (; at > 0 && prefixBits[at - 1] < mappedBits; at--) {
            prefixHis[at] = prefixHis[at - 1];
            prefixLos[at] = prefixLos[at - 1];
            prefixBits[at] = prefixBits[at - 1];
            onLink[at] = onLink[at - 1];
            gatewayHis[at] = gatewayHis[at - 1];
            gatewayLos[at] = gatewayLos[at - 1];
        }
        prefixHis[at] = hi;
        prefixLos[at] = lo;
        prefixBits[at] = mappedBits;
        onLink[at] = neighbours;
        gatewayHis[at] = viaHi;
        gatewayLos[at] = viaLo;
    }

    /** The longest prefix that holds the address, or {@link #NO_ROUTE}. */
    int find(long hi, long lo) {
        boolean v4 = IpAddresses.isV4(hi, lo);
        for (int i = 0; i < size; i++) {
            int bits = prefixBits[i];
            // IPv6's ::/0 holds the v4-mapped addresses too, but they are IPv4's.
            boolean sameFamily = !v4 || bits >= V4_MAPPED_BITS;
            if (sameFamily && IpAddresses.samePrefix(hi, lo, prefixHis[i], prefixLos[i], bits)) {
                return i;
            }
        }
        return NO_ROUTE;
    }

    /** Prefix length of a route on the common scale: IPv4's count from 96. */
    int bits(int route) {
        return prefixBits[route];
    }

    /** True when the destination itself is the next hop. */
    boolean onLink(int route) {
        return onLink[route];
    }

    long gatewayHi(int route) {
        return gatewayHis[route];
    }

    long gatewayLo(int route) {
        return gatewayLos[route];
    }

    /** A family's prefix length on the common scale. */
    static int mappedBits(boolean v4, int bits) {
        return v4 ? bits + V4_MAPPED_BITS : bits;
    }
}
