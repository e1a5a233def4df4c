package io.mptcplb.proxy;

import io.mptcplb.contract.control.ReplyCode;

/** A command asks for what cannot be; the message names field and rule. Nothing has changed. */
public final class RevisionException extends Exception {
    private static final long serialVersionUID = 1L;

    private final ReplyCode code;

    RevisionException(ReplyCode code, String field, String rule) {
        super(field + ": " + rule);
        this.code = code;
    }

    /** What the client is answered. */
    public ReplyCode code() {
        return code;
    }

    /** Field and rule. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
