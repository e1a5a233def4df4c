package io.mptcplb.contract;

/** What a worker does when a duty cycle finds no work. Codes are exported and never renumbered. */
public enum IdleMode implements Coded {
    /** Spin a little, then sleep until a frame arrives or the next timer is due. */
    ADAPTIVE(1, "adaptive"),
    /** Never sleep: lowest latency, one core always busy. */
    SPIN(2, "spin");

    private final int code;
    private final String text;

    IdleMode(int code, String text) {
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
