package io.mptcplb.stack.time;

/**
 * Splits a duty cycle's time by {@link Phase}, in the cycles that the worker chooses to measure: a
 * stamp costs some twenty nanoseconds, too many for every packet. What a stamp costs is measured
 * once and taken off.
 *
 * <p>Owner: the worker thread.
 */
public final class PhaseClock {
    private static final Phase[] PHASES = Phase.values();
    private static final int CALIBRATION_STAMPS = 1_000;

    private final long[] nanos = new long[PHASES.length];
    private NanoClock clock = () -> 0;
    private boolean running;
    private Phase current = Phase.KEEPING;
    private long sinceNanos;
    private long stampNanos;

    /** Reads the time from {@code source} from now on. */
    public void use(NanoClock source) {
        clock = source;
        long from = source.nanoTime();
        long to = from;
        for (int i = 0; i < CALIBRATION_STAMPS; i++) {
            to = source.nanoTime();
        }
        stampNanos = (to - from) / CALIBRATION_STAMPS;
    }

    /** Nanoseconds of the measured cycles that went to a phase. */
    @SuppressWarnings("EnumOrdinal") // a private column index, never exported
    public long nanos(Phase phase) {
        return nanos[phase.ordinal()];
    }

    /** A cycle begins that is to be measured, with {@code first}. */
    public void begin(Phase first) {
        running = true;
        current = first;
        sinceNanos = clock.nanoTime();
    }

    /** The measured cycle ends, if this was one. */
    public void end() {
        enter(Phase.KEEPING);
        running = false;
    }

    /**
     * From here on time goes to {@code next}; returns the phase before, for {@link #enter} again.
     */
    @SuppressWarnings("EnumOrdinal") // a private column index, never exported
    public Phase enter(Phase next) {
        Phase before = current;
        if (running) {
            long nowNanos = clock.nanoTime();
            nanos[before.ordinal()] += Math.max(0, nowNanos - sinceNanos - stampNanos);
            sinceNanos = nowNanos;
            current = next;
        }
        return before;
    }
}
