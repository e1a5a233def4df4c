package io.mptcplb.proxy;

/**
 * Why a client connection was turned away before it became a session; the client gets a reset.
 * Codes are exported and never renumbered.
 */
public enum SessionRefusal {
    /** All sessions of the worker are in use. */
    SESSION_LIMIT(0, "session_limit"),
    /** The virtual server has as many connections as it may. */
    VIRTUAL_SERVER_LIMIT(1, "virtual_server_limit"),
    /** The pool has no backend that takes new sessions. */
    NO_BACKEND(2, "no_backend"),
    /** Packet memory is short. */
    MEMORY_PRESSURE(3, "memory_pressure");

    private static final SessionRefusal[] BY_CODE = values();

    private final int code;
    private final String text;

    SessionRefusal(int code, String text) {
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
