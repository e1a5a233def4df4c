package io.mptcplb.stack.tcp;

/**
 * How much one super-segment carries: what the connection would send in about a millisecond, so
 * that no burst is larger than pacing would let through, and more where the round trip is so short
 * that the whole window fits into it. The rule is that of Linux's autosizing: rate / 1024 per
 * second plus 64 KB halved for every 512 us of the least round trip, at least two segments; the
 * rate is the window per smoothed round trip, doubled in slow start and a fifth more afterwards.
 */
final class SuperSegments {
    /** IP's total length is 16 bits, and the longest headers are 40 and 60 bytes. */
    static final int BYTES_MAX = 65_535 - 100;

    private static final int SEGMENTS_MIN = 2;
    private static final long INTERVAL_NANOS = 1_000_000_000L / 1024;
    private static final int RTT_STEP_SHIFT = 19;
    private static final int RTT_STEPS_MAX = 31;

    private SuperSegments() {}

    /**
     * Payload bytes of one super-segment at most.
     *
     * @param srttNanos 0 while nothing was measured
     */
    static int bytes(
            int cwndBytes, boolean slowStart, long srttNanos, long minRttNanos, int segmentBytes) {
        long bytes = BYTES_MAX;
        if (srttNanos > 0) {
            long perInterval = cwndBytes * INTERVAL_NANOS / srttNanos;
            bytes = slowStart ? 2 * perInterval : perInterval * 6 / 5;
            // 2^19 ns stands for 512 us.
            bytes += BYTES_MAX >> (int) Math.min(minRttNanos >> RTT_STEP_SHIFT, RTT_STEPS_MAX);
        }
        long most = Math.min(bytes, BYTES_MAX);
        return (int) Math.max(most, Math.min(BYTES_MAX, SEGMENTS_MIN * segmentBytes));
    }
}
