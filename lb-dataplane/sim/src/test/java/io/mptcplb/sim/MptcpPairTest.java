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
        try (MptcpPair pair = new MptcpPair(3, PLAIN_POLICY, 5_000_000, 5_000_000, FAST, SLOW)) {
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
}
