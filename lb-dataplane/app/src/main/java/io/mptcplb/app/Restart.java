package io.mptcplb.app;

import org.jspecify.annotations.Nullable;

/** That this process is to end and begin anew: asked for on one thread, and seen to by another. */
final class Restart {
    private boolean asked;
    private @Nullable Runnable end;

    /** How the process is brought to its end; at once when it was asked for already. */
    synchronized void endsBy(Runnable how) {
        end = how;
        if (asked) {
            how.run();
        }
    }

    synchronized void ask() {
        asked = true;
        if (end != null) {
            end.run();
        }
    }

    synchronized boolean asked() {
        return asked;
    }
}
