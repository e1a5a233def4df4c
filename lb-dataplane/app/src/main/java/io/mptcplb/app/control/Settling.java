package io.mptcplb.app.control;

import java.util.Arrays;

/**
 * Each worker says when its live connections have gone over to what a command changed; clients want
 * to hear when all have. Owner: the control thread.
 */
final class Settling {
    private final boolean[] settled;

    Settling(int workers) {
        settled = new boolean[workers];
    }

    /** A command goes to the workers: what they said before says nothing of it. */
    void begin() {
        Arrays.fill(settled, false);
    }

    /** One worker says so; true when it is the last. */
    boolean last(int worker) {
        settled[worker] = true;
        for (boolean each : settled) {
            if (!each) {
                return false;
            }
        }
        begin();
        return true;
    }
}
