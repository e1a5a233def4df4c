package io.mptcplb.controlplane.agent.paths;

import io.mptcplb.contract.control.Reply;

/** The dataplane answered a command, and not with OK. */
public final class NotObeyedException extends Exception {
    private static final long serialVersionUID = 1;

    public NotObeyedException(Reply reply) {
        super("the dataplane answered " + reply.code().text() + ": " + reply.text());
    }
}
