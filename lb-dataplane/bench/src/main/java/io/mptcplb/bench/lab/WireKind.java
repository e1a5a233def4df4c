package io.mptcplb.bench.lab;

/** What the client's two paths run through. */
public enum WireKind {
    /** Nothing: one veth pair from client to box. The fastest; has no faults to offer. */
    DIRECT,
    /** A kernel bridge with a token bucket at each way out and nftables at each way in. */
    BRIDGE,
    /** {@link Relay}: a wire of our own, which also delays, reorders, repeats and rewrites. */
    RELAY
}
