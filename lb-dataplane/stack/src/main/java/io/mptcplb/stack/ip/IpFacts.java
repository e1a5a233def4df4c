package io.mptcplb.stack.ip;

/** What the IP header said of the segment at hand. One per dispatcher, valid during the call. */
public final class IpFacts {
    long localHi;
    long localLo;
    long remoteHi;
    long remoteLo;
    boolean ipv6;
    int ecn;
    int l4Bytes;
    int linkBytes;
    int lowerBytes;
    boolean settled;

    IpFacts() {}

    /** Our address: the destination, or of an ICMP error the quoted source. */
    public long localHi() {
        return localHi;
    }

    public long localLo() {
        return localLo;
    }

    /** The peer's address: the source, or of an ICMP error the quoted destination. */
    public long remoteHi() {
        return remoteHi;
    }

    public long remoteLo() {
        return remoteLo;
    }

    public boolean ipv6() {
        return ipv6;
    }

    /** The two ECN bits, 3 being congestion experienced (RFC 3168 s5). */
    public int ecn() {
        return ecn;
    }

    /** TCP header and payload; 0 for an ICMP error. */
    public int l4Bytes() {
        return l4Bytes;
    }

    /** Bytes of the headers below TCP, which stand in the buffer before its data. */
    public int lowerBytes() {
        return lowerBytes;
    }

    /** Another worker has passed it on to us for good: if it is not ours it is nobody's. */
    public boolean settled() {
        return settled;
    }

    /** All but {@link #settled}, which is the frame's. */
    void set(long newLocalHi, long newLocalLo, long newRemoteHi, long newRemoteLo, boolean isIpv6) {
        localHi = newLocalHi;
        localLo = newLocalLo;
        remoteHi = newRemoteHi;
        remoteLo = newRemoteLo;
        ipv6 = isIpv6;
        ecn = 0;
        l4Bytes = 0;
        linkBytes = 0;
        lowerBytes = 0;
    }
}
