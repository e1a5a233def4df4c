package io.mptcplb.stack.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.stack.AllocationMeter;
import io.mptcplb.stack.random.Prng;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
    private static final long MS = 1_000_000;
    private static final long TICK = TimerWheel.TICK_NANOS;

    private final List<Integer> fired = new ArrayList<>();
    private final TimerHandler record = (id, nowNanos) -> fired.add(id);

    @Test
    void armed_beforeDeadline_doesNotFire() {
        TimerWheel wheel = new TimerWheel(4, 1_000);
        wheel.arm(2, 1_000 + 10 * MS);
        assertEquals(0, wheel.expire(1_000 + 10 * MS - 1, 10, record));
        assertTrue(wheel.armed(2));
        assertEquals(1, wheel.expire(1_000 + 10 * MS + TICK, 10, record));
        assertEquals(List.of(2), fired);
        assertFalse(wheel.armed(2));
        assertEquals(Long.MAX_VALUE, wheel.nextDeadlineNanos());
    }

    @Test
    void armed_movedEarlier_firesEarlier() {
        TimerWheel wheel = new TimerWheel(4, 0);
        wheel.arm(0, 10_000 * MS);
        wheel.arm(0, 5 * MS);
        assertEquals(1, wheel.expire(5 * MS + TICK, 10, record));
        assertEquals(0, wheel.expire(20_000 * MS, 10, record));
    }

    @Test
    void armed_movedLater_firesLater() {
        TimerWheel wheel = new TimerWheel(4, 0);
        wheel.arm(0, 5 * MS);
        wheel.arm(0, 5_000 * MS);
        assertEquals(0, wheel.expire(4_999 * MS, 10, record));
        assertEquals(1, wheel.expire(5_000 * MS + TICK, 10, record));
    }

    @Test
    void armed_pastDeadline_firesInNextExpire() {
        TimerWheel wheel = new TimerWheel(4, 0);
        wheel.expire(100 * MS, 10, record);
        wheel.arm(0, 50 * MS);
        wheel.arm(1, -50 * MS);
        assertTrue(wheel.nextDeadlineNanos() <= 100 * MS);
        assertEquals(2, wheel.expire(100 * MS, 10, record));
    }

    @Test
    void cancelled_neverFires() {
        TimerWheel wheel = new TimerWheel(4, 0);
        wheel.arm(0, 5 * MS);
        wheel.cancel(0);
        wheel.cancel(0);
        assertFalse(wheel.armed(0));
        assertEquals(0, wheel.armedCount());
        assertEquals(0, wheel.expire(100 * MS, 10, record));
    }

    @Test
    void expire_budgetSpent_restFiresNextTime() {
        TimerWheel wheel = new TimerWheel(10, 0);
        for (int i = 0; i < 10; i++) {
            wheel.arm(i, i * MS);
        }
        assertEquals(4, wheel.expire(100 * MS, 4, record));
        assertTrue(wheel.nextDeadlineNanos() <= 100 * MS);
        assertEquals(6, wheel.expire(100 * MS, 100, record));
        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9), fired);
    }

    @Test
    void handler_armsItselfInThePast_doesNotLoop() {
        TimerWheel wheel = new TimerWheel(2, 0);
        wheel.arm(0, MS);
        TimerHandler again = (id, nowNanos) -> wheel.arm(id, nowNanos - MS);
        assertEquals(1, wheel.expire(10 * MS, 1_000, again));
        assertEquals(1, wheel.expire(10 * MS, 1_000, again));
    }

    @Test
    void handler_cancelsAnotherDueEntry_thatDoesNotFire() {
        TimerWheel wheel = new TimerWheel(3, 0);
        wheel.arm(0, MS);
        wheel.arm(1, MS);
        wheel.arm(2, MS);
        assertEquals(
                1,
                wheel.expire(
                        10 * MS,
                        10,
                        (id, nowNanos) -> {
                            wheel.cancel(0);
                            wheel.cancel(1);
                            wheel.cancel(2);
                        }));
        assertEquals(0, wheel.armedCount());
    }

    @Test
    void armed_aCenturyAhead_isPlacedAndFires() {
        TimerWheel wheel = new TimerWheel(1, Long.MAX_VALUE - 5);
        long deadline = Long.MAX_VALUE - 5 + (1L << 62);
        wheel.arm(0, deadline);
        assertEquals(0, wheel.expire(deadline - 1, 10, record));
        assertEquals(1, wheel.expire(deadline + TICK, 10, record));
    }

    @Test
    void randomOperations_againstNaiveModel_agree() {
        for (long seed = 0; seed < 150; seed++) {
            new Comparison(seed).run(2_000);
        }
    }

    @Test
    void steadyState_doesNotAllocate() {
        TimerWheel wheel = new TimerWheel(1_000, 0);
        Prng prng = new Prng(3);
        TimerHandler rearm = (id, nowNanos) -> wheel.arm(id, nowNanos + prng.between(0, 300 * MS));
        for (int i = 0; i < 1_000; i++) {
            wheel.arm(i, prng.between(0, 300 * MS));
        }
        long[] now = {0};
        assertEquals(
                0,
                AllocationMeter.fewestBytes(
                        () -> now[0] = drive(wheel, prng, rearm, now[0], 300_000)));
    }

    private static long drive(
            TimerWheel wheel, Prng prng, TimerHandler handler, long from, int cycles) {
        long now = from;
        for (int i = 0; i < cycles; i++) {
            now += prng.nextInt(200_000);
            wheel.arm(prng.nextInt(1_000), now + prng.between(0, 1_000 * MS));
            wheel.expire(now, 64, handler);
            wheel.nextDeadlineNanos();
        }
        return now;
    }

    /** The wheel beside a plain array of deadlines, driven by the same random operations. */
    private static final class Comparison {
        private static final int IDS = 40;

        private final long seed;
        private final Prng prng;
        private final long[] deadlines = new long[IDS];
        private final boolean[] armed = new boolean[IDS];
        private final TimerWheel wheel;
        private final long maxStep;
        private long now;

        Comparison(long seed) {
            this.seed = seed;
            prng = new Prng(seed);
            now = prng.nextLong(); // any origin, some of which wrap around during the run
            wheel = new TimerWheel(IDS, now);
            maxStep = 1L << prng.between(10, 50);
        }

        void run(int operations) {
            for (int i = 0; i < operations; i++) {
                int id = prng.nextInt(IDS);
                switch (prng.nextInt(4)) {
                    case 0, 1 -> arm(id);
                    case 2 -> {
                        wheel.cancel(id);
                        armed[id] = false;
                    }
                    default -> expire();
                }
                assertEquals(armed[id], wheel.armed(id), this::where);
                check();
            }
        }

        private void arm(int id) {
            long deadline = now + prng.between(-maxStep / 8, maxStep);
            wheel.arm(id, deadline);
            deadlines[id] = deadline;
            armed[id] = true;
        }

        private void expire() {
            now += prng.chance(1, 3) ? prng.nextInt(2_000_000) : prng.between(0, maxStep / 4 + 1);
            int max = prng.chance(1, 4) ? prng.nextInt(5) : IDS * 10;
            int[] calls = {0};
            int fired =
                    wheel.expire(
                            now,
                            max,
                            (id, nowNanos) -> {
                                calls[0]++;
                                assertTrue(armed[id], () -> id + " fired unarmed, " + where());
                                assertTrue(
                                        deadlines[id] - nowNanos <= 0,
                                        () -> id + " fired early, " + where());
                                armed[id] = false;
                                if (prng.chance(1, 2)) {
                                    arm(prng.nextInt(IDS));
                                }
                            });
            assertEquals(calls[0], fired, this::where);
            assertTrue(fired <= max, this::where);
            if (fired < max) {
                assertNoneLate();
            }
        }

        /**
         * All that was due before this expire has fired; what handlers armed in the past may wait
         * one call.
         */
        private void assertNoneLate() {
            wheel.expire(
                    now,
                    Integer.MAX_VALUE,
                    (id, nowNanos) -> {
                        assertTrue(armed[id] && deadlines[id] - nowNanos <= 0, this::where);
                        armed[id] = false;
                    });
            for (int id = 0; id < IDS; id++) {
                int entry = id;
                assertFalse(
                        armed[id] && deadlines[id] + TICK - now <= 0,
                        () -> entry + " is late, " + where());
            }
        }

        private void check() {
            long next = wheel.nextDeadlineNanos();
            int count = 0;
            for (int id = 0; id < IDS; id++) {
                if (armed[id]) {
                    count++;
                    int entry = id;
                    assertTrue(
                            next - (deadlines[id] + TICK) < 0 || next - now <= 0,
                            () -> "would wake after " + entry + ", " + where());
                }
            }
            assertEquals(count, wheel.armedCount(), this::where);
            assertEquals(count == 0, next == Long.MAX_VALUE, this::where);
        }

        private String where() {
            return "seed " + seed;
        }
    }
}
