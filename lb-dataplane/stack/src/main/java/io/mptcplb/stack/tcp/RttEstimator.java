package io.mptcplb.stack.tcp;

/** Round-trip time and retransmission timeout of RFC 6298, with the minimum that RACK needs. */
public final class RttEstimator {
    /**
     * Below the RFC's second, as every current stack has it; measured delayed ACKs are up to 40 ms.
     */
    static final long RTO_MIN_NANOS = 200_000_000L;

    static final long RTO_MAX_NANOS = 60_000_000_000L;
    static final long RTO_INITIAL_NANOS = 1_000_000_000L;
    private static final long MIN_RTT_WINDOW_NANOS = 300_000_000_000L;

    private long srttNanos;
    private long rttvarNanos;
    private long rtoNanos;
    private long minRttNanos;
    private long minRttAtNanos;

    void reset() {
        srttNanos = 0;
        rttvarNanos = 0;
        rtoNanos = RTO_INITIAL_NANOS;
        minRttNanos = Long.MAX_VALUE;
    }

    void sample(long rttNanos, long nowNanos) {
        long rtt = Math.max(rttNanos, 1);
        if (srttNanos == 0) {
            srttNanos = rtt;
            rttvarNanos = rtt / 2;
        } else {
            rttvarNanos += (Math.abs(srttNanos - rtt) - rttvarNanos) / 4;
            srttNanos += (rtt - srttNanos) / 8;
        }
        rtoNanos = Math.min(srttNanos + Math.max(RTO_MIN_NANOS, 4 * rttvarNanos), RTO_MAX_NANOS);
        if (rtt <= minRttNanos || nowNanos - minRttAtNanos > MIN_RTT_WINDOW_NANOS) {
            minRttNanos = rtt;
            minRttAtNanos = nowNanos;
        }
    }

    /**
     * The round trip is not longer than this: what somebody who only receives learns from echoed
     * timestamps. They may have waited for minutes until the peer had something to send: they lower
     * the minimum, and never take the place of one that has aged.
     */
    void atMost(long boundNanos, long nowNanos) {
        if (boundNanos < minRttNanos) {
            minRttNanos = boundNanos;
            minRttAtNanos = nowNanos;
        }
    }

    /** Smoothed round-trip time, 0 before the first sample. */
    public long srttNanos() {
        return srttNanos;
    }

    public long rttvarNanos() {
        return rttvarNanos;
    }

    /** Timeout without back-off. */
    public long rtoNanos() {
        return rtoNanos;
    }

    /** Smallest sample of the last five minutes, or 0. */
    public long minRttNanos() {
        return minRttNanos == Long.MAX_VALUE ? 0 : minRttNanos;
    }
}
