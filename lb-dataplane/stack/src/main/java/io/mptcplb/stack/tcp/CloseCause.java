package io.mptcplb.stack.tcp;

/** Why a TCP endpoint or a stream ended. Codes are exported and never renumbered. */
public enum CloseCause {
    /** Both directions finished and were acknowledged. */
    FINISHED(0),
    /** The peer sent RST, or MP_FASTCLOSE. */
    RESET_BY_PEER(1),
    /** The peer answered an active open with RST. */
    REFUSED(2),
    /** No answer within the retransmission or connect limit. */
    TIMED_OUT(3),
    /** This side gave up: policy, a limit or the session's other side. */
    ABORTED(4),
    /** The network says that the peer cannot be reached. */
    UNREACHABLE(5),
    /** A limit of memory, table or ports. */
    NO_RESOURCES(6),
    /** The peer broke a rule of the protocol that leaves no other answer. */
    PROTOCOL_ERROR(7);

    private final int code;

    CloseCause(int code) {
        this.code = code;
    }

    /** Stable number of this cause. */
    public int code() {
        return code;
    }
}
