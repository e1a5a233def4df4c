package io.mptcplb.app.crew;

import io.mptcplb.dpdk.Poller;
import java.lang.invoke.VarHandle;

/** Wakes one worker, if it sleeps: whoever is awake looks into its rings anyway. */
final class Bell {
    private final Poller sleeper;
    private volatile boolean asleep;

    /** {@code sleeper}: where the worker sleeps. */
    Bell(Poller sleeper) {
        this.sleeper = sleeper;
    }

    /** After something was put into a ring of the worker's. */
    void ring() {
        // What was put there is seen before this is: else both would miss each other.
        VarHandle.fullFence();
        if (asleep) {
            sleeper.wake();
        }
    }

    /** The worker is about to sleep, unless it finds something in its rings from now on. */
    void lieDown() {
        asleep = true;
        VarHandle.fullFence();
    }

    void getUp() {
        asleep = false;
    }
}
