package io.mptcplb.contract;

/** How the values of several workers make one. Codes are exported and never renumbered. */
public enum MetricAggregate implements Coded {
    /** Added up. */
    SUM(1, "sum"),
    /** The largest. */
    MAX(2, "max"),
    /** The smallest. */
    MIN(3, "min"),
    /** The mean of those that are not zero; zero when all are. */
    MEAN(4, "mean");

    private final int code;
    private final String text;

    MetricAggregate(int code, String text) {
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
