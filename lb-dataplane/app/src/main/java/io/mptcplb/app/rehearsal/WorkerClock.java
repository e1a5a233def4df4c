package io.mptcplb.app.rehearsal;

import io.mptcplb.stack.time.NanoClock;

/**
 * A worker's time: the machine's, or in a rehearsal the one that is shown to it. One class without
 * a branch serves both: whatever was compiled in the rehearsal around it is good afterwards, where
 * another class, or the branch not taken, would have it thrown away with the first client.
 */
public final class WorkerClock implements NanoClock {
    private final long mask;
    private long shownNanos;

    private WorkerClock(long mask) {
        this.mask = mask;
    }

    /** The machine's monotonic time. */
    public static WorkerClock real() {
        return new WorkerClock(-1);
    }

    /** Stands at 0 until {@link #show}. */
    public static WorkerClock shown() {
        return new WorkerClock(0);
    }

    /** Goes to this time, if it is one that is {@link #shown}. */
    public void show(long nanos) {
        shownNanos = nanos;
    }

    @Override
    public long nanoTime() {
        return (System.nanoTime() & mask) + shownNanos;
    }
}
