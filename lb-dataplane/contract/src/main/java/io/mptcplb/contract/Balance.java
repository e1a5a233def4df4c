package io.mptcplb.contract;

/** How a virtual server picks a backend. Codes are exported and never renumbered. */
public enum Balance implements Coded {
    /** In turn, by weight. */
    ROUND_ROBIN(1, "round-robin");

    private final int code;
    private final String text;

    Balance(int code, String text) {
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
}
