package io.mptcplb.controlplane.agent.config;

import io.mptcplb.contract.Coded;

/** What became of a configuration that was offered. */
public enum Outcome implements Coded {
    /** In force on every worker. */
    APPLIED(1, "applied"),
    /** It says what is in force already. */
    UNCHANGED(2, "unchanged"),
    /** It has mistakes; what was in force still is. */
    REFUSED(3, "refused"),
    /** It changes what is fixed at start; what was in force still is. */
    RESTART_REQUIRED(4, "restart-required"),
    /** The dataplane did not take it; what was in force still is. */
    NOT_TAKEN(5, "not-taken"),
    /** No dataplane to be had: the watched file is offered again when one is. */
    UNREACHABLE(6, "unreachable");

    private final int code;
    private final String text;

    Outcome(int code, String text) {
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

    /** True when what was offered is in force now. */
    public boolean isInForce() {
        return this == APPLIED || this == UNCHANGED;
    }
}
