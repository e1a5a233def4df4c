package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.lab.LabOffloads;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.PortDriver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.AssertionFailedError;

/**
 * Invariants 2 and 3 with a kernel client on two lossy paths, one of which goes dark and returns:
 * the worker's thread allocates nothing, and no payload is copied.
 */
@Tag("interop")
class AllocationInteropTest {
    private static final LbConfig CONFIG = LabBox.config(MptcpConfig.defaults());
    private static final long PACKETS = 1_000_000;
    private static final Duration DARK = Duration.ofSeconds(3);
    private static final int CONNECTIONS = 4;
    private static final int WINDOWS = 3;
    private static final long ROUND_BYTES = 40_000_000;

    @TempDir Path directory;

    /** By frames of an MTU: on super-frames a million packets would be tens of gigabytes. */
    @Test
    void millionPackets_lossAndFailover_nothingAllocatedNothingCopied() throws Exception {
        LabOptions options = LabOptions.named("at-alloc").ports(PortDriver.AF_PACKET);
        try (BoxLab lab = BoxLab.openUnchecked(options, CONFIG, directory)) {
            lab.lab.path(1).lossPercent(1, 1);
            lab.lab.path(2).lossPercent(1, 1);
            warmUp(lab);
            long joins = lab.figures.value(Metric.MPTCP_JOINS_ACCEPTED);
            assertNothingAllocated(
                    lab,
                    () -> {
                        long packets = packets(lab);
                        do {
                            transferWithFailover(lab, ROUND_BYTES);
                        } while (packets(lab) - packets < PACKETS);
                    });
            assertTrue(lab.figures.value(Metric.MPTCP_JOINS_ACCEPTED) > joins);
            assertTrue(lab.figures.value(Metric.MPTCP_REINJECTIONS) > 0, "nothing reinjected");
            assertTrue(lab.figures.value(Metric.TCP_RETRANSMITTED_SEGMENTS) > 0);
            assertEquals(0, lab.figures.value(Metric.PORT_COPIED_PAYLOAD_BYTES));
            assertEquals(0, lab.figures.value(Metric.PAYLOAD_COPIED_BYTES));
            lab.figures.awaitAtRest();
        }
    }

    /** The same for super-frames, and where workers hand them over. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void superFrames_lossAndFailover_nothingAllocatedNothingCopied(int workers) throws Exception {
        LabOptions options = LabOptions.named("at-super").packet(LabOffloads.ON, false);
        LbConfig config = LabBox.withWorkers(CONFIG, workers);
        try (BoxLab lab = BoxLab.openUnchecked(options, config, directory)) {
            lab.lab.path(1).lossPercent(1, 1);
            lab.lab.path(2).lossPercent(1, 1);
            warmUp(lab);
            assertNothingAllocated(
                    lab,
                    () -> {
                        verified(lab, 2 * ROUND_BYTES);
                        transferWithFailover(lab, ROUND_BYTES);
                    });
            assertTrue(lab.figures.value(Metric.MPTCP_REINJECTIONS) > 0, "nothing reinjected");
            assertTrue(lab.figures.value(Metric.TCP_RETRANSMITTED_SEGMENTS) > 0);
            long rxFrames = lab.figures.value(Metric.PORT_RX_FRAMES);
            assertTrue(
                    lab.figures.value(Metric.PORT_RX_BYTES) / rxFrames > 1514, "no super-frames");
            long handedOver = lab.figures.value(Metric.WORKER_FRAMES_HANDED_OVER);
            assertEquals(workers > 1, handedOver > 0, handedOver + " frames handed over");
            assertEquals(0, lab.figures.value(Metric.PORT_COPIED_PAYLOAD_BYTES));
            assertEquals(0, lab.figures.value(Metric.PAYLOAD_COPIED_BYTES));
            lab.figures.awaitAtRest();
        }
    }

    @Test
    void plantedAllocation_oncePerCycle_failsTheSameAssertion() throws Exception {
        plant(
                "Worker",
                "private long linkCheckNanos;",
                "private long linkCheckNanos; private Object planted = this;",
                "work += mailbox.doWork(nowNanos);",
                "planted = new Object(); work += mailbox.doWork(nowNanos);");
        try (BoxLab lab = BoxLab.openUnchecked(LabOptions.named("at-plant"), CONFIG, directory)) {
            verified(lab, ROUND_BYTES);
            assertThrows(
                    AssertionFailedError.class,
                    () -> assertNothingAllocated(lab, () -> verified(lab, ROUND_BYTES)));
        }
    }

    /** Something that moves packets. */
    private interface Traffic {
        void run() throws Exception;
    }

    /** One window at least in which all kinds of things happen; it may link what is rare. */
    private static void warmUp(BoxLab lab) throws Exception {
        transferWithFailover(lab, ROUND_BYTES);
        transferWithFailover(lab, ROUND_BYTES);
    }

    /** Window after window, without a byte in any. */
    private static void assertNothingAllocated(BoxLab lab, Traffic traffic) throws Exception {
        for (int window = 0; window < WINDOWS; window++) {
            long before = allocated(lab);
            traffic.run();
            assertEquals(
                    0,
                    allocated(lab) - before,
                    "bytes allocated by the worker's thread in window " + window);
        }
    }

    /** What stands in the file when the traffic has ended and one more publication has come. */
    private static long allocated(BoxLab lab) throws Exception {
        lab.figures.awaitPublication();
        return lab.figures.value(Metric.WORKER_ALLOCATED_BYTES);
    }

    /** Both directions at once; path 2 goes dark with data in flight, and comes back. */
    private static void transferWithFailover(BoxLab lab, long bytes) throws Exception {
        long joins = lab.figures.value(Metric.MPTCP_JOINS_ACCEPTED);
        CompletableFuture<LoadReport> transfer =
                CompletableFuture.supplyAsync(() -> {
                    try {
                        return lab.run(plan(bytes));
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
        // Not one for each connection: a join whose SYN is lost comes again after a second, when
        // all may be over.
        LabEvents.awaitAtLeast(
                "joins", joins + 1, () -> lab.figures.value(Metric.MPTCP_JOINS_ACCEPTED));
        lab.lab.path(2).blackhole();
        LabEvents.awaitAtLeast("lost on path 2", 1, () -> lab.lab.path(2).darkFrames(false));
        LabEvents.pause(DARK);
        lab.lab.path(2).heal();
        LoadReport report = transfer.join();
        assertTrue(report.verified(), () -> report.summary() + " " + report.bulk());
    }

    private static void verified(BoxLab lab, long bytes) throws Exception {
        LoadReport report = lab.run(plan(bytes));
        assertTrue(report.verified(), () -> report.summary() + " " + report.bulk());
    }

    private static LoadPlan plan(long bytes) {
        return LoadPlan.duplex(LabAddresses.service(), bytes).connections(CONNECTIONS).withoutSha();
    }

    private static long packets(BoxLab lab) {
        return lab.figures.value(Metric.PORT_RX_FRAMES) + lab.figures.value(Metric.PORT_TX_FRAMES);
    }

    /** Compiles one of our classes with lines exchanged: old, new, old, new. */
    private void plant(String name, String... lines) throws Exception {
        String source = Files.readString(Path.of("src/main/java/io/mptcplb/app", name + ".java"));
        for (int i = 0; i < lines.length; i += 2) {
            String changed = source.replace(lines[i], lines[i + 1]);
            assertNotEquals(source, changed, "no longer in " + name + ": " + lines[i]);
            source = changed;
        }
        Path file = Files.writeString(directory.resolve(name + ".java"), source);
        int status =
                javax.tools.ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-proc:none",
                                "-d",
                                directory.toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                file.toString());
        assertEquals(0, status, "the plant must compile");
    }
}
