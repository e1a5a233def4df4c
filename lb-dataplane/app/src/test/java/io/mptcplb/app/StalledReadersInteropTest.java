package io.mptcplb.app;

import static io.mptcplb.app.KernelClient.download;
import static io.mptcplb.app.KernelClient.duplex;
import static io.mptcplb.app.KernelClient.upload;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.KernelCounters;
import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.lab.LabNamespace;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.bench.load.LoadServer.OnAccept;
import io.mptcplb.contract.BufferConfig;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.TimeoutConfig;
import io.mptcplb.proxy.SessionEnd;
import io.mptcplb.wire.DropReason;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Readers that stop: memory stays in budget, others go on, and all comes back in the end. */
@Tag("interop")
class StalledReadersInteropTest {
    private static final LabOptions SHAPED = LabOptions.named("mi-stall").pathMbit(60, 40);
    private static final int STALLED = 200;
    private static final Duration STALL = Duration.ofSeconds(12);
    private static final Duration HALF_A_MINUTE = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What a kernel makes room for, by merging what it holds, when a closed window is probed. */
    private static final long CRUMBS = 64 << 10;

    private static final int AGAIN = 2;

    private static final Pattern ACKED = Pattern.compile("bytes_acked:(\\d+)");

    /**
     * The paths are shaped far below what the machine can do: the rate is theirs, stalled readers
     * or not.
     */
    @Test
    void twoHundredStalledReaders_andSingleBytes_newConnectionKeepsHalfItsRate() throws Exception {
        try (KernelClient client = KernelClient.open(SHAPED);
                BudgetWatch watch = BudgetWatch.start(client.figures)) {
            LoadPlan fresh = duplex(8_000_000);
            LoadReport before = client.verified(fresh, 2);
            long compactions = client.figures.value(Metric.COMPACTIONS);
            List<CompletableFuture<LoadReport>> stalled = stalledReaders(client);
            client.figures.await(Metric.SESSIONS, STALLED + 2);
            long budgetBytes = client.figures.value(Metric.BUFFER_BUDGET_BYTES);
            LabEvents.awaitAtLeast(
                    "fiftieths of the budget, held for the stalled readers",
                    20,
                    () -> fiftieths(client));
            long held = LabEvents.settled("fiftieths of the budget", () -> fiftieths(client));
            LoadReport during = client.verified(fresh, 2);
            // A transfer of a second whose last segment is lost has half its rate, too; but not
            // three times, as if the readers were the reason.
            for (int again = 0; again < AGAIN && !keepsHalf(before, during); again++) {
                during = client.verified(fresh, 2);
            }
            // Packing what is held may still take some off it; readers would empty it.
            assertTrue(
                    fiftieths(client) >= held * 4 / 5,
                    () -> "they read again too soon" + client.state());
            assertTrue(keepsHalf(before, during), before.summary() + ", then " + during.summary());
            for (CompletableFuture<LoadReport> each : stalled) {
                client.verified(each.get());
            }
            watch.assertNeverAbove(budgetBytes);
            assertTrue(client.figures.value(Metric.COMPACTIONS) > compactions, client.state());
            // Two hundred windows that were offered at once are more than there is; and what a
            // kernel's reader and its timer send at one time may change places (RFC 7323 s5.3).
            client.assertAtRest(DropReason.MEMORY_PRESSURE);
            client.assertNoComplaints(KernelClient.RESETS);
            client.figures.awaitAllFinished();
        }
    }

    private static boolean keepsHalf(LoadReport usual, LoadReport now) {
        return now.goodputMbps(true) >= usual.goodputMbps(true) / 2
                && now.goodputMbps(false) >= usual.goodputMbps(false) / 2;
    }

    private static long fiftieths(KernelClient client) {
        return client.figures.value(Metric.BUFFER_HELD_BYTES)
                * 50
                / client.figures.value(Metric.BUFFER_BUDGET_BYTES);
    }

    /** Half of them over MPTCP; and two that move single bytes both ways to nobody. */
    private static List<CompletableFuture<LoadReport>> stalledReaders(KernelClient client) {
        List<CompletableFuture<LoadReport>> runs = new ArrayList<>();
        for (boolean mptcp : new boolean[] {true, false}) {
            LoadPlan thick =
                    download(300_000).connections(STALLED / 2).clientPauses(0, STALL).withoutSha();
            LoadPlan thin =
                    duplex(100_000).chunkBytes(1).clientPauses(0, STALL).backendPauses(0, STALL);
            runs.add(client.aside(mptcp ? thick : thick.plainTcp()));
            runs.add(client.aside(mptcp ? thin : thin.plainTcp()));
        }
        return runs;
    }

    /** A client in the middle of a download, and a backend in the middle of an upload. */
    @Test
    void readersStopped_halfAMinute_windowsCloseAndTransfersResume() throws Exception {
        try (KernelClient client = KernelClient.open(SHAPED);
                BudgetWatch watch = BudgetWatch.start(client.figures)) {
            KernelCounters backendBefore = client.lab.lab.backend().counters();
            long start = System.nanoTime();
            var down =
                    client.aside(
                            download(16_000_000)
                                    .clientPauses(1_000_000, HALF_A_MINUTE)
                                    .stallLimit(PATIENCE));
            var up =
                    client.aside(
                            upload(16_000_000)
                                    .backendPauses(1_000_000, HALF_A_MINUTE)
                                    .stallLimit(PATIENCE));
            client.figures.await(Metric.SESSIONS, 2);
            LabEvents.awaitAtLeast(
                    "windows closed to both senders",
                    2,
                    () -> client.figures.value(Metric.TCP_ZERO_WINDOWS_TX));
            LabEvents.settled("progress", () -> progress(client));
            long progress = progress(client);
            long held = client.figures.value(Metric.BUFFERS_HELD);
            LabEvents.pause(HALF_A_MINUTE.minusSeconds(2).minusNanos(System.nanoTime() - start));
            assertFalse(down.isDone() || up.isDone(), client.state());
            long crept = progress(client) - progress;
            assertTrue(crept <= CRUMBS, crept + " bytes moved " + client.state());
            assertTrue(client.figures.value(Metric.BUFFERS_HELD) <= held, client.state());
            KernelCounters backend = client.lab.lab.backend().counters().since(backendBefore);
            assertTrue(backend.get("TcpExtTCPWinProbe") > 0, backend + client.state());
            assertResumed(client, down.get(), false);
            assertResumed(client, up.get(), true);
            watch.assertNeverAbove(2 * BufferConfig.defaults().sessionBudgetBytes());
            client.assertClean(2);
            client.figures.awaitAllFinished();
        }
    }

    /** What both senders' kernels have been acknowledged, and what the box has moved. */
    private static long progress(KernelClient client) throws IOException {
        return acked(client.lab.lab.client())
                + acked(client.lab.lab.backend())
                + client.figures.value(Metric.VIRTUAL_SERVER_RX_BYTES)
                + client.figures.value(Metric.VIRTUAL_SERVER_TX_BYTES)
                + client.figures.value(Metric.BACKEND_RX_BYTES)
                + client.figures.value(Metric.BACKEND_TX_BYTES);
    }

    private static long acked(LabNamespace host) throws IOException {
        Matcher sockets = ACKED.matcher(host.run("ss", "-Htni", "state", "established"));
        long sum = 0;
        while (sockets.find()) {
            sum += Long.parseLong(sockets.group(1));
        }
        return sum;
    }

    private static void assertResumed(KernelClient client, LoadReport report, boolean up)
            throws IOException {
        client.verified(report, 2);
        double stallSeconds = report.longestStallNanos(up) / 1e9;
        assertTrue(stallSeconds < 1, stallSeconds + " s for a reader that read again");
    }

    /** Every way to end, many times over; at last a client of whom nothing is heard any more. */
    @Test
    void mixedEnds_afterAll_everyGaugeIsBack() throws Exception {
        TimeoutConfig timeouts =
                new TimeoutConfig(2_000_000_000L, 5_000_000_000L, 2_000_000_000L, 2_000_000_000L);
        try (BoxLab lab = BoxLab.open(SHAPED, BoxLab.config(timeouts), OnAccept.SERVE)) {
            RestingGauges gauges = RestingGauges.of(lab.figures);
            for (boolean mptcp : new boolean[] {true, false}) {
                run(lab, mptcp, download(1_000_000).connections(4));
                run(lab, mptcp, upload(1_000_000).connections(4));
                run(lab, mptcp, duplex(5_000).chunkBytes(1).connections(2));
                run(lab, mptcp, download(5_000_000).backendResets(500_000).connections(4));
                lab.connect(mptcp).abort();
            }
            lab.figures.await(Metric.SESSIONS_CLOSED, SessionEnd.BACKEND_RESET, 8);
            lab.figures.await(Metric.SESSIONS_CLOSED, SessionEnd.CLIENT_RESET, 2);
            var vanishing = lab.aside(download(50_000_000).stallLimit(STALL));
            long sent = lab.figures.value(Metric.PATH_TX_PAYLOAD_BYTES);
            LabEvents.awaitAtLeast(
                    "sent to the client that vanishes",
                    sent + 2_000_000,
                    () -> lab.figures.value(Metric.PATH_TX_PAYLOAD_BYTES));
            lab.lab.path(1).blackhole();
            lab.lab.path(2).blackhole();
            lab.figures.await(Metric.SESSIONS_CLOSED, SessionEnd.IDLE, 1);
            gauges.awaitAgain();
            assertFalse(vanishing.get().verified());
        }
    }

    private static void run(BoxLab lab, boolean mptcp, LoadPlan plan) throws Exception {
        lab.run(mptcp ? plan : plan.plainTcp());
    }
}
