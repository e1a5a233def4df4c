package io.mptcplb.contract;

/** Where buffers live. Codes are exported and never renumbered. */
public enum MemoryMode implements Coded {
    /** Ordinary pages: needs nothing, and is right for ports on kernel devices. */
    PLAIN(1, "plain"),
    /** Huge pages, as NICs that read memory themselves want them. */
    HUGEPAGES(2, "hugepages");

    private final int code;
    private final String text;

    MemoryMode(int code, String text) {
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
