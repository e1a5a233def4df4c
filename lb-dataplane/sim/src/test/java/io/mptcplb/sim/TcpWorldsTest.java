package io.mptcplb.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/**
 * Replay one world with {@code -Dmptcplb.seed=N} (it is traced); run more of them with {@code
 * -Dmptcplb.seeds=N}.
 */
class TcpWorldsTest {
    private static final int SEEDS = 1000;

    @Test
    void anySeed_everyByteArrivesAndNothingLeaks() {
        Long only = Long.getLong("mptcplb.seed");
        if (only != null) {
            assertEquals("", TcpWorlds.run(only, System.out), "seed " + only);
            return;
        }
        for (long seed = 1; seed <= Integer.getInteger("mptcplb.seeds", SEEDS); seed++) {
            assertEquals("", TcpWorlds.run(seed, null), "replay with -Dmptcplb.seed=" + seed);
        }
    }

    @Test
    void sameSeed_sameWorld() {
        assertEquals(frames(77), frames(77));
    }

    private static String frames(long seed) {
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        TcpWorlds.run(
                seed,
                new java.io.PrintStream(bytes, true, java.nio.charset.StandardCharsets.UTF_8));
        return bytes.toString(java.nio.charset.StandardCharsets.UTF_8);
    }
}
