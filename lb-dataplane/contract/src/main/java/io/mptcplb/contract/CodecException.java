package io.mptcplb.contract;

/** Bytes that are no configuration snapshot: names the field and the rule that it breaks. */
public final class CodecException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String field;

    CodecException(String field, String rule) {
        super(field + ": " + rule);
        this.field = field;
    }

    /**
     * Where in the snapshot: {@code ports[1].device.mtu}, or {@code frame} for what surrounds it.
     */
    public String field() {
        return field;
    }
}
