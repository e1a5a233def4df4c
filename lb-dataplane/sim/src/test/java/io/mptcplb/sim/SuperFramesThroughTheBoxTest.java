package io.mptcplb.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.stack.ip.NetPort;
import io.mptcplb.stack.mptcp.MptcpCounter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Chains of up to 64 KB with unfinished checksums, as virtual devices bring them, from clients
 * through sessions to the backend and back, some of them lost, late or twice.
 */
class SuperFramesThroughTheBoxTest {
    private static final int MTU_FRAME_BYTES = 1_514;
    private static final int LAN = 2;
    private static final long SECOND = 1_000_000_000L;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void chainsBothWays_everyByteVerified_nothingCopied(long seed) {
        try (LiveBox live = LiveBox.ofVirtualDevices(seed, 4_000_000)) {
            live.noisy.keep(6, 4_000_000);
            live.world.runUntil(() -> live.noisy.finished() >= 40, 120 * SECOND);
            NetPort lan = live.box.balancer().ip().port(LAN);
            NetPort client = live.box.balancer().ip().port(0);
            assertEquals("", live.leak());
            assertTrue(live.noisy.finished() >= 40, live.noisy::toString);
            assertEquals(-1, live.noisy.corruptAt());
            assertEquals(0, live.box.balancer().mptcp().counter(MptcpCounter.SPLIT_COPIED_BYTES));
            assertTrue(meanBytes(lan.rxBytes(), lan.rxFrames()) > 2 * MTU_FRAME_BYTES);
            assertTrue(meanBytes(lan.txBytes(), lan.txFrames()) > MTU_FRAME_BYTES);
            assertTrue(meanBytes(client.rxBytes(), client.rxFrames()) > MTU_FRAME_BYTES);
        }
    }

    private static long meanBytes(long bytes, long frames) {
        return bytes / Math.max(1, frames);
    }

    @Test
    void ordinaryLinks_noFrameIsLonger() {
        try (LiveBox live = new LiveBox(1)) {
            live.noisy.keep(6, 200_000);
            live.world.runUntil(() -> live.noisy.finished() >= 20, 60 * SECOND);
            NetPort lan = live.box.balancer().ip().port(LAN);
            assertTrue(lan.rxFrames() > 0);
            assertTrue(meanBytes(lan.rxBytes(), lan.rxFrames()) <= MTU_FRAME_BYTES);
        }
    }
}
