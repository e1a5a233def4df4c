package io.mptcplb.bench.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class FrameFateTest {
    private static final int FRAMES = 100_000;
    private static final Impairment SOME =
            Impairment.NONE.loss(1).duplicate(2).reorder(5, 3).delayMillis(10, 4);

    @Test
    void sameSeed_sameFrames_sameFate() {
        assertEquals(lost(7), lost(7));
        assertNotEquals(lost(7), lost(8));
    }

    /** Written down once: a seed in a report must mean the same run in every later version. */
    @Test
    void seedOne_firstLosses_areThese() {
        BitSet lost = lost(1);
        int first = lost.nextSetBit(0);
        int second = lost.nextSetBit(first + 1);
        assertEquals("266,283", first + "," + second);
    }

    @Test
    void shares_overManyFrames_areAsAsked() {
        int losses = 0;
        int duplicates = 0;
        int reorders = 0;
        int lossesReordered = 0;
        for (int i = 0; i < FRAMES; i++) {
            FrameFate fate = new FrameFate(3, i);
            losses += fate.isLost(SOME) ? 1 : 0;
            duplicates += fate.isDuplicated(SOME) ? 1 : 0;
            reorders += fate.isReordered(SOME) ? 1 : 0;
            lossesReordered += fate.isLost(SOME) && fate.isReordered(SOME) ? 1 : 0;
            long jitter = fate.jitterNanos(SOME);
            assertTrue(jitter >= 0 && jitter < 4_000_000);
        }
        assertEquals(1000, losses, 120);
        assertEquals(2000, duplicates, 170);
        assertEquals(5000, reorders, 270);
        // Independent decisions: one in twenty of the lost ones.
        assertEquals(50, lossesReordered, 35);
    }

    @Test
    void noImpairment_noFrame_isTouched() {
        for (int i = 0; i < FRAMES; i++) {
            FrameFate fate = new FrameFate(3, i);
            assertTrue(!fate.isLost(Impairment.NONE) && !fate.isReordered(Impairment.NONE));
            assertEquals(0, fate.jitterNanos(Impairment.NONE));
        }
    }

    private static BitSet lost(long seed) {
        BitSet lost = new BitSet();
        for (int i = 0; i < FRAMES; i++) {
            lost.set(i, new FrameFate(seed, i).isLost(SOME));
        }
        return lost;
    }
}
