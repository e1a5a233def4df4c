package io.mptcplb.bench.lab;

/**
 * What chance decides about one frame: a function of the relay's seed and the frame's number alone,
 * so that a run's decisions can be had again. Which draw is for what must never change.
 *
 * @param draw 64 random bits, from which every decision takes its own
 */
record FrameFate(long draw) {
    private static final int LOSS = 1;
    private static final int DUPLICATE = 2;
    private static final int REORDER = 3;
    private static final int JITTER = 4;

    FrameFate(long seed, long number) {
        this(mix(seed + number * 0x9e3779b97f4a7c15L));
    }

    boolean isLost(Impairment impairment) {
        return happens(LOSS, impairment.lossPercent());
    }

    boolean isDuplicated(Impairment impairment) {
        return happens(DUPLICATE, impairment.duplicatePercent());
    }

    boolean isReordered(Impairment impairment) {
        return happens(REORDER, impairment.reorderPercent());
    }

    long jitterNanos(Impairment impairment) {
        long most = impairment.jitterNanos();
        return most == 0 ? 0 : Math.floorMod(mix(draw + JITTER), most);
    }

    private boolean happens(int which, double percent) {
        return (mix(draw + which) >>> 11) * 0x1.0p-53 * 100 < percent;
    }

    /** The finaliser of SplitMix64. */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
