package io.mptcplb.stack.ip;

/** What a port is for. Codes are exported and never renumbered. */
public enum PortRole {
    /** Clients arrive here: every VIP is accepted. */
    CLIENT(0),
    /** Active opens to backends leave here. */
    BACKEND(1),
    /** Both. */
    BOTH(2);

    private final int code;

    PortRole(int code) {
        this.code = code;
    }

    /** Stable number of this role. */
    public int code() {
        return code;
    }

    boolean acceptsClients() {
        return this != BACKEND;
    }

    boolean opensToBackends() {
        return this != CLIENT;
    }
}
