package io.mptcplb.contract;

/** How a value moves. Codes are exported and never renumbered. */
public enum MetricKind implements Coded {
    /** Only grows, from zero at start. */
    COUNTER(1, "counter"),
    /** Goes up and down. */
    GAUGE(2, "gauge");

    private final int code;
    private final String text;

    MetricKind(int code, String text) {
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
