package io.mptcplb.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class Seq32Test {
    private static final int[] STARTS = {0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff};

    @Test
    void anyStart_stepForward_isAfter() {
        for (int start : STARTS) {
            for (int step : new int[] {1, 2, 1000, 0x7fff_ffff}) {
                int later = start + step;
                assertTrue(Seq32.before(start, later));
                assertTrue(Seq32.after(later, start));
                assertTrue(Seq32.atOrBefore(start, later));
                assertTrue(Seq32.atOrAfter(later, start));
                assertFalse(Seq32.before(later, start));
                assertFalse(Seq32.after(start, later));
                assertFalse(Seq32.atOrBefore(later, start));
                assertFalse(Seq32.atOrAfter(start, later));
                assertEquals(later, Seq32.max(start, later));
                assertEquals(later, Seq32.max(later, start));
                assertEquals(start, Seq32.min(start, later));
                assertEquals(start, Seq32.min(later, start));
                assertEquals(step, Seq32.distance(start, later));
                assertEquals(-step, Seq32.distance(later, start));
            }
        }
    }

    @Test
    void sameNumber_isNeitherBeforeNorAfter() {
        for (int start : STARTS) {
            assertFalse(Seq32.before(start, start));
            assertFalse(Seq32.after(start, start));
            assertTrue(Seq32.atOrBefore(start, start));
            assertTrue(Seq32.atOrAfter(start, start));
            assertEquals(start, Seq32.max(start, start));
            assertEquals(start, Seq32.min(start, start));
        }
    }

    @Test
    void window_edges() {
        for (int start : STARTS) {
            assertTrue(Seq32.inWindow(start, start, 1));
            assertFalse(Seq32.inWindow(start + 1, start, 1));
            assertFalse(Seq32.inWindow(start - 1, start, 1));
            assertFalse(Seq32.inWindow(start, start, 0));
            assertTrue(Seq32.inWindow(start + 99, start, 100));
            assertFalse(Seq32.inWindow(start + 100, start, 100));
            assertTrue(Seq32.inWindow(start + 0x3fff_ffff, start, 1 << 30));
        }
    }
}
