package io.mptcplb.stack.congestion;

/**
 * HyStart++ (RFC 9406): leaves slow start when round trips grow, by way of a few slower rounds
 * (CSS).
 */
final class HyStart {
    private static final long MIN_RTT_THRESHOLD_NANOS = 4_000_000;
    private static final long MAX_RTT_THRESHOLD_NANOS = 16_000_000;
    private static final int RTT_DIVISOR = 8;
    private static final int SAMPLES_MIN = 8;
    private static final int CSS_GROWTH_DIVISOR = 4;
    private static final int CSS_ROUNDS = 5;

    private long lastRoundMinNanos;
    private long roundMinNanos;
    private int samples;
    private long cssBaselineNanos;
    private int cssRounds;
    private boolean conservative;

    void reset() {
        lastRoundMinNanos = Long.MAX_VALUE;
        roundMinNanos = Long.MAX_VALUE;
        samples = 0;
        cssRounds = 0;
        conservative = false;
    }

    void onSample(long rttNanos, boolean roundStart) {
        if (roundStart) {
            lastRoundMinNanos = roundMinNanos;
            roundMinNanos = Long.MAX_VALUE;
            samples = 0;
            if (conservative) {
                cssRounds++;
            }
        }
        if (rttNanos <= 0) {
            return;
        }
        roundMinNanos = Math.min(roundMinNanos, rttNanos);
        samples++;
        if (samples >= SAMPLES_MIN && lastRoundMinNanos != Long.MAX_VALUE) {
            judge();
        }
    }

    private void judge() {
        if (conservative) {
            if (roundMinNanos < cssBaselineNanos) {
                conservative = false;
                cssRounds = 0;
            }
            return;
        }
        long threshold =
                Math.clamp(
                        lastRoundMinNanos / RTT_DIVISOR,
                        MIN_RTT_THRESHOLD_NANOS,
                        MAX_RTT_THRESHOLD_NANOS);
        if (roundMinNanos >= lastRoundMinNanos + threshold) {
            cssBaselineNanos = roundMinNanos;
            conservative = true;
        }
    }

    int increase(int ackedBytes) {
        return conservative ? ackedBytes / CSS_GROWTH_DIVISOR : ackedBytes;
    }

    boolean finished() {
        return conservative && cssRounds >= CSS_ROUNDS;
    }
}
