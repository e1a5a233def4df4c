package io.mptcplb.stack.tcp;

import java.util.Arrays;

/** The deadlines of one endpoint; the timer wheel holds only the nearest. */
final class TimerTable {
    /** No deadline. */
    static final long NONE = Long.MAX_VALUE;

    private final long[] deadlines = new long[TimerKind.COUNT];

    TimerTable() {
        clear();
    }

    void clear() {
        Arrays.fill(deadlines, NONE);
    }

    @SuppressWarnings("EnumOrdinal") // a private column index, never exported
    void set(TimerKind kind, long deadlineNanos) {
        deadlines[kind.ordinal()] = deadlineNanos;
    }

    void cancel(TimerKind kind) {
        set(kind, NONE);
    }

    @SuppressWarnings("EnumOrdinal") // a private column index, never exported
    long deadlineNanos(TimerKind kind) {
        return deadlines[kind.ordinal()];
    }

    boolean armed(TimerKind kind) {
        return deadlineNanos(kind) != NONE;
    }

    /** True when the kind was due; it is then no longer armed. */
    boolean take(TimerKind kind, long nowNanos) {
        long deadline = deadlineNanos(kind);
        if (deadline == NONE || deadline - nowNanos > 0) {
            return false;
        }
        cancel(kind);
        return true;
    }

    /** The nearest deadline, or {@link #NONE}. */
    long nextNanos() {
        long next = NONE;
        for (long deadline : deadlines) {
            if (deadline != NONE && (next == NONE || deadline - next < 0)) {
                next = deadline;
            }
        }
        return next;
    }
}
