package io.mptcplb.stack.ip;

import io.mptcplb.wire.IpAddresses;
import org.jspecify.annotations.Nullable;

/**
 * How one TCP endpoint's segments leave: addresses, port, next hop. One per endpoint, preallocated;
 * {@link IpLayer#bind} fills it and {@link IpLayer#send} uses it.
 */
public final class Route {
    private static final int V4_MTU_MIN = 552;
    private static final int V6_MTU_MIN = 1280;

    long localHi;
    long localLo;
    long remoteHi;
    long remoteLo;
    long nextHopHi;
    long nextHopLo;
    @Nullable NetPort port;
    boolean ipv6;

    /** Counted as a user of the VIP that it starts from. */
    boolean ofVip;

    /** Entry of the port's neighbour table, trusted as long as the entry has this generation. */
    int neighbour;

    int generation;
    int mtuBytes;
    int flowLabel;

    /** A route to nowhere. */
    public Route() {
        clear();
    }

    /** Forgets where it led; a bound route is left by {@link IpLayer#unbind}. */
    void clear() {
        port = null;
        ofVip = false;
        neighbour = 0;
        generation = NeighbourTable.NO_GENERATION;
    }

    /** Whether {@link IpLayer#bind} found a way. */
    public boolean bound() {
        return port != null;
    }

    /** The port that segments leave by; only of a bound route. */
    public NetPort port() {
        NetPort bound = port;
        if (bound == null) {
            throw new IllegalStateException("the route is not bound");
        }
        return bound;
    }

    public long localHi() {
        return localHi;
    }

    public long localLo() {
        return localLo;
    }

    public long remoteHi() {
        return remoteHi;
    }

    public long remoteLo() {
        return remoteLo;
    }

    /** True when segments carry an IPv6 header. */
    public boolean ipv6() {
        return ipv6;
    }

    /** Largest IP packet of one segment: the port's MTU, or less after {@link #lowerMtu}. */
    public int mtuBytes() {
        return mtuBytes;
    }

    /**
     * A router on the path cannot pass more; never raises the MTU. Less than every path can pass is
     * a forgery or a mistake, and would leave no room for payload beside the options (RFC 8201 s4;
     * for IPv4 the limit is Linux's).
     */
    public void lowerMtu(int bytes) {
        int lowered = Math.max(bytes, ipv6 ? V6_MTU_MIN : V4_MTU_MIN);
        if (lowered < mtuBytes) {
            mtuBytes = lowered;
        }
    }

    void addresses(long newLocalHi, long newLocalLo, long newRemoteHi, long newRemoteLo) {
        localHi = newLocalHi;
        localLo = newLocalLo;
        remoteHi = newRemoteHi;
        remoteLo = newRemoteLo;
        ipv6 = !IpAddresses.isV4(newRemoteHi, newRemoteLo);
    }
}
