package io.mptcplb.policy;

import io.mptcplb.contract.Coded;

/** How a policy uses its paths, in the words of 3GPP TS 24.193 (ATSSS). */
public enum PolicyMode implements Coded {
    /** Backup ports carry only when no regular one can. */
    ACTIVE_STANDBY(1, "active-standby"),
    /** All ports carry at once. */
    LOAD_BALANCING(2, "load-balancing");

    private final int code;
    private final String text;

    PolicyMode(int code, String text) {
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
