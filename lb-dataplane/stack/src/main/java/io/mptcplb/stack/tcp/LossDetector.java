package io.mptcplb.stack.tcp;

import io.mptcplb.wire.Seq32;

/**
 * RACK (RFC 8985 s6): a record is lost when one sent sufficiently later has arrived. Without SACK
 * the third duplicate ACK says so (RFC 5681 s3.2).
 */
final class LossDetector {
    private static final int REORDER_WINDOW_MULTIPLE_MAX = 16;
    private static final int DUPLICATE_ACKS = 3;

    private final TransmitRecords records;
    private final RttEstimator rtt;
    private long rackSentNanos;
    private int rackEndSeq;
    private long rackRttNanos;
    private int highestEndSeq;
    private boolean anyDelivered;
    private boolean reorderingSeen;
    private int reorderWindowMultiple;
    private long sampleNanos;

    LossDetector(TransmitRecords records, RttEstimator rtt) {
        this.records = records;
        this.rtt = rtt;
    }

    void reset() {
        anyDelivered = false;
        reorderingSeen = false;
        reorderWindowMultiple = 1;
        rackRttNanos = 0;
        sampleNanos = 0;
    }

    /**
     * RFC 8985 s6.2 steps 1 to 3, for a newly delivered record.
     *
     * @param endSeq one past what was delivered of it
     */
    void onDelivered(int r, int endSeq, long nowNanos) {
        long rttNanos = nowNanos - records.sentNanos(r);
        boolean retransmitted = records.has(r, TransmitRecords.RETRANSMITTED);
        if (!retransmitted) {
            // What was called lost and had arrived after all measures our patience, not the path.
            sampleNanos = records.has(r, TransmitRecords.LOST) ? 0 : Math.max(rttNanos, 1);
            noteOrder(endSeq);
        } else if (rttNanos < rtt.minRttNanos()) {
            return; // the acknowledgement is of the original, not of what was sent just now
        }
        long sent = records.sentNanos(r);
        if (!anyDelivered || sentAfter(sent, endSeq, rackSentNanos, rackEndSeq)) {
            rackSentNanos = sent;
            rackEndSeq = endSeq;
            rackRttNanos = rttNanos;
        }
        anyDelivered = true;
    }

    private void noteOrder(int endSeq) {
        if (anyDelivered && Seq32.before(endSeq, highestEndSeq)) {
            reorderingSeen = true;
        } else {
            highestEndSeq = endSeq;
        }
    }

    private static boolean sentAfter(long sentA, int endA, long sentB, int endB) {
        return sentA - sentB > 0 || sentA == sentB && Seq32.after(endA, endB);
    }

    /** The peer had a segment twice: what was called lost was only late (RFC 8985 s6.2 step 4). */
    void onDuplicateReported() {
        reorderWindowMultiple = Math.min(reorderWindowMultiple + 1, REORDER_WINDOW_MULTIPLE_MAX);
        reorderingSeen = true;
    }

    /**
     * Marks what is lost by now; returns nanoseconds until more may be, 0 for never. RFC 8985 s6.2
     * step 5.
     */
    long detect(Scoreboard board, boolean recovering, int mssBytes, long nowNanos) {
        if (!anyDelivered) {
            return 0;
        }
        boolean certain = recovering || board.sackedBytes() >= DUPLICATE_ACKS * mssBytes;
        long window = !reorderingSeen && certain ? 0 : reorderWindowNanos();
        int r = board.oldestSent();
        while (r != TransmitRecords.NONE) {
            if (!sentAfter(rackSentNanos, rackEndSeq, records.sentNanos(r), records.endSeq(r))) {
                return 0;
            }
            long remaining = records.sentNanos(r) + rackRttNanos + window - nowNanos;
            if (remaining > 0) {
                return remaining;
            }
            int after = records.sentNext(r);
            board.markLost(r);
            r = after;
        }
        return 0;
    }

    private long reorderWindowNanos() {
        return Math.min(rtt.minRttNanos() / 4 * reorderWindowMultiple, rtt.srttNanos());
    }

    /**
     * The RTT sample of the acknowledgement just processed, or 0 (Karn's rule); asking takes it.
     */
    long takeSample() {
        long sample = sampleNanos;
        sampleNanos = 0;
        return sample;
    }
}
