package io.mptcplb.controlplane.agent.control;

import io.mptcplb.contract.Coded;

/** How far the agent is with the dataplane. {@code ControlClient.become} is the only writer. */
public enum ControlState implements Coded {
    /** Nobody there; the next attempt comes soon. */
    DISCONNECTED(1, "disconnected"),
    CONNECTING(2, "connecting"),
    /** HELLO is out. */
    GREETING(3, "greeting"),
    /** A snapshot was asked for and is not yet whole. */
    RESYNCING(4, "resyncing"),
    /** Every event is known. */
    LIVE(5, "live"),
    /** Closed for good. */
    CLOSED(6, "closed");

    private final int code;
    private final String text;

    ControlState(int code, String text) {
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

    boolean mayBecome(ControlState next) {
        return switch (this) {
            case DISCONNECTED -> next == CONNECTING || next == CLOSED;
            case CONNECTING -> next == GREETING || next == DISCONNECTED || next == CLOSED;
            case GREETING -> next == RESYNCING || next == DISCONNECTED || next == CLOSED;
            case RESYNCING, LIVE ->
                    next == LIVE || next == RESYNCING || next == DISCONNECTED || next == CLOSED;
            case CLOSED -> false;
        };
    }
}
