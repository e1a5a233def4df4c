package io.mptcplb.app.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class EventRingTest {
    private static final int CAPACITY = 8;

    @Test
    void full_takesNoMoreAndCounts_untilThereIsRoom() {
        EventRing ring = new EventRing(CAPACITY);
        for (int i = 0; i < CAPACITY; i++) {
            assertEquals(CAPACITY - i, ring.room());
            assertTrue(put(ring, i));
        }
        assertFalse(put(ring, 99));
        assertFalse(put(ring, 99));
        assertEquals(2, ring.lost());
        assertEquals(CAPACITY, ring.taken());
        assertEquals(0, ring.number(0));
        ring.advance();
        assertTrue(put(ring, CAPACITY));
        for (int i = 1; i <= CAPACITY; i++) {
            assertTrue(ring.ready());
            assertEquals(i, ring.number(0));
            assertEquals("entry", ring.reference(0));
            ring.advance();
        }
        assertFalse(ring.ready());
    }

    @Test
    void twoThreads_everyEntryWholeAndInOrder() throws InterruptedException {
        EventRing ring = new EventRing(CAPACITY);
        long entries = 500_000;
        Thread writer =
                Thread.ofPlatform()
                        .daemon()
                        .start(() -> {
                            for (long i = 0; i < entries; ) {
                                if (ring.room() > 0 && put(ring, i)) {
                                    i++;
                                } else {
                                    Thread.onSpinWait();
                                }
                            }
                        });
        for (long i = 0; i < entries; i++) {
            while (!ring.ready()) {
                Thread.onSpinWait();
            }
            assertEquals(i, ring.number(0));
            assertEquals(~i, ring.number(EventRing.NUMBERS - 1));
            ring.advance();
        }
        writer.join();
        assertEquals(0, ring.lost());
    }

    private static boolean put(EventRing ring, long value) {
        if (!ring.begin()) {
            return false;
        }
        ring.number(0, value);
        ring.number(EventRing.NUMBERS - 1, ~value);
        ring.reference(0, "entry");
        ring.end();
        return true;
    }
}
