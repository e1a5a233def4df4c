package io.mptcplb.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RttEstimatorTest {
    private static final long MILLI = 1_000_000L;

    private final RttEstimator rtt = new RttEstimator();

    RttEstimatorTest() {
        rtt.reset();
    }

    @Test
    void sample_theFirst_isTheEstimate() {
        rtt.sample(40 * MILLI, 0);
        assertEquals(40 * MILLI, rtt.srttNanos());
        assertEquals(20 * MILLI, rtt.rttvarNanos());
        assertEquals(40 * MILLI, rtt.minRttNanos());
        assertEquals(240 * MILLI, rtt.rtoNanos());
    }

    @Test
    void bound_lowersTheMinimumAlone() {
        rtt.sample(200 * MILLI, 0);
        rtt.atMost(3 * MILLI, MILLI);
        rtt.atMost(50 * MILLI, 2 * MILLI);
        assertEquals(3 * MILLI, rtt.minRttNanos());
        assertEquals(200 * MILLI, rtt.srttNanos());
        assertEquals(600 * MILLI, rtt.rtoNanos());
    }

    @Test
    void bound_thatWaitedForThePeer_replacesNoMinimumThatHasAged() {
        rtt.sample(2 * MILLI, 0);
        rtt.atMost(400_000 * MILLI, 400_000 * MILLI);
        assertEquals(2 * MILLI, rtt.minRttNanos());
    }

    @Test
    void minimum_agesWithTheNextSample() {
        rtt.sample(2 * MILLI, 0);
        rtt.sample(9 * MILLI, 299_000 * MILLI);
        assertEquals(2 * MILLI, rtt.minRttNanos());
        rtt.sample(9 * MILLI, 301_000 * MILLI);
        assertEquals(9 * MILLI, rtt.minRttNanos());
    }
}
