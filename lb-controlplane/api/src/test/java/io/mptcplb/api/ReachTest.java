package io.mptcplb.api;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReachTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    // System.nanoTime may begin anywhere, and pass the end of its range.
    private static final long START = Long.MAX_VALUE - 15 * SECOND;

    private final Reach reach = new Reach(Duration.ofSeconds(20), START);

    @Test
    void neverHeard_patienceCountsFromTheBeginning() {
        assertFalse(reach.isLost(false, START + 20 * SECOND));
        assertTrue(reach.isLost(false, START + 20 * SECOND + 1));
    }

    @Test
    void heardNowAndThen_isNotLost() {
        for (int i = 1; i < 100; i++) {
            assertFalse(reach.isLost(i % 20 == 0, START + i * SECOND), "after " + i + " s");
        }
    }

    @Test
    void lost_isSaidOnce_untilPatienceEndsAgain() {
        assertFalse(reach.isLost(true, START + 5 * SECOND));
        assertTrue(reach.isLost(false, START + 26 * SECOND));

        assertFalse(reach.isLost(false, START + 46 * SECOND));
        assertTrue(reach.isLost(false, START + 47 * SECOND));
    }
}
