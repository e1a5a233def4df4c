package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.mptcplb.app.rehearsal.MemoryCabling;
import io.mptcplb.app.rehearsal.Rehearsal;
import io.mptcplb.app.rehearsal.RehearsalPeer;
import io.mptcplb.contract.CounterFile;
import io.mptcplb.contract.CounterLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Invariant 2: a duty cycle allocates nothing, timers, counters and retransmission included. Only
 * the worker's own calls are measured, around it everything may allocate.
 */
class WorkerAllocationTest {
    private static final int WINDOWS = 10;
    private static final int CYCLES = 3_000;
    private static final long ENDLESS = 1L << 40;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir Path directory;

    @Test
    void doWork_plainTcpBothWays_allocatesNothing() throws Exception {
        measure(false, false);
    }

    @Test
    void doWork_twoSubflowsBothWays_allocatesNothing() throws Exception {
        measure(true, false);
    }

    @Test
    void doWork_twoSubflowsWithLoss_allocatesNothing() throws Exception {
        measure(true, true);
    }

    private void measure(boolean multipath, boolean lossy) throws Exception {
        try (Rehearsal around = new Rehearsal(MemoryCabling.plain());
                CounterFile file = counters()) {
            Worker worker = WarmUp.worker(around, file);
            RehearsalPeer client = around.newPeer(ENDLESS);
            assertTrue(around.open(client, multipath, ENDLESS));
            around.lossy(lossy);
            long fewest = Long.MAX_VALUE;
            long total = 0;
            for (int window = 0; window < WINDOWS; window++) {
                long movedBefore = client.receivedBytes();
                long bytes = cycles(worker, around);
                long moved = client.receivedBytes() - movedBefore;
                total += moved;
                fewest = Math.min(fewest, bytes);
            }
            assertTrue(total > WINDOWS * CYCLES * 100L, "only " + total + " bytes moved");
            assertEquals(0, fewest, "bytes allocated in " + CYCLES + " duty cycles");
        }
    }

    private long cycles(Worker worker, Rehearsal around) {
        long allocated = 0;
        for (int i = 0; i < CYCLES; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            worker.doWork();
            allocated += threads.getCurrentThreadAllocatedBytes() - before;
            around.stepAround();
        }
        return allocated;
    }

    private CounterFile counters() throws Exception {
        CounterLayout layout = CounterNames.layout(Rehearsal.config());
        return CounterFile.create(directory.resolve("counters"), layout, 0, 0);
    }
}
