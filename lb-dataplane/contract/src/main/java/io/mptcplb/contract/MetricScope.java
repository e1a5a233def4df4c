package io.mptcplb.contract;

/**
 * What a metric has one value for. All but {@link #WORKER} have one slot per name, and the writer
 * gives the names when it creates the file; so this catalogue knows no protocol. Codes are exported
 * and never renumbered.
 */
public enum MetricScope implements Coded {
    /** The worker itself: one value. */
    WORKER(1, "worker"),
    /** Each NIC port, by name; also a path to clients. */
    PORT(2, "port"),
    /** Each virtual server, by name. */
    VIRTUAL_SERVER(3, "virtual_server"),
    /** Each backend, as {@code pool/backend}. */
    BACKEND(4, "backend"),
    /** Each reason for which a frame or segment is refused, indexed by its code. */
    DROP_REASON(5, "reason"),
    /** Each cause of a fallback to plain TCP, indexed by its code. */
    FALLBACK_CAUSE(6, "cause"),
    /** Each reason for which a join is refused, indexed by its code. */
    JOIN_REFUSAL(7, "reason"),
    /** Each reason for which a client connection is refused, indexed by its code. */
    SESSION_REFUSAL(8, "reason"),
    /** Each way in which a session ends, indexed by its code. */
    SESSION_END(9, "cause"),
    /** Each phase of packet work: receive, parse, protocol, proxy, build, transmit. */
    PHASE(10, "phase"),
    /** Each MP_TCPRST reason of RFC 8684 s3.6, indexed by its code. */
    RESET_REASON(11, "reason"),
    /** Each reason for which a port drops a frame, indexed by its code. */
    PORT_DROP(12, "reason");

    private final int code;
    private final String label;

    MetricScope(int code, String label) {
        this.code = code;
        this.label = label;
    }

    @Override
    public int code() {
        return code;
    }

    /** The label under which the names are scraped. */
    @Override
    public String text() {
        return label;
    }
}
