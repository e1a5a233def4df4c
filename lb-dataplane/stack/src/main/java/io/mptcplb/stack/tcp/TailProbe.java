package io.mptcplb.stack.tcp;

import io.mptcplb.wire.Seq32;

/** The tail loss probe in flight, if there is one (RFC 8985 s7). */
final class TailProbe {
    private static final long DELAYED_ACK_WORST_NANOS = 200_000_000L;
    private static final long SLACK_NANOS = 2_000_000L;
    private static final long SILENCE_MIN_NANOS = 50_000_000L;

    private boolean outstanding;
    private int endSeq;
    private boolean repairs;
    private boolean unanswered;

    void reset() {
        outstanding = false;
        unanswered = false;
    }

    boolean outstanding() {
        return outstanding;
    }

    /** Nothing came of a probe for {@link #silenceNanos}, nor anything since. */
    boolean unanswered() {
        return unanswered;
    }

    /** The last segment went once more. */
    void sent(int sndNxt) {
        outstanding = true;
        repairs = true;
        endSeq = sndNxt;
    }

    /** {@link #silenceNanos} have passed since the probe, or since the peer was last heard. */
    void expire() {
        unanswered = outstanding;
    }

    /** The peer has acknowledged something, be it not what was probed. */
    void onHeard() {
        unanswered = false;
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

    /**
     * How long an answer may take until the path counts as silent: the peer acknowledges a segment
     * that it has twice, or that follows a hole, at once (RFC 9293 s3.10.7.4, RFC 5681 s4.2), so
     * that a round trip is enough, and what the hosts and a queue may add.
     */
    static long silenceNanos(RttEstimator rtt) {
        return Math.max(rtt.srttNanos(), SILENCE_MIN_NANOS);
    }

    /** RFC 8985 s7.2: two round trips, and the peer's delayed ACK if it has but one segment. */
    static long timeoutNanos(RttEstimator rtt, boolean oneSegment) {
        long wait = 2 * rtt.srttNanos() + (oneSegment ? DELAYED_ACK_WORST_NANOS : SLACK_NANOS);
        return Math.min(wait, rtt.rtoNanos());
    }
}
