package io.mptcplb.contract.control;

import io.mptcplb.contract.Coded;

/** How a command ended. */
public enum ReplyCode implements Coded {
    OK(1, "ok"),
    /** The message could not be read, or breaks a rule: the text names field and rule. */
    INVALID(2, "invalid"),
    /** It names a virtual server, a port or a pool that the configuration does not have. */
    UNKNOWN_NAME(3, "unknown-name"),
    /** The change needs a new process: the text names the first field. */
    RESTART_REQUIRED(4, "restart-required"),
    /** Something newer is in force. */
    STALE(5, "stale"),
    /** A table that it needs is full, or the control socket has all its clients. */
    FULL(6, "full"),
    /** The client's version is not spoken here. */
    VERSION(7, "version"),
    /** The machine did not do its part, such as a full disk; nothing has changed. */
    FAILED(8, "failed");

    private final int code;
    private final String text;

    ReplyCode(int code, String text) {
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
