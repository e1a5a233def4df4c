package io.mptcplb.stack.ip;

/** The segment of ours that an ICMP error quotes. One per dispatcher, valid during the call. */
public final class IcmpQuote {
    IcmpError kind = IcmpError.HOST_UNREACHABLE;
    int localPort;
    int remotePort;
    int seq;
    int mtuBytes;

    IcmpQuote() {}

    public IcmpError kind() {
        return kind;
    }

    public int localPort() {
        return localPort;
    }

    public int remotePort() {
        return remotePort;
    }

    /**
     * Sequence number of the quoted segment: to be believed only if it is in flight (RFC 5927
     * s4.1).
     */
    public int seq() {
        return seq;
    }

    /**
     * MTU of the next link as the router claims it, any value from 0, which old routers send, to
     * 2^31 - 1; only with {@link IcmpError#TOO_BIG}.
     */
    public int mtuBytes() {
        return mtuBytes;
    }
}
