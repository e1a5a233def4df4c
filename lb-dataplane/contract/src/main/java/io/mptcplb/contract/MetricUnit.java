package io.mptcplb.contract;

/** The unit of a stored value. Codes are exported and never renumbered. */
public enum MetricUnit implements Coded {
    /** A plain number. */
    NONE(1, "none"),
    /** Bytes. */
    BYTES(2, "bytes"),
    /** Nanoseconds; scraped as seconds. */
    NANOS(3, "nanos");

    private final int code;
    private final String text;

    MetricUnit(int code, String text) {
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
