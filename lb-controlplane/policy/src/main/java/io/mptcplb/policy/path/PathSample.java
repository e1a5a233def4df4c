package io.mptcplb.policy.path;

/**
 * What client subflows did over one NIC port since the sample before, all virtual servers together.
 *
 * @param subflows established now
 * @param stalledSubflows of these, whose retransmission timer has expired since the last
 *     acknowledgement
 * @param sentBytes payload sent for the first time, since the sample before
 * @param retransmittedBytes payload sent again, since the sample before
 * @param srttNanos smoothed round trip time, 0 when unknown
 */
public record PathSample(
        String port,
        long subflows,
        long stalledSubflows,
        long sentBytes,
        long retransmittedBytes,
        long srttNanos) {
    /** Fewer subflows say something of their clients, not of the path. */
    static final int SUBFLOWS_MIN = 4;

    /**
     * Fewer bytes sent for the first time say nothing. A path that was set aside, or has just come
     * back, sends again what was on it when it failed: that tells of the past.
     */
    static final long BYTES_MIN = 128 << 10;

    int stalledPercent() {
        return subflows < SUBFLOWS_MIN ? 0 : percent(stalledSubflows, subflows);
    }

    int retransmittedPercent() {
        return isBusy() ? percent(retransmittedBytes, sentBytes + retransmittedBytes) : 0;
    }

    /** 0 when too little was sent to know. */
    long judgedSrttNanos() {
        return isBusy() ? srttNanos : 0;
    }

    private boolean isBusy() {
        return sentBytes >= BYTES_MIN;
    }

    private static int percent(long part, long whole) {
        return (int) Math.min(100, 100 * part / whole);
    }
}
