package io.mptcplb.controlplane.agent.control;

import io.mptcplb.contract.control.Event;

/** Who is told what the dataplane says, in its order. */
public interface ControlListener {
    /**
     * Something became true, or is true.
     *
     * @param epoch the dataplane's process
     */
    void onEvent(long epoch, Event event);

    /** A snapshot is whole and nothing is missing: what must hold can be said. */
    void onLive();

    /**
     * Nothing is heard any more; the client goes on trying.
     *
     * @param why in words
     */
    void onLost(String why);
}
