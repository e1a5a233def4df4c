package io.mptcplb.contract;

/** Which traffic a port carries. Codes are exported and never renumbered. */
public enum PortRole implements Coded {
    /** Virtual servers are reachable here; no backend is. */
    CLIENT(1, "client"),
    /** Backends are reached here; virtual servers do not answer. */
    BACKEND(2, "backend"),
    /** One-armed: clients and backends alike. */
    BOTH(3, "both");

    private final int code;
    private final String text;

    PortRole(int code, String text) {
        this.code = code;
        this.text = text;
    }

    @Override
    public int code() {
        return code;
    }

    @Override
    public String text() {
        return text;
    }

    public boolean facesClients() {
        return this != BACKEND;
    }

    public boolean facesBackends() {
        return this != CLIENT;
    }
}
