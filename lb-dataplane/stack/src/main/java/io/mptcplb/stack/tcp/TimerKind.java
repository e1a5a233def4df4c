package io.mptcplb.stack.tcp;

/** The deadlines of one TCP endpoint. */
enum TimerKind {
    /**
     * RTO of RFC 6298, also of SYN and FIN, or the probe timer of a closed window (RFC 9293
     * s3.8.6.1).
     */
    RETRANSMIT,
    /** Tail loss probe, RFC 8985 s7. */
    LOSS_PROBE,
    /** Reordering window of RACK, RFC 8985 s6.3. */
    REORDER,
    /** RFC 9293 s3.8.6.3. */
    DELAYED_ACK,
    /** TIME-WAIT, and the bound on FIN-WAIT-2. */
    LINGER,
    /** Whatever is above: session and MPTCP deadlines. */
    USER;

    static final int COUNT = values().length;
}
