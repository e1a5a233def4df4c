package io.mptcplb.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Two TCP stacks against each other: every byte arrives, and everything is given back. */
class TcpPairTest {
    private static void transfer(
            long seed, LinkSettings settings, long up, long down, long seconds) {
        try (TcpPair pair = new TcpPair(seed, settings, up, down)) {
            pair.open();
            boolean ended = pair.runToEnd(seconds);
            assertNull(pair.fault(), "seed " + seed);
            assertTrue(ended, "seed " + seed + ": not closed after " + seconds + " s");
            assertEquals("", pair.leak(), "seed " + seed);
        }
    }

    @Test
    void cleanLink_bothWays_everyByte() {
        transfer(1, LinkSettings.CLEAN, 3_000_000, 2_000_000, 60);
    }

    @Test
    void emptyStreams_finishAtOnce() {
        transfer(2, LinkSettings.CLEAN, 0, 0, 10);
    }

    @Test
    void narrowLink_queueOverflows_everyByte() {
        transfer(
                3,
                LinkSettings.CLEAN.withDelay(10_000_000).withRate(20_000_000, 50_000),
                3_000_000,
                0,
                60);
    }

    @Test
    void lossyLink_everyByte() {
        transfer(
                4,
                LinkSettings.CLEAN.withDelay(5_000_000).withFaults(20, 0, 0, 0),
                1_000_000,
                1_000_000,
                200);
    }

    @Test
    void everyFault_everyByte() {
        transfer(
                5,
                LinkSettings.CLEAN.withDelay(5_000_000).withFaults(20, 100, 20, 5),
                500_000,
                500_000,
                200);
    }
}
