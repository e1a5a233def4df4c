package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.mptcplb.app.rehearsal.MemoryCabling;
import io.mptcplb.app.rehearsal.Rehearsal;
import io.mptcplb.app.rehearsal.RehearsalBox;
import io.mptcplb.app.rehearsal.RehearsalPeer;
import io.mptcplb.contract.CounterFile;
import io.mptcplb.contract.CounterLayout;
import io.mptcplb.contract.control.Command;
import io.mptcplb.contract.control.PathPriority;
import io.mptcplb.contract.control.PathSelector;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
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

    /** Somebody listens, changes policy again and again, and asks for snapshots. */
    @Test
    void doWork_commandedAndWatched_allocatesNothing() throws Exception {
        try (ControlRig rig = new ControlRig(directory)) {
            assertTrue(rig.around.open(rig.around.newPeer(ENDLESS), true, ENDLESS));
            AtomicLong changes = new AtomicLong();
            Thread commanding = Thread.ofPlatform().daemon().start(() -> command(rig, changes));
            long fewest = Long.MAX_VALUE;
            for (int window = 0; window < WINDOWS; window++) {
                fewest = Math.min(fewest, cycles(rig.worker, rig.around));
            }
            assertTrue(changes.get() > WINDOWS, "only " + changes + " changes of policy");
            assertTrue(rig.link.events() > WINDOWS, "only " + rig.link.events() + " events");
            assertEquals(0, fewest, "bytes allocated in " + CYCLES + " duty cycles");
            commanding.interrupt();
        }
    }

    private static void command(ControlRig rig, AtomicLong changes) {
        PathSelector path = PathSelector.ofPort("isp-b");
        try (ControlProbe probe = ControlProbe.synced(rig.socket)) {
            while (!Thread.interrupted()) {
                for (PathPriority priority : PathPriority.values()) {
                    probe.ok(new Command.SetPathPriority(path, priority));
                    changes.incrementAndGet();
                }
                probe.snapshot();
            }
        } catch (IOException e) {
            // the rig has closed: the test is over
        }
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
        CounterLayout layout = CounterNames.layout(RehearsalBox.config());
        return CounterFile.create(directory.resolve("counters"), layout, 0, 0);
    }
}
