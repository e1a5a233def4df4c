package io.mptcplb.policy.path;

/**
 * Figures against thresholds, as the end of a sentence that began with the port; empty for no
 * fault. What was a fault stays one until the figure is at half of its threshold, so that one near
 * it does not flap.
 */
final class SampleJudge {
    private final PortWatch watch;
    private final PathSample sample;

    SampleJudge(PortWatch watch, PathSample sample) {
        this.watch = watch;
        this.sample = sample;
    }

    String stalled() {
        int percent = sample.stalledPercent();
        return exceeds(Fault.STALLED, percent, watch.config().stalledPercent())
                ? "has " + percent + "% of its subflows stalled"
                : "";
    }

    String retransmitted() {
        int percent = sample.retransmittedPercent();
        return exceeds(Fault.RETRANSMITTED, percent, watch.config().retransmittedPercent())
                ? "sends " + percent + "% of its bytes again"
                : "";
    }

    String slow() {
        long srttNanos = sample.judgedSrttNanos();
        return exceeds(Fault.SLOW, srttNanos, watch.config().srttNanos())
                ? "takes " + Words.duration(srttNanos) + " for a round trip"
                : "";
    }

    private boolean exceeds(Fault fault, long figure, long threshold) {
        return threshold != 0 && (watch.has(fault) ? figure > threshold / 2 : figure >= threshold);
    }
}
