package io.mptcplb.app.crew;

import java.lang.invoke.VarHandle;

/** Wakes one worker, if it sleeps: whoever is awake looks into its rings anyway. */
final class Bell {
    private final Runnable wake;
    private volatile boolean asleep;

    /**
     * {@code wake} ends the worker's sleep, or prevents the one it is about to begin; any thread.
     */
    Bell(Runnable wake) {
        this.wake = wake;
    }

    /** After something was put into a ring of the worker's. */
    void ring() {
        // What was put there is seen before this is: else both would miss each other.
        VarHandle.fullFence();
        if (asleep) {
            wake.run();
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
