package io.mptcplb.stack.tcp;

import io.mptcplb.wire.Seq32;

/** The tail loss probe in flight, if there is one (RFC 8985 s7). */
final class TailProbe {
    private static final long DELAYED_ACK_WORST_NANOS = 200_000_000L;
    private static final long SLACK_NANOS = 2_000_000L;

    private boolean outstanding;
    private int endSeq;
    private boolean repairs;

    void reset() {
        outstanding = false;
    }

    boolean outstanding() {
        return outstanding;
    }

    /** The last segment went once more. */
    void sent(int sndNxt) {
        outstanding = true;
        repairs = true;
        endSeq = sndNxt;
    }

    /** The peer had it twice: nothing was lost. */
    void onDuplicateReported() {
        repairs = false;
    }

    /**
     * The probe was answered; true when it itself repaired a loss that nobody else saw (RFC 8985
     * s7.4.2).
     */
    boolean answeredBy(int sndUna) {
        if (!outstanding || Seq32.before(sndUna, endSeq)) {
            return false;
        }
        outstanding = false;
        return repairs;
    }

    /** RFC 8985 s7.2: two round trips, and the peer's delayed ACK if it has but one segment. */
    static long timeoutNanos(RttEstimator rtt, boolean oneSegment) {
        long wait = 2 * rtt.srttNanos() + (oneSegment ? DELAYED_ACK_WORST_NANOS : SLACK_NANOS);
        return Math.min(wait, rtt.rtoNanos());
    }
}
