package io.mptcplb.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.stack.random.Prng;
import org.junit.jupiter.api.Test;

/**
 * Many worlds, each from its seed: sizes, delays, rates, faults and dark times all differ. Replay
 * one with {@code -Dmptcplb.seed=N}, run more with {@code -Dmptcplb.seeds=N}.
 */
class TcpPairSeedsTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void randomWorlds_everyByteOrAName_nothingLeaks() {
        Long only = Long.getLong("mptcplb.seed");
        if (only != null) {
            run(only, true);
            return;
        }
        int seeds = Integer.getInteger("mptcplb.seeds", 500);
        for (long seed = 1; seed <= seeds; seed++) {
            run(seed, false);
        }
    }

    private static void run(long seed, boolean traced) {
        Prng prng = new Prng(seed);
        LinkSettings settings = settings(prng);
        long up = prng.nextInt(4) == 0 ? prng.nextInt(3) : prng.nextInt(300_000);
        long down = prng.nextInt(4) == 0 ? prng.nextInt(3) : prng.nextInt(300_000);
        try (TcpPair pair = new TcpPair(seed, settings, up, down)) {
            shape(pair, prng);
            if (traced) {
                pair.link().middlebox(new Trace(System.out, pair.world().nowNanos()));
            }
            pair.open();
            boolean ended = pair.runToEnd(900);
            pair.serverPeer().reading(true, pair.world().nowNanos());
            String label = "seed " + seed + " " + settings + " up " + up + " down " + down;
            assertNull(pair.fault(), label);
            assertTrue(ended, label + ": still open");
            assertEquals("", pair.leak(), label);
        }
    }

    private static LinkSettings settings(Prng prng) {
        LinkSettings settings = LinkSettings.CLEAN.withDelay(prng.between(10_000, 50_000_000));
        if (prng.nextInt(2) == 0) {
            settings =
                    settings.withRate(
                            prng.between(1_000_000, 200_000_000), 16_000 + prng.nextInt(200_000));
        }
        return settings.withFaults(
                prng.nextInt(50), prng.nextInt(200), prng.nextInt(50), prng.nextInt(20));
    }

    private static void shape(TcpPair pair, Prng prng) {
        pair.clientPeer().chunks(1 + prng.nextInt(2000));
        pair.serverPeer().chunks(1 + prng.nextInt(2000));
        if (prng.nextInt(3) == 0) {
            pair.clientPeer().finishAfterPeer();
        }
        if (prng.nextInt(3) == 0) {
            long from = prng.between(0, SECOND);
            long length = prng.between(0, 5 * SECOND);
            pair.world().after(from, () -> pair.link().dark(true));
            pair.world().after(from + length, () -> pair.link().dark(false));
        }
        if (prng.nextInt(4) == 0) {
            pair.world()
                    .after(
                            prng.between(0, SECOND),
                            () -> pair.serverPeer().reading(false, pair.world().nowNanos()));
            pair.world()
                    .after(
                            10 * SECOND,
                            () -> pair.serverPeer().reading(true, pair.world().nowNanos()));
        }
    }
}
