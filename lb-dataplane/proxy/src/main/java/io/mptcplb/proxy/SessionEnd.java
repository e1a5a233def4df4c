package io.mptcplb.proxy;

/** How a session ended. Codes are exported and never renumbered. */
public enum SessionEnd {
    /** Both sides finished, and both have had every byte acknowledged. */
    FINISHED(0, "finished"),
    /** The client reset its connection. */
    CLIENT_RESET(1, "client_reset"),
    /** The client stopped answering. */
    CLIENT_TIMED_OUT(2, "client_timed_out"),
    /** The client broke the protocol, or could not be reached any more. */
    CLIENT_FAILED(3, "client_failed"),
    /** Every backend that was tried refused, or did not answer. */
    BACKEND_UNAVAILABLE(4, "backend_unavailable"),
    /** The backend reset its connection. */
    BACKEND_RESET(5, "backend_reset"),
    /** The backend stopped answering. */
    BACKEND_TIMED_OUT(6, "backend_timed_out"),
    /** The backend broke the protocol, or could not be reached any more. */
    BACKEND_FAILED(7, "backend_failed"),
    /** Neither side sent a byte for too long. */
    IDLE(8, "idle"),
    /** One side had finished, and the other sent nothing for too long. */
    HALF_CLOSED(9, "half_closed"),
    /** The load balancer is being stopped. */
    SHUTDOWN(10, "shutdown");

    private static final SessionEnd[] BY_CODE = values();

    private final int code;
    private final String text;

    SessionEnd(int code, String text) {
        this.code = code;
        this.text = text;
    }

    /** How many there are. */
    public static int count() {
        return BY_CODE.length;
    }

    /** Stable number, from 0 without gaps. */
    public int code() {
        return code;
    }

    /** The name under which it is counted. */
    public String text() {
        return text;
    }
}
