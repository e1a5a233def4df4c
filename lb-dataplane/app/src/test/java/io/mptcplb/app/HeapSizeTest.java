package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.mptcplb.app.rehearsal.RehearsalBox;
import io.mptcplb.contract.BufferConfig;
import io.mptcplb.contract.HeapSize;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.SizeConfig;
import io.mptcplb.frame.ArenaBufferPool;
import io.mptcplb.frame.FrameIo;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.MemoryPort;
import io.mptcplb.proxy.LoadBalancer;
import io.mptcplb.stack.ip.Crew;
import io.mptcplb.stack.random.ChaChaKeySource;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@link HeapSize} says of a configuration, against what a worker's tables allocate. */
class HeapSizeTest {
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @CsvSource({
        "64, 64, 64, 16, 8192",
        "4096, 1024, 4096, 256, 8192",
        "1024, 65536, 1024, 256, 8192",
        "1024, 1024, 65536, 256, 8192",
        "1024, 1024, 1024, 65536, 8192",
        "1024, 1024, 1024, 256, 131072",
        "5000, 1025, 4097, 257, 8192"
    })
    void tables_allocated_fitWhatWasForetold(
            int connections, int halfOpen, int timeWait, int neighbours, int buffers) {
        LbConfig small = RehearsalBox.config();
        LbConfig config =
                new LbConfig(
                        1,
                        small.workers(),
                        new BufferConfig(small.buffers().memory(), buffers, 2176, 256, 1 << 20, 0),
                        new SizeConfig(connections, halfOpen, timeWait, neighbours),
                        small.ports(),
                        small.virtualServers(),
                        small.pools());
        long foretold = HeapSize.tableBytes(config);
        try (ArenaBufferPool pool = new ArenaBufferPool(buffers, Mbuf.DEFAULT_ROOM_BYTES)) {
            FrameIo[] ports = new FrameIo[config.ports().size()];
            for (int i = 0; i < ports.length; i++) {
                ports[i] =
                        new MemoryPort(pool, 0x02_00_00_00_00_01L + i, MemoryPort.plain(1500), 64);
            }
            ChaChaKeySource keys = new ChaChaKeySource(new byte[ChaChaKeySource.SEED_BYTES]);
            long before = threads.getCurrentThreadAllocatedBytes();
            LoadBalancer balancer = new LoadBalancer(config, Crew.ALONE, ports, pool, keys, 0);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated <= foretold, () -> allocated + " bytes, foretold " + foretold);
            assertTrue(
                    allocated >= foretold / 2 - (8 << 20),
                    () -> "only " + allocated + " bytes, foretold " + foretold);
            balancer.close(0);
        }
    }
}
