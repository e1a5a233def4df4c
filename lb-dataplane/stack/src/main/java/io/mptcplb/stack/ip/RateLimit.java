package io.mptcplb.stack.ip;

/** Lets through so many per second, and up to a tenth of that in one burst. */
final class RateLimit {
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final int BURSTS_PER_SECOND = 10;

    private final long intervalNanos;
    private final long burstNanos;

    /** When the bucket would be full again, were nothing more to pass. */
    private long fullAtNanos;

    RateLimit(int perSecond, long nowNanos) {
        intervalNanos = SECOND_NANOS / perSecond;
        burstNanos = Math.max(SECOND_NANOS / BURSTS_PER_SECOND, intervalNanos);
        fullAtNanos = nowNanos;
    }

    /** True when one more may pass now. */
    boolean pass(long nowNanos) {
        long from = fullAtNanos - nowNanos < 0 ? nowNanos : fullAtNanos;
        if (from + intervalNanos - nowNanos > burstNanos) {
            return false;
        }
        fullAtNanos = from + intervalNanos;
        return true;
    }
}
