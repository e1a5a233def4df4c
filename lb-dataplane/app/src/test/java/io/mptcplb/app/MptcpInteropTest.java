package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.MptcpMode;
import io.mptcplb.bench.load.ConnectionResult;
import io.mptcplb.bench.load.HalfClose;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.bench.load.LoadServer.OnAccept;
import io.mptcplb.bench.sys.StreamSocket;
import io.mptcplb.contract.AdvertiseConfig;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.proxy.SessionEnd;
import io.mptcplb.stack.mptcp.FallbackCause;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The kernel's MPTCP as client, over two paths, with the real process in the middle. */
@Tag("interop")
class MptcpInteropTest {
    private static final long BYTES = 20_000_000;
    private static final List<AdvertiseConfig> SECOND_ADDRESS =
            List.of(new AdvertiseConfig(1, "p2", IpAddress.parse(LabAddresses.BOX_2), 0));

    @Test
    void twoPaths_eitherWay_bothCarryAndCountersAgree() throws Exception {
        try (BoxLab lab = open(MptcpMode.CLIENT, MptcpConfig.defaults())) {
            bothCarry(lab, duplex(BYTES));
            lab.figures.awaitAtRest();
            lab.figures.awaitAllFinished();
            assertEquals(1, lab.figures.value(Metric.MPTCP_CONNECTIONS_OPENED));
            assertEquals(1, lab.figures.value(Metric.MPTCP_JOINS_ACCEPTED));
            assertEquals(0, lab.figures.value(Metric.MPTCP_TOKENS));
        }
    }

    @Test
    void secondAddress_announced_clientJoinsThere() throws Exception {
        MptcpConfig announcing = new MptcpConfig(true, true, false, 2, SECOND_ADDRESS, List.of());
        try (BoxLab lab = open(MptcpMode.SIGNAL, announcing)) {
            bothCarry(lab, duplex(BYTES));
            assertEquals(1, lab.figures.value(Metric.ADD_ADDR_ECHO_RX));
        }
    }

    @Test
    void initialAddress_denied_clientJoinsTheAnnouncedOneAlone() throws Exception {
        MptcpConfig denying = new MptcpConfig(true, false, false, 2, SECOND_ADDRESS, List.of());
        try (BoxLab lab = open(MptcpMode.SIGNAL, denying)) {
            bothCarry(lab, duplex(BYTES));
        }
    }

    @Test
    void fullMesh_fourPairs_limitHoldsAndContentIsWhole() throws Exception {
        MptcpConfig announcing = new MptcpConfig(true, true, false, 3, SECOND_ADDRESS, List.of());
        try (BoxLab lab = open(MptcpMode.FULLMESH, announcing)) {
            verified(lab, duplex(BYTES));
            lab.figures.awaitAtRest();
            assertTrue(lab.figures.value(Metric.MPTCP_JOINS_ACCEPTED) >= 2);
        }
    }

    @Test
    void checksums_required_contentIsWhole() throws Exception {
        MptcpConfig summed = new MptcpConfig(true, true, true, 2, List.of(), List.of());
        try (BoxLab lab = open(MptcpMode.CLIENT, summed)) {
            bothCarry(lab, duplex(BYTES / 2));
            assertEquals(0, lab.figures.value(Metric.MPTCP_CHECKSUM_ERRORS));
            assertEquals(0, lab.lab.client().counters().get("MPTcpExtDataCsumErr"));
        }
    }

    @Test
    void backupPath_declaredByTheClient_carriesNothingWhileTheFirstLives() throws Exception {
        try (BoxLab lab = open(MptcpMode.BACKUP, MptcpConfig.defaults())) {
            verified(lab, download(BYTES));
            long second = lab.lab.client().interfaceCounters("c2").rxBytes();
            assertTrue(second < BYTES / 100, second + " bytes on the backup path");
        }
    }

    @Test
    void firstPath_darkForGood_theSecondFinishesTheTransfer() throws Exception {
        for (boolean up : new boolean[] {true, false}) {
            try (BoxLab lab = open(MptcpMode.CLIENT, MptcpConfig.defaults())) {
                LoadPlan plan = up ? upload(BYTES) : download(BYTES);
                CompletableFuture<LoadReport> transfer = aside(lab, plan);
                awaitCarried(lab, "c1", BYTES / 10);
                lab.lab.path(1).blackhole();
                verified(transfer.get(), lab);
            }
        }
    }

    @Test
    void bothPaths_darkAndBack_transferGoesOn() throws Exception {
        try (BoxLab lab = open(MptcpMode.CLIENT, MptcpConfig.defaults())) {
            CompletableFuture<LoadReport> transfer = aside(lab, duplex(BYTES));
            awaitCarried(lab, "c2", BYTES / 10);
            lab.lab.path(1).blackhole();
            lab.lab.path(2).blackhole();
            LabEvents.pause(Duration.ofSeconds(1));
            lab.lab.path(2).heal();
            lab.lab.path(1).heal();
            verified(transfer.get(), lab);
        }
    }

    @Test
    void lossyPaths_manyConnections_allWhole() throws Exception {
        try (BoxLab lab = open(MptcpMode.CLIENT, MptcpConfig.defaults())) {
            lab.lab.path(1).lossPercent(1, 1);
            lab.lab.path(2).lossPercent(1, 1);
            verified(lab, duplex(300_000).connections(30));
            lab.figures.awaitAtRest();
            lab.figures.awaitAllFinished();
        }
    }

    @Test
    void halfClose_byEitherEnd_otherDirectionGoesOn() throws Exception {
        try (BoxLab lab = open(MptcpMode.CLIENT, MptcpConfig.defaults())) {
            verified(lab, duplex(2_000_000).halfClose(HalfClose.CLIENT));
            verified(lab, duplex(2_000_000).halfClose(HalfClose.SERVER));
            lab.figures.awaitAtRest();
            lab.figures.awaitAllFinished();
        }
    }

    @Test
    void shortConnections_forSeconds_noneFails() throws Exception {
        try (BoxLab lab = open(MptcpMode.CLIENT, MptcpConfig.defaults())) {
            Duration time = Duration.ofSeconds(3);
            verified(lab, LoadPlan.connectionRate(LabAddresses.service(), time).connections(2));
            lab.figures.awaitAtRest();
        }
    }

    @Test
    void client_fastcloses_sessionEndsAtOnce() throws Exception {
        try (BoxLab lab =
                BoxLab.open(
                        options(MptcpMode.CLIENT),
                        LabBox.config(MptcpConfig.defaults()),
                        OnAccept.IGNORE)) {
            StreamSocket socket = lab.connect(true);
            lab.figures.await(Metric.MPTCP_CONNECTIONS, 1);
            lab.figures.await(Metric.BACKEND_CONNECTIONS, 1);
            socket.abort();
            lab.figures.await(Metric.SESSIONS_CLOSED, SessionEnd.CLIENT_RESET, 1);
            lab.figures.awaitAtRest();
            assertEquals(1, lab.figures.value(Metric.MP_FASTCLOSE_RX));
        }
    }

    @Test
    void backend_resets_clientIsFastclosed() throws Exception {
        try (BoxLab lab = open(MptcpMode.CLIENT, MptcpConfig.defaults())) {
            LoadReport report = lab.run(download(BYTES).backendResets(2_000_000));
            assertFalse(report.verified());
            String error = Objects.requireNonNull(report.bulk().getFirst().error());
            assertTrue(error.endsWith("ECONNRESET"), error);
            lab.figures.awaitAtRest();
            assertEquals(1, lab.figures.value(Metric.MP_FASTCLOSE_TX));
        }
    }

    @Test
    void mptcp_disabledByPolicy_clientIsServedPlain() throws Exception {
        MptcpConfig off = new MptcpConfig(false, true, false, 2, List.of(), List.of());
        try (BoxLab lab = open(MptcpMode.CLIENT, off)) {
            LoadReport report = verified(lab, duplex(1_000_000));
            assertFalse(report.bulk().getFirst().mptcp().mptcp());
            assertEquals(1, lab.figures.value(Metric.MPTCP_FALLBACKS, FallbackCause.DISABLED));
        }
    }

    // ---- helpers

    private static LabOptions options(MptcpMode mode) {
        return LabOptions.named("at-mptcp").pathMbit(60, 40).mptcp(mode);
    }

    private static BoxLab open(MptcpMode mode, MptcpConfig mptcp) throws Exception {
        return BoxLab.open(options(mode), LabBox.config(mptcp), OnAccept.SERVE);
    }

    private static LoadPlan download(long bytes) {
        return LoadPlan.download(LabAddresses.service(), bytes);
    }

    private static LoadPlan upload(long bytes) {
        return LoadPlan.upload(LabAddresses.service(), bytes);
    }

    private static LoadPlan duplex(long bytes) {
        return LoadPlan.duplex(LabAddresses.service(), bytes);
    }

    private static CompletableFuture<LoadReport> aside(BoxLab lab, LoadPlan plan) {
        CompletableFuture<LoadReport> result = new CompletableFuture<>();
        Thread.ofPlatform()
                .name("transfer")
                .daemon()
                .start(() -> {
                    try {
                        result.complete(lab.run(plan));
                    } catch (Exception e) {
                        result.completeExceptionally(e);
                    }
                });
        return result;
    }

    private static void awaitCarried(BoxLab lab, String device, long bytes) throws IOException {
        LabEvents.awaitAtLeast(
                "bytes on " + device,
                bytes,
                () -> {
                    var counters = lab.lab.client().interfaceCounters(device);
                    return Math.max(counters.rxBytes(), counters.txBytes());
                });
    }

    private static void bothCarry(BoxLab lab, LoadPlan plan) throws Exception {
        LoadReport report = verified(lab, plan);
        ConnectionResult result = report.bulk().getFirst();
        assertTrue(result.mptcp().mptcp(), result.toString());
        assertEquals(2, result.mptcp().subflows(), result.toString());
        for (String device : new String[] {"c1", "c2"}) {
            var counters = lab.lab.client().interfaceCounters(device);
            assertTrue(counters.rxBytes() > report.bytes(false) / 10, device + " received little");
            assertTrue(counters.txBytes() > report.bytes(true) / 10, device + " sent little");
        }
    }

    private static LoadReport verified(BoxLab lab, LoadPlan plan) throws Exception {
        return verified(lab.run(plan), lab);
    }

    private static LoadReport verified(LoadReport report, BoxLab lab) {
        assertTrue(
                report.verified(),
                () -> report.summary() + " " + report.bulk() + " " + lab.figures.all());
        return report;
    }
}
