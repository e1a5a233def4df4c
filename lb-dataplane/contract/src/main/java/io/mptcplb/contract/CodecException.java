package io.mptcplb.contract;

/** Bytes that say nothing valid: names the field and the rule that it breaks. */
public final class CodecException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String field;

    public CodecException(String field, String rule) {
        super(field + ": " + rule);
        this.field = field;
    }

    /**
     * Where: {@code ports[1].device.mtu} in a snapshot, {@code announce.address} in a message, or
     * {@code frame} for what surrounds them.
     */
    public String field() {
        return field;
    }
}
