package io.mptcplb.stack.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.frame.Steering;
import io.mptcplb.stack.AllocationMeter;
import io.mptcplb.stack.random.ChaChaKeySource;
import io.mptcplb.stack.random.KeySource;
import io.mptcplb.stack.random.Prng;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlowTableTest {
    private static final long V4 = 0xffff_0000_0000L;

    private final KeySource keys = new ChaChaKeySource(new byte[ChaChaKeySource.SEED_BYTES]);

    private record Flow(
            long localHi,
            long localLo,
            long remoteHi,
            long remoteLo,
            int localPort,
            int remotePort) {}

    @Test
    void empty_find_notFound() {
        FlowTable table = new FlowTable(1, keys);
        assertEquals(FlowTable.NOT_FOUND, table.find(0, 0, 0, 0, 0, 0));
        assertEquals(FlowTable.NOT_FOUND, table.remove(0, 0, 0, 0, 0, 0));
        assertTrue(table.insert(0, 0, 0, 0, 0, 0, 9));
        assertEquals(9, table.find(0, 0, 0, 0, 0, 0));
    }

    @Test
    void tuple_everyFieldCounts() {
        FlowTable table = new FlowTable(8, keys);
        assertTrue(table.insert(1, 2, 3, 4, 5, 6, 7));
        assertEquals(7, table.find(1, 2, 3, 4, 5, 6));
        assertEquals(FlowTable.NOT_FOUND, table.find(0, 2, 3, 4, 5, 6));
        assertEquals(FlowTable.NOT_FOUND, table.find(1, 0, 3, 4, 5, 6));
        assertEquals(FlowTable.NOT_FOUND, table.find(1, 2, 0, 4, 5, 6));
        assertEquals(FlowTable.NOT_FOUND, table.find(1, 2, 3, 0, 5, 6));
        assertEquals(FlowTable.NOT_FOUND, table.find(1, 2, 3, 4, 0, 6));
        assertEquals(FlowTable.NOT_FOUND, table.find(1, 2, 3, 4, 5, 0));
    }

    @Test
    void full_insert_refuses_andRoomComesBack() {
        FlowTable table = new FlowTable(100, keys);
        for (int i = 0; i < 100; i++) {
            assertTrue(table.insert(0, V4 | i, 0, V4, 80, 1_000 + i, i));
        }
        assertFalse(table.insert(0, V4, 0, V4, 80, 9_999, 100));
        assertEquals(41, table.remove(0, V4 | 41, 0, V4, 80, 1_041));
        assertTrue(table.insert(0, V4, 0, V4, 80, 9_999, 100));
        assertEquals(100, table.size());
    }

    @Test
    void randomOperations_againstMap_agree() {
        for (long seed = 0; seed < 60; seed++) {
            compare(new Prng(seed), seed);
        }
    }

    private void compare(Prng prng, long seed) {
        int capacity = 1 + prng.nextInt(200);
        FlowTable table = new FlowTable(capacity, keys);
        Map<Flow, Integer> model = new HashMap<>();
        for (int i = 0; i < 4_000; i++) {
            Flow flow = flow(prng);
            if (prng.chance(1, 2) && !model.containsKey(flow)) {
                boolean room = model.size() < capacity;
                assertEquals(room, insert(table, flow, i), "seed " + seed);
                if (room) {
                    model.put(flow, i);
                }
            } else {
                Integer id = model.remove(flow);
                assertEquals(
                        id == null ? FlowTable.NOT_FOUND : id, remove(table, flow), "seed " + seed);
            }
            assertEquals(model.size(), table.size(), "seed " + seed);
            if (i % 100 == 0) {
                model.forEach((key, id) -> assertEquals(id, find(table, key), "seed " + seed));
            }
        }
    }

    private static Flow flow(Prng prng) {
        return new Flow(0, V4, prng.nextInt(2), V4 | prng.nextInt(8), 80, prng.nextInt(16));
    }

    /** Tuples as an attacker would choose them: one address, ports in sequence. */
    @Test
    void sequentialTuples_doNotCluster() {
        FlowTable table = new FlowTable(1 << 16, keys);
        for (int port = 0; port < 1 << 16; port++) {
            assertTrue(table.insert(0, V4, 0, V4 | 7, 443, port, port));
        }
        for (int port = 0; port < 1 << 16; port++) {
            assertEquals(port, table.find(0, V4, 0, V4 | 7, 443, port));
        }
        // Half full and evenly spread, runs beyond 100 do not happen; chosen collisions would make
        // one of 65,536.
        assertTrue(table.longestRun() < 200, "a run of " + table.longestRun());
    }

    @Test
    void steadyState_doesNotAllocate() {
        FlowTable table = new FlowTable(1_000, keys);
        PortAllocator ports = new PortAllocator(1_024, 65_535, new Steering(8, 7), 5, 16, keys);
        assertEquals(0, AllocationMeter.fewestBytes(() -> churn(table, ports, 200_000)));
    }

    private static void churn(FlowTable table, PortAllocator ports, int cycles) {
        for (int i = 0; i < cycles; i++) {
            int port = ports.allocate(0, V4, 0, V4 | i & 7, 80);
            table.insert(0, V4, 0, V4 | i & 7, port, 80, i);
            table.find(0, V4, 0, V4 | i & 7, port, 80);
            table.remove(0, V4, 0, V4 | i & 7, port, 80);
            ports.release(0, V4, 0, V4 | i & 7, 80, port);
        }
    }

    private static boolean insert(FlowTable table, Flow f, int id) {
        return table.insert(
                f.localHi, f.localLo, f.remoteHi, f.remoteLo, f.localPort, f.remotePort, id);
    }

    private static int remove(FlowTable table, Flow f) {
        return table.remove(
                f.localHi, f.localLo, f.remoteHi, f.remoteLo, f.localPort, f.remotePort);
    }

    private static int find(FlowTable table, Flow f) {
        return table.find(f.localHi, f.localLo, f.remoteHi, f.remoteLo, f.localPort, f.remotePort);
    }
}
