package io.mptcplb.stack.congestion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CubicTest {
    private static final int MSS = 1000;
    private static final long RTT = 100_000_000L;

    private final Cubic cubic = new Cubic();

    @BeforeEach
    void setUp() {
        cubic.reset(MSS);
    }

    /** Acknowledges a whole window, segment by segment, once per round trip. */
    private long rounds(int rounds, long fromNanos) {
        return rounds(rounds, RTT, fromNanos);
    }

    private long rounds(int rounds, long rttNanos, long fromNanos) {
        long now = fromNanos;
        for (int round = 0; round < rounds; round++) {
            int segments = cubic.cwnd() / MSS;
            now += rttNanos;
            for (int i = 0; i < segments; i++) {
                cubic.onAcked(MSS, rttNanos, rttNanos, i == 0, now);
            }
        }
        return now;
    }

    @Test
    void start_tenSegments() {
        assertEquals(10 * MSS, cubic.cwnd());
    }

    @Test
    void slowStart_doublesPerRound() {
        rounds(3, 0);
        assertEquals(80 * MSS, cubic.cwnd());
    }

    @Test
    void loss_ssthreshIsSeventyPercent() {
        rounds(3, 0);
        cubic.onLoss(80 * MSS, 0);
        assertEquals(56 * MSS, cubic.ssthresh());
    }

    @Test
    void afterLoss_reachesTheOldMaximumAfterK() {
        rounds(3, 0);
        cubic.onLoss(80 * MSS, 0);
        cubic.setCwnd(cubic.ssthresh());
        // RFC 9438 s4.2: K = cbrt((W_max - cwnd) / C) = cbrt(24 / 0.4) = 3.91 s.
        rounds(39, 0);
        assertEquals(80 * MSS, cubic.cwnd(), 3 * MSS);
        int plateau = cubic.cwnd();
        rounds(40, 39 * RTT);
        assertTrue(
                cubic.cwnd() > plateau + 15 * MSS,
                "convex growth beyond the maximum: " + cubic.cwnd());
    }

    @Test
    void lossBelowTheLastMaximum_fastConvergence() {
        rounds(3, 0);
        cubic.onLoss(80 * MSS, 0);
        cubic.setCwnd(cubic.ssthresh());
        // RFC 9438 s4.7: a second loss below the first maximum aims at 0.85 of the window, 47.6
        // segments.
        cubic.onLoss(56 * MSS, 0);
        cubic.setCwnd(cubic.ssthresh());
        rounds(3, 1_000_000_000L, 0);
        assertEquals(47.6 * MSS, cubic.cwnd(), 2.0 * MSS);
    }

    @Test
    void timeout_oneSegment_thenSlowStartToSsthresh() {
        rounds(3, 0);
        cubic.onTimeout(80 * MSS, 0);
        assertEquals(MSS, cubic.cwnd());
        rounds(6, 0);
        assertTrue(cubic.cwnd() >= 55 * MSS && cubic.cwnd() <= 65 * MSS, "cwnd " + cubic.cwnd());
    }

    @Test
    void spurious_windowComesBack() {
        rounds(3, 0);
        cubic.onTimeout(80 * MSS, 0);
        cubic.onSpurious();
        assertEquals(80 * MSS, cubic.cwnd());
        assertEquals(Integer.MAX_VALUE, cubic.ssthresh());
    }

    @Test
    void growingRoundTrips_leaveSlowStartBeforeLoss() {
        long now = 0;
        long rtt = RTT;
        for (int round = 0; round < 14 && cubic.ssthresh() == Integer.MAX_VALUE; round++) {
            int segments = cubic.cwnd() / MSS;
            now += rtt;
            rtt += 20_000_000L;
            for (int i = 0; i < segments; i++) {
                cubic.onAcked(MSS, rtt, rtt, i == 0, now);
            }
        }
        assertTrue(
                cubic.ssthresh() < 200 * MSS, "HyStart++ ended slow start at " + cubic.ssthresh());
    }
}
