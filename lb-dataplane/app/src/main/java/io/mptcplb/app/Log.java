package io.mptcplb.app;

import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The few lines that a dataplane says: time, then what happened. Never called per packet. */
final class Log {
    private final PrintStream out;

    Log(PrintStream out) {
        this.out = out;
    }

    void line(String what) {
        out.println(Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + what);
        out.flush();
    }
}
