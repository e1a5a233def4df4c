package io.mptcplb.stack.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.frame.Steering;
import io.mptcplb.stack.random.ChaChaKeySource;
import io.mptcplb.stack.random.KeySource;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortAllocatorTest {
    private static final long LOCAL = 0xffff_c633_6401L;
    private static final long REMOTE = 0xffff_cb00_7101L;

    private static Steering of(int workers) {
        return new Steering(workers, 0x1234_5678);
    }

    private final KeySource keys = new ChaChaKeySource(new byte[ChaChaKeySource.SEED_BYTES]);

    @Test
    void allocate_untilExhausted_givesEveryPortOnceAndNamesTheRefusal() {
        PortAllocator ports = new PortAllocator(32_768, 33_000, of(4), 3, 4, keys);
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < ports.portsPerDestination(); i++) {
            int port = ports.allocate(0, LOCAL, 0, REMOTE, 80);
            assertTrue(port >= 32_768 && port <= 33_000, "port " + port);
            assertEquals(3, of(4).queueOf(0, REMOTE, port, 80), "answers come home");
            assertTrue(seen.add(port), "port " + port + " twice");
        }
        assertEquals(58, seen.size());
        assertEquals(PortAllocator.PORTS_EXHAUSTED, ports.allocate(0, LOCAL, 0, REMOTE, 80));
        assertEquals(1, ports.portsExhausted());
        assertTrue(
                ports.allocate(0, LOCAL, 0, REMOTE, 81) > 0,
                "another destination has its own ports");
    }

    @Test
    void released_port_isGivenAgainOnlyThen() {
        PortAllocator ports = new PortAllocator(40_000, 40_003, Steering.ONE, 0, 1, keys);
        for (int i = 0; i < 4; i++) {
            ports.allocate(0, LOCAL, 0, REMOTE, 80);
        }
        assertTrue(ports.release(0, LOCAL, 0, REMOTE, 80, 40_002));
        assertEquals(40_002, ports.allocate(0, LOCAL, 0, REMOTE, 80));
        assertEquals(PortAllocator.PORTS_EXHAUSTED, ports.allocate(0, LOCAL, 0, REMOTE, 80));
    }

    @Test
    void release_ofWhatIsNotTaken_isRefused() {
        PortAllocator ports = new PortAllocator(40_000, 40_100, of(2), 1, 2, keys);
        assertFalse(ports.release(0, LOCAL, 0, REMOTE, 80, 40_001));
        assertFalse(ports.release(0, LOCAL, 0, REMOTE, 80, 40_002));
        int port = ports.allocate(0, LOCAL, 0, REMOTE, 80);
        assertFalse(ports.release(0, LOCAL, 0, REMOTE, 80, port - 1), "another worker's port");
        assertFalse(ports.release(0, LOCAL, 0, REMOTE, 80, 39_999));
        assertFalse(ports.release(0, LOCAL, 0, REMOTE, 80, 40_103));
        assertTrue(ports.release(0, LOCAL, 0, REMOTE, 80, port));
        assertFalse(ports.release(0, LOCAL, 0, REMOTE, 80, port), "twice");
        assertEquals(0, ports.inUse());
    }

    @Test
    void destinations_exhausted_namesTheRefusal_andComeBack() {
        PortAllocator ports = new PortAllocator(40_000, 50_000, Steering.ONE, 0, 2, keys);
        int first = ports.allocate(0, LOCAL, 0, REMOTE, 80);
        assertTrue(ports.allocate(0, LOCAL, 0, REMOTE + 1, 80) > 0);
        assertEquals(
                PortAllocator.DESTINATIONS_EXHAUSTED, ports.allocate(0, LOCAL, 0, REMOTE + 2, 80));
        assertEquals(1, ports.destinationsExhausted());
        assertTrue(ports.release(0, LOCAL, 0, REMOTE, 80, first));
        assertTrue(ports.allocate(0, LOCAL, 0, REMOTE + 2, 80) > 0);
    }

    @Test
    void workers_neverShareAPort() {
        Set<Integer> seen = new HashSet<>();
        int workers = 7;
        for (int worker = 0; worker < workers; worker++) {
            PortAllocator ports = new PortAllocator(1_027, 1_299, of(workers), worker, 1, keys);
            for (int i = 0; i < ports.portsPerDestination(); i++) {
                int port = ports.allocate(0, LOCAL, 0, REMOTE, 80);
                assertEquals(worker, of(workers).queueOf(0, REMOTE, port, 80));
                assertTrue(seen.add(port));
            }
        }
        assertEquals(273, seen.size());
    }

    @Test
    void twoDestinations_startApart() {
        PortAllocator ports = new PortAllocator(1_024, 65_535, Steering.ONE, 0, 2, keys);
        assertNotEquals(
                ports.allocate(0, LOCAL, 0, REMOTE, 80), ports.allocate(0, LOCAL, 0, REMOTE, 81));
    }

    @Test
    void range_withoutAPortForTheWorker_isRefusedAtStart() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new PortAllocator(40_000, 40_002, of(8), 7, 1, keys));
        assertThrows(
                IllegalArgumentException.class,
                () -> new PortAllocator(0, 40_002, Steering.ONE, 0, 1, keys));
        assertThrows(
                IllegalArgumentException.class,
                () -> new PortAllocator(1, 40_002, of(2), 2, 1, keys));
    }
}
