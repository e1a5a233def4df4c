package io.mptcplb.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.stack.mptcp.MptcpPolicy;
import io.mptcplb.stack.random.Prng;
import org.junit.jupiter.api.Test;

/** Many worlds of up to three paths that fail, return and distort: every byte arrives in each. */
class MptcpSeedsTest {
    private static final int SEEDS = Integer.getInteger("mptcplb.seeds", 40);
    private static final long FIRST = Long.getLong("mptcplb.seed", 1);
    private static final long MILLI = 1_000_000L;

    @Test
    void everySeed_everyByte_nothingLeft() {
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            world(seed);
        }
    }

    private static void world(long seed) {
        Prng prng = new Prng(seed);
        LinkSettings[] paths = new LinkSettings[1 + prng.nextInt(3)];
        for (int i = 0; i < paths.length; i++) {
            paths[i] = link(prng);
        }
        MptcpPolicy policy =
                new MptcpPolicy(
                        true,
                        prng.chance(1, 3),
                        false,
                        1 + prng.nextInt(3),
                        MptcpPair.announcements(seed),
                        0);
        long up = prng.between(0, 1_500_000);
        long down = prng.between(0, 1_500_000);
        try (MptcpPair pair = new MptcpPair(seed, policy, up, down, paths)) {
            if (prng.chance(1, 3)) {
                pair.link(0).middlebox(Middleboxes.cutter(new Prng(seed), 5));
            }
            pair.open();
            scheduleJoins(pair, prng, paths.length);
            scheduleFailures(pair, prng, paths.length);
            boolean ended = pair.runToEnd(400);
            assertEquals("", pair.fault(), "seed " + seed);
            assertTrue(ended, "seed " + seed);
            assertEquals("", pair.leak(), "seed " + seed);
        }
    }

    private static LinkSettings link(Prng prng) {
        LinkSettings link = LinkSettings.CLEAN.withDelay(prng.between(MILLI / 10, 30 * MILLI));
        if (prng.chance(1, 2)) {
            link = link.withRate(prng.between(2_000_000, 100_000_000), 60_000);
        }
        if (prng.chance(1, 2)) {
            link =
                    link.withFaults(
                            prng.nextInt(25), prng.nextInt(100), prng.nextInt(30), prng.nextInt(5));
        }
        return link;
    }

    private static void scheduleJoins(MptcpPair pair, Prng prng, int paths) {
        for (int i = 0; i < 3; i++) {
            int path = prng.nextInt(paths);
            boolean backup = prng.chance(1, 4);
            pair.world().after(prng.between(MILLI, 400 * MILLI), () -> pair.join(path, backup));
        }
    }

    /** One path fails at a time, some of them for long. */
    private static void scheduleFailures(MptcpPair pair, Prng prng, int paths) {
        long at = 0;
        for (int i = 0; i < prng.nextInt(4); i++) {
            SimLink link = pair.link(prng.nextInt(paths));
            at += prng.between(10 * MILLI, 1_000 * MILLI);
            pair.world().after(at, () -> link.dark(true));
            at += prng.between(10 * MILLI, 4_000 * MILLI);
            pair.world().after(at, () -> link.dark(false));
        }
    }
}
