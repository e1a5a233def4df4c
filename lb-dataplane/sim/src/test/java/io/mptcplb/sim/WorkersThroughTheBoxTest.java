package io.mptcplb.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.proxy.LoadBalancer;
import io.mptcplb.stack.mptcp.MptcpCounter;
import io.mptcplb.stack.tcp.TcpCounter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Several workers behind the same ports, one frame in eight at the wrong one, rings that refuse now
 * and then, and links that lose: every byte arrives, everything is returned.
 */
class WorkersThroughTheBoxTest {
    private static final long SECOND = 1_000_000_000L;

    @ParameterizedTest
    @CsvSource({"1, 2", "2, 2", "3, 3", "4, 3", "5, 5"})
    void joinsLandElsewhere_everyByteVerified_allIsReturned(long seed, int workers) {
        try (LiveBox live = LiveBox.ofWorkers(seed, 1_000_000, workers)) {
            live.noisy.keep(8, 1_000_000);
            live.quiet.keep(2, 100_000);
            live.world.runUntil(() -> live.noisy.finished() >= 80, 120 * SECOND);
            assertEquals("", live.leak());
            assertTrue(live.noisy.finished() >= 80, live.noisy::toString);
            assertEquals(-1, live.noisy.corruptAt());
            assertEquals(-1, live.quiet.corruptAt());
            long joins = 0;
            long handed = 0;
            long unknown = 0;
            for (LoadBalancer worker : live.box.balancers()) {
                assertTrue(worker.sessions().opened() > 0, "a worker without clients");
                assertTrue(worker.tcp().counter(TcpCounter.HANDED_OVER) > 0);
                handed += worker.tcp().counter(TcpCounter.HANDED_OVER);
                unknown += worker.mptcp().counter(MptcpCounter.JOIN_UNKNOWN_TOKEN);
                joins += worker.mptcp().counter(MptcpCounter.JOINS_HANDED_OVER);
            }
            assertTrue(joins > 2 && handed > 100, joins + " joins and " + handed + " handed over");
            assertEquals(0, unknown, "joins of no token");
        }
    }
}
