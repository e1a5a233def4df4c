package io.mptcplb.bench.lab;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for what can be seen, with a limit; and the one wait that is a duration by itself. */
public final class LabEvents {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final long POLL_NANOS = 20_000_000;
    private static final long SETTLE_NANOS = 300_000_000;

    /** Something that can be looked at again and again. */
    public interface Condition {
        boolean holds() throws IOException;
    }

    /** A counter that can be read again and again. */
    public interface Figure {
        long read() throws IOException;
    }

    private LabEvents() {}

    /**
     * Waits until the condition holds; a {@link LabException} names {@code what} if it does not.
     */
    public static void await(String what, Duration limit, Condition condition) throws IOException {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        while (!condition.holds()) {
            if (deadlineNanos - System.nanoTime() < 0) {
                throw new LabException("not within " + limit + ": " + what);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Waits until a figure has reached a value. */
    public static void awaitAtLeast(String what, long value, Figure figure) throws IOException {
        await(what + " >= " + value, LIMIT, () -> figure.read() >= value);
    }

    /** Waits until a figure has not moved for 300 ms; its value. */
    public static long settled(String what, Figure figure) throws IOException {
        long[] last = {figure.read(), System.nanoTime()};
        await(
                what + " at rest",
                LIMIT,
                () -> {
                    long value = figure.read();
                    if (value != last[0]) {
                        last[0] = value;
                        last[1] = System.nanoTime();
                    }
                    return System.nanoTime() - last[1] > SETTLE_NANOS;
                });
        return last[0];
    }

    /** Lets so much time pass, where a scenario is about time itself. */
    public static void pause(Duration duration) {
        long deadlineNanos = System.nanoTime() + duration.toNanos();
        for (long left = duration.toNanos(); left > 0; left = deadlineNanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
