package io.mptcplb.controlplane.agent.model;

import io.mptcplb.contract.Coded;

/** What an entry of the history is about, so that a reader can pick. */
public enum EventKind implements Coded {
    CONNECTION(1, "connection"),
    SUBFLOW(2, "subflow"),
    PRIORITY(3, "priority"),
    ADDRESS(4, "address"),
    REFUSAL(5, "refusal"),
    LINK(6, "link"),
    /** A decision of the path manager, or an order of an operator. */
    POLICY(7, "policy"),
    CONFIG(8, "config"),
    /** The agent and the dataplane: found, lost, in step again. */
    AGENT(9, "agent");

    private final int code;
    private final String text;

    EventKind(int code, String text) {
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
