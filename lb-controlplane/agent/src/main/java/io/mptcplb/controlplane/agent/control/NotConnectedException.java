package io.mptcplb.controlplane.agent.control;

/** A command could not be said, or its answer did not come. */
public final class NotConnectedException extends Exception {
    private static final long serialVersionUID = 1;

    NotConnectedException(String why) {
        super(why);
    }
}
