package io.mptcplb.app;

/**
 * Through how many empty cycles a worker spins before it sleeps: more while its sleeps are about as
 * short as the spinning that would have spared them, fewer while they are longer. At rates between
 * idle and busy a worker would otherwise spin a whole core away, or sleep between any two frames.
 */
final class SpinBudget {
    static final int CYCLES_MIN = 1;
    static final int CYCLES_MAX = 16;

    /**
     * What spinning through {@link #CYCLES_MAX} cycles takes, and what a sleep and its end cost:
     * who spins no longer than that wastes half of its time at most. With 50 us two workers took
     * more than a core at 230 Mb/s.
     */
    static final long WORTH_SPINNING_NANOS = 12_000L;

    private int cycles = CYCLES_MAX;

    /** Empty cycles before the next sleep, from {@link #CYCLES_MIN} to {@link #CYCLES_MAX}. */
    int cycles() {
        return cycles;
    }

    /** A sleep has ended that took so long, in nanoseconds. */
    void onSleep(long nanos) {
        cycles =
                nanos < WORTH_SPINNING_NANOS
                        ? Math.min(cycles << 1, CYCLES_MAX)
                        : Math.max(cycles >> 1, CYCLES_MIN);
    }
}
