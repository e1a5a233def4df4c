package io.mptcplb.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.stack.mptcp.MptcpCounter;
import io.mptcplb.stack.mptcp.MptcpPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Our MPTCP against itself over several paths: every byte arrives, and everything is given back.
 */
class MptcpPairTest {
    private static final LinkSettings FAST =
            LinkSettings.CLEAN.withDelay(5_000_000).withRate(20_000_000, 60_000);
    private static final LinkSettings SLOW =
            LinkSettings.CLEAN.withDelay(10_000_000).withRate(100_000_000, 200_000);
    private static final MptcpPolicy PLAIN_POLICY = MptcpPolicy.defaults();
    private static final MptcpPolicy CHECKSUMS =
            new MptcpPolicy(true, true, false, 2, List.of(), 0);

    /** The same in a world whose paths may differ in their IP version. */
    private static MptcpPolicy plain(long seed) {
        return new MptcpPolicy(true, false, false, 2, MptcpPair.announcements(seed), 0);
    }

    private static void finish(MptcpPair pair, long seconds) {
        boolean ended = pair.runToEnd(seconds);
        assertEquals("", pair.fault());
        assertTrue(ended);
        assertEquals("", pair.leak());
    }

    @Test
    void onePath_bothWays_everyByte() {
        try (MptcpPair pair = new MptcpPair(1, PLAIN_POLICY, 3_000_000, 2_000_000, FAST)) {
            pair.open();
            finish(pair, 60);
            assertEquals(1, pair.server().mptcp().counter(MptcpCounter.CAPABLE_ESTABLISHED));
        }
    }

    @Test
    void emptyStreams_finishAtOnce() {
        try (MptcpPair pair = new MptcpPair(2, PLAIN_POLICY, 0, 0, FAST)) {
            pair.open();
            finish(pair, 10);
        }
    }

    @Test
    void twoPaths_bothCarry() {
        try (MptcpPair pair = new MptcpPair(3, plain(3), 5_000_000, 5_000_000, FAST, SLOW)) {
            pair.open();
            pair.run(100_000_000);
            assertTrue(pair.join(1, false));
            boolean ended = pair.runToEnd(60);
            assertEquals("", pair.fault());
            assertTrue(ended);
            assertTrue(pair.server().mptcp().paths().receivedBytes(1) > 200_000);
            assertTrue(pair.server().mptcp().paths().sentBytes(1) > 200_000);
            assertEquals("", pair.leak());
        }
    }

    /**
     * The faster path's queue holds all that the windows allow, so that it never fills its
     * congestion window. What the other one had measured when its own queue was full must not keep
     * it idle for that.
     */
    @Test
    void twoPaths_theFasterOneNeverFull_bothGoOnCarrying() {
        LinkSettings narrow = LinkSettings.CLEAN.withRate(50_000_000, 300_000);
        LinkSettings wide = LinkSettings.CLEAN.withRate(200_000_000, 4_000_000);
        try (MptcpPair pair = new MptcpPair(6, plain(6), 1000, 120_000_000, narrow, wide)) {
            pair.open();
            pair.run(500_000_000);
            assertTrue(pair.join(1, false));
            pair.run(1_000_000_000);
            long before = pair.server().mptcp().paths().sentBytes(0);
            pair.run(2_000_000_000);
            long bytes = pair.server().mptcp().paths().sentBytes(0) - before;
            assertTrue(bytes > 8_000_000, "of 12.5 million: " + bytes);
            finish(pair, 60);
        }
    }

    /** 32 bytes of option, which do not fit beside timestamps: a world of IPv4, then IPv6. */
    @Test
    void announcement_ofIpv6WithPort_isEchoed() {
        try (MptcpPair pair = new MptcpPair(3, plain(3), 100_000, 100_000, FAST, SLOW)) {
            assertEquals(Families.V4_FIRST, Families.ofSeed(3));
            pair.open();
            finish(pair, 60);
            assertEquals(0, pair.server().mptcp().counter(MptcpCounter.ADD_ADDR_TOO_LONG));
            assertEquals(1, pair.server().mptcp().counter(MptcpCounter.ADD_ADDR_ECHOES_RECEIVED));
        }
    }

    @Test
    void twoPaths_withChecksums_everyByte() {
        try (MptcpPair pair = new MptcpPair(4, CHECKSUMS, 2_000_000, 2_000_000, FAST, SLOW)) {
            pair.open();
            pair.run(50_000_000);
            assertTrue(pair.join(1, false));
            finish(pair, 60);
        }
    }

    @Test
    void twoPaths_lossy_everyByte() {
        LinkSettings bad = FAST.withFaults(20, 100, 20, 0);
        try (MptcpPair pair = new MptcpPair(5, PLAIN_POLICY, 2_000_000, 2_000_000, bad, bad)) {
            pair.open();
            pair.run(100_000_000);
            assertTrue(pair.join(1, false));
            finish(pair, 120);
        }
    }

    /**
     * What was lost on one path and went again on the other ends the connection while the first
     * path still has a hole; its subflow must come to its FIN all the same, and not wait for the
     * end of our patience.
     */
    @Test
    void twoPaths_lossy_subflowsEndSoonAfterTheConnection() {
        LinkSettings bad = FAST.withFaults(40, 0, 0, 0);
        int holes = 0;
        for (int seed = 1; seed <= 30; seed++) {
            try (MptcpPair pair = new MptcpPair(seed, plain(seed), 300_000, 300_000, bad, bad)) {
                pair.open();
                assertTrue(pair.world().runUntil(() -> pair.join(1, false), 10_000_000_000L));
                assertTrue(pair.runToEnd(120), "seed " + seed);
                assertEquals("", pair.fault(), "seed " + seed);
                holes += pair.server().buffers().heldTotal() + pair.client().buffers().heldTotal();
                pair.run(10_000_000_000L);
                assertEquals(0, pair.server().mptcp().connectionsOpen(), "seed " + seed);
                assertEquals(0, pair.client().mptcp().connectionsOpen(), "seed " + seed);
                assertEquals("", pair.leak(), "seed " + seed);
            }
        }
        assertTrue(holes > 0, "no connection ended before its subflows had everything");
    }

    @Test
    void pathDies_otherCarriesOn_withinASecond() {
        try (MptcpPair pair = new MptcpPair(6, PLAIN_POLICY, 0, 20_000_000, FAST, FAST)) {
            pair.open();
            pair.run(50_000_000);
            assertTrue(pair.join(1, false));
            pair.run(300_000_000);
            long before = pair.clientPeer().verifiedBytes();
            pair.link(0).dark(true);
            pair.run(900_000_000);
            assertTrue(pair.clientPeer().verifiedBytes() > before + 1_000_000);
            pair.link(0).dark(false);
            finish(pair, 60);
        }
    }

    /** Longest time without a new byte at the client while {@code nanos} pass. */
    private static long longestStall(MptcpPair pair, long nanos) {
        long step = 1_000_000;
        long last = pair.clientPeer().verifiedBytes();
        long silent = 0;
        long longest = 0;
        for (long passed = 0; passed < nanos; passed += step) {
            pair.run(step);
            long now = pair.clientPeer().verifiedBytes();
            silent = now == last ? silent + step : 0;
            longest = Math.max(longest, silent);
            last = now;
        }
        return longest;
    }

    @Test
    void case76_pathDiesAndReturns_shortStall_pathUsedAgain() {
        try (MptcpPair pair = new MptcpPair(7, plain(7), 0, 60_000_000, FAST, FAST)) {
            pair.open();
            pair.run(50_000_000);
            assertTrue(pair.join(1, false));
            pair.run(500_000_000);
            pair.link(0).dark(true);
            long stall = longestStall(pair, 3_000_000_000L);
            assertTrue(stall < 400_000_000L, "stalled for " + stall + " ns");
            pair.link(0).dark(false);
            long before = pair.server().mptcp().paths().sentBytes(0);
            stall = longestStall(pair, 5_000_000_000L);
            assertTrue(stall < 200_000_000L, "stalled for " + stall + " ns");
            assertTrue(pair.server().mptcp().paths().sentBytes(0) - before > 2_000_000);
            finish(pair, 120);
        }
    }

    @Test
    void onlyPathDarkForSeconds_nothingSentTwiceOnPurpose() {
        try (MptcpPair pair = new MptcpPair(10, PLAIN_POLICY, 0, 5_000_000, FAST)) {
            pair.open();
            pair.run(200_000_000);
            pair.link(0).dark(true);
            pair.run(5_000_000_000L);
            pair.link(0).dark(false);
            finish(pair, 60);
            assertTrue(pair.server().mptcp().counter(MptcpCounter.DATA_TIMEOUTS) > 0);
            assertEquals(0, pair.server().mptcp().counter(MptcpCounter.REINJECTED_BYTES));
        }
    }

    @Test
    void backupPath_idleUntilTheOtherDies() {
        try (MptcpPair pair = new MptcpPair(8, PLAIN_POLICY, 0, 20_000_000, FAST, FAST)) {
            pair.open();
            pair.run(50_000_000);
            assertTrue(pair.join(1, true));
            pair.run(1_000_000_000);
            assertEquals(0, pair.server().mptcp().paths().sentBytes(1));
            pair.link(0).dark(true);
            long stall = longestStall(pair, 2_000_000_000L);
            assertTrue(stall < 400_000_000L, "stalled for " + stall + " ns");
            pair.link(0).dark(false);
            finish(pair, 60);
        }
    }

    @Test
    void twoPaths_addUp() {
        long alone = seconds(new MptcpPair(9, PLAIN_POLICY, 0, 20_000_000, FAST), false);
        long both = seconds(new MptcpPair(9, PLAIN_POLICY, 0, 20_000_000, FAST, FAST), true);
        assertTrue(both < alone * 2 / 3, both + " ns over both, " + alone + " ns over one");
    }

    private static long seconds(MptcpPair pair, boolean join) {
        try (pair) {
            pair.open();
            long start = pair.world().nowNanos();
            pair.run(60_000_000);
            if (join) {
                assertTrue(pair.join(1, false));
            }
            assertTrue(pair.runToEnd(60));
            assertEquals("", pair.fault());
            return pair.world().nowNanos() - start;
        }
    }
}
