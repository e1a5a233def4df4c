package io.mptcplb.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SuperSegmentsTest {
    private static final int SEGMENT = 1_448;
    private static final long MILLISECOND = 1_000_000L;

    @Test
    void longRoundTrip_aMillisecondsWorth() {
        // 1 MB in 100 ms is 10 KB in a millisecond; a fifth more, in steps of 1/1024 s.
        int bytes =
                SuperSegments.bytes(
                        1_000_000, false, 100 * MILLISECOND, 100 * MILLISECOND, SEGMENT);
        assertEquals(11_718, bytes, 1);
    }

    @Test
    void slowStart_twiceTheRate() {
        int bytes =
                SuperSegments.bytes(1_000_000, true, 100 * MILLISECOND, 100 * MILLISECOND, SEGMENT);
        assertEquals(19_531, bytes, 1);
    }

    @Test
    void smallWindow_twoSegmentsAtLeast() {
        assertEquals(
                2 * SEGMENT,
                SuperSegments.bytes(14_480, false, 100 * MILLISECOND, 100 * MILLISECOND, SEGMENT));
    }

    @Test
    void shortRoundTrip_asMuchAsAFrameTakes() {
        assertEquals(
                SuperSegments.BYTES_MAX,
                SuperSegments.bytes(14_480, false, 50_000, 50_000, SEGMENT));
    }

    @Test
    void nothingMeasured_theWindowAloneDecides() {
        assertEquals(SuperSegments.BYTES_MAX, SuperSegments.bytes(14_480, true, 0, 0, SEGMENT));
    }
}
