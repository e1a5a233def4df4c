package io.mptcplb.stack.ip;

/** What a router or the peer reports about a segment of ours (RFC 792, RFC 4443). */
public enum IcmpError {
    /** No way to the network or the host. */
    HOST_UNREACHABLE,
    /** The peer has no TCP, or nobody on that port. */
    PORT_UNREACHABLE,
    /** A filter forbids it. */
    PROHIBITED,
    /**
     * The segment is larger than the next link; {@link IcmpQuote#mtuBytes} says how large it may
     * be.
     */
    TOO_BIG,
    /** The hop limit ran out. */
    TIME_EXCEEDED,
    /** A field of the header was not understood. */
    PARAMETER_PROBLEM
}
