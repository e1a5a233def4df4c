package io.mptcplb.policy.path;

import io.mptcplb.contract.Rules;

/**
 * When a policy sets a path aside, and when it takes it back. A share of 0 and a round trip of 0
 * mean that the figure is not looked at.
 *
 * @param linkDown a lost carrier is a fault
 * @param holdNanos how long a path must be without a fault before it is used again
 * @param changesMax a path is not taken back while that, and the fault that may follow, would make
 *     more changes of it within one window; 2 to 100
 * @param windowNanos the window of {@code changesMax}
 * @param stalledPercent a fault when so many of its subflows have stalled
 * @param retransmittedPercent a fault when so many of its segments are sent again
 * @param srttNanos a fault when round trips take so long
 */
public record FailoverConfig(
        boolean linkDown,
        long holdNanos,
        int changesMax,
        long windowNanos,
        int stalledPercent,
        int retransmittedPercent,
        long srttNanos) {
    public static final long HOLD_NANOS_MAX = 3_600_000_000_000L;
    public static final long WINDOW_NANOS_MIN = 1_000_000_000L;
    public static final long WINDOW_NANOS_MAX = 24 * HOLD_NANOS_MAX;
    public static final int CHANGES_MIN = 2;
    public static final int CHANGES_MAX = 100;
    public static final long SRTT_NANOS_MAX = 60_000_000_000L;

    public FailoverConfig {
        Rules.range("failover.holdTime", holdNanos, 0, HOLD_NANOS_MAX);
        Rules.range("failover.maxSwitches", changesMax, CHANGES_MIN, CHANGES_MAX);
        Rules.range("failover.window", windowNanos, WINDOW_NANOS_MIN, WINDOW_NANOS_MAX);
        Rules.range("failover.stalledShare", stalledPercent, 0, 100);
        Rules.range("failover.retransmittedShare", retransmittedPercent, 0, 100);
        Rules.range("failover.roundTrip", srttNanos, 0, SRTT_NANOS_MAX);
    }

    /** Ten seconds without a fault, three switches a minute, half of the subflows stalled. */
    public static FailoverConfig defaults() {
        return new FailoverConfig(true, 10_000_000_000L, 3, 60_000_000_000L, 50, 20, 0);
    }

    /** False when nothing at all would be a fault. */
    public boolean isWatching() {
        return linkDown || stalledPercent != 0 || retransmittedPercent != 0 || srttNanos != 0;
    }
}
