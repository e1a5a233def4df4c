package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.Lab;
import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.lab.LabOffloads;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.WireKind;
import io.mptcplb.bench.load.HalfClose;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.bench.load.LoadServer.OnAccept;
import io.mptcplb.bench.sys.StreamSocket;
import io.mptcplb.contract.BackendConfig;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.TimeoutConfig;
import io.mptcplb.proxy.SessionEnd;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Kernel clients and a kernel backend that speak plain TCP, with the real process between. */
@Tag("interop")
class PlainTcpInteropTest {
    private static final LabOptions DIRECT = LabOptions.named("at-tcp").wire(WireKind.DIRECT);
    private static final Duration SHORT = Duration.ofSeconds(10);

    @Test
    void neighbours_asked_resolvedBothWays() throws Exception {
        try (BoxLab lab = BoxLab.open(DIRECT)) {
            assertTrue(lab.run(download(10_000)).verified());
            String client = lab.lab.client().run("ip", "neighbour", "show", "dev", "c1");
            assertTrue(client.contains(LabAddresses.BOX_1_MAC), client);
            String backend = lab.lab.backend().run("ip", "neighbour", "show", "dev", "s1");
            assertTrue(backend.contains(LabAddresses.BOX_BACKEND_MAC), backend);
        }
    }

    @Test
    void bulk_eitherWay_verifiedAndNothingHeldAfter() throws Exception {
        try (BoxLab lab = BoxLab.open(DIRECT)) {
            verified(lab, download(20_000_000));
            verified(lab, upload(20_000_000));
            verified(lab, duplex(10_000_000));
            lab.figures.awaitAtRest();
            lab.figures.awaitAllFinished();
            assertEquals(0, lab.figures.value(Metric.PORT_COPIED_PAYLOAD_BYTES));
            assertEquals(0, lab.figures.value(Metric.SEGMENT_SPLITS), "MSS leaves no room");
        }
    }

    @Test
    void halfClose_byEitherEnd_otherDirectionGoesOn() throws Exception {
        try (BoxLab lab = BoxLab.open(DIRECT)) {
            verified(lab, duplex(3_000_000).halfClose(HalfClose.CLIENT));
            verified(lab, duplex(3_000_000).halfClose(HalfClose.SERVER));
            lab.figures.awaitAtRest();
            lab.figures.awaitAllFinished();
        }
    }

    @Test
    void manyConnections_atOnce_allVerified() throws Exception {
        try (BoxLab lab = BoxLab.open(DIRECT)) {
            verified(lab, duplex(2_000_000).connections(8));
            verified(lab, download(100_000).connections(200));
            lab.figures.awaitAtRest();
            lab.figures.awaitAllFinished();
        }
    }

    @Test
    void shortConnections_forSeconds_noneFails() throws Exception {
        try (BoxLab lab = BoxLab.open(DIRECT)) {
            LoadPlan plan =
                    LoadPlan.connectionRate(LabAddresses.service(), Duration.ofSeconds(3))
                            .connections(8)
                            .plainTcp();
            verified(lab, plan);
            lab.figures.awaitAtRest();
        }
    }

    /** By frames of an MTU: of a few hundred super-frames, chance may lose none. */
    @Test
    void lossyPath_onePercentEachWay_verified() throws Exception {
        LabOptions lossy = LabOptions.named("at-loss").pathMbit(100, 100).offloads(LabOffloads.OFF);
        try (BoxLab lab = BoxLab.open(lossy)) {
            lab.lab.path(1).lossPercent(1, 1);
            verified(lab, duplex(5_000_000));
            assertTrue(lab.figures.value(Metric.TCP_RETRANSMITTED_SEGMENTS) > 0);
            lab.figures.awaitAtRest();
        }
    }

    @Test
    void singleBytes_manyWrites_verified() throws Exception {
        try (BoxLab lab = BoxLab.open(DIRECT)) {
            verified(lab, duplex(20_000).chunkBytes(1));
            lab.figures.awaitAtRest();
        }
    }

    @Test
    void stalledReaders_bothEnds_holdBackTheSenderAndLoseNothing() throws Exception {
        try (BoxLab lab = BoxLab.open(DIRECT)) {
            Duration pause = Duration.ofSeconds(2);
            verified(lab, download(20_000_000).clientPauses(1_000_000, pause));
            verified(lab, upload(20_000_000).backendPauses(1_000_000, pause));
            lab.figures.awaitAtRest();
        }
    }

    @Test
    void backend_refusing_clientIsReset() throws Exception {
        try (BoxLab lab = BoxLab.open(DIRECT)) {
            lab.server.close();
            assertError(lab, "ECONNRESET");
            lab.figures.awaitAtRest();
            lab.figures.await(Metric.SESSIONS_CLOSED, SessionEnd.BACKEND_UNAVAILABLE, 1);
            assertEquals(1, lab.figures.value(Metric.BACKEND_REFUSED));
        }
    }

    @Test
    void firstBackend_refusing_secondServesAndLosesNothing() throws Exception {
        BackendConfig dead = backend("dead", LabAddresses.BACKEND_PORT + 1);
        BackendConfig good = backend("good", LabAddresses.BACKEND_PORT);
        LbConfig config = BoxLab.config(List.of(dead, good));
        try (BoxLab lab = BoxLab.open(DIRECT, config, OnAccept.SERVE)) {
            for (int i = 0; i < 4; i++) {
                verified(lab, upload(100_000));
            }
            assertTrue(lab.figures.value(Metric.BACKEND_RETRIES) > 0);
            lab.figures.awaitAtRest();
        }
    }

    @Test
    void backend_resets_clientIsReset() throws Exception {
        try (BoxLab lab = BoxLab.open(DIRECT)) {
            LoadReport report = lab.run(download(5_000_000).backendResets(1_000_000));
            assertFalse(report.verified());
            String error = Objects.requireNonNull(report.bulk().getFirst().error());
            assertTrue(error.endsWith("ECONNRESET"), error);
            lab.figures.await(Metric.SESSIONS_CLOSED, SessionEnd.BACKEND_RESET, 1);
            lab.figures.awaitAtRest();
        }
    }

    @Test
    void client_resets_backendConnectionEnds() throws Exception {
        try (BoxLab lab =
                BoxLab.open(DIRECT, BoxLab.config(TimeoutConfig.defaults()), OnAccept.IGNORE)) {
            StreamSocket socket = lab.connect();
            lab.figures.await(Metric.BACKEND_CONNECTIONS, 1);
            socket.abort();
            lab.figures.await(Metric.SESSIONS_CLOSED, SessionEnd.CLIENT_RESET, 1);
            lab.figures.await(Metric.BACKEND_CONNECTIONS, 0);
            lab.figures.awaitAtRest();
            LabEvents.await(
                    "the backend's kernel has forgotten the connection",
                    SHORT,
                    () -> established(lab.lab) == 0);
        }
    }

    @Test
    void client_disappears_sessionEndsWhenIdle() throws Exception {
        TimeoutConfig timeouts =
                new TimeoutConfig(1_500_000_000L, 5_000_000_000L, 1_000_000_000L, 60_000_000_000L);
        LabOptions bridged = LabOptions.named("at-gone");
        try (BoxLab lab = BoxLab.open(bridged, BoxLab.config(timeouts), OnAccept.IGNORE)) {
            lab.connect();
            lab.figures.await(Metric.BACKEND_CONNECTIONS, 1);
            lab.lab.path(1).blackhole();
            lab.figures.await(Metric.SESSIONS_CLOSED, SessionEnd.IDLE, 1);
            lab.figures.awaitAtRest();
            LabEvents.await("the backend was told", SHORT, () -> established(lab.lab) == 0);
        }
    }

    @Test
    void sigterm_openConnections_peersAreResetAndStatusIsZero() throws Exception {
        try (BoxLab lab =
                BoxLab.open(DIRECT, BoxLab.config(TimeoutConfig.defaults()), OnAccept.IGNORE)) {
            lab.connect();
            lab.figures.await(Metric.BACKEND_CONNECTIONS, 1);
            ProcessHandle.of(lab.box.process().pid()).orElseThrow().destroy();
            assertEquals(0, lab.box.process().await(SHORT));
            LabEvents.await("the backend was told", SHORT, () -> established(lab.lab) == 0);
            assertNull(crash(lab));
        }
    }

    private static String crash(BoxLab lab) {
        return lab.box.process().lines().stream()
                .filter(line -> line.contains("Exception") || line.contains("Error"))
                .findFirst()
                .orElse(null);
    }

    private static int established(Lab lab) throws java.io.IOException {
        String sockets = lab.backend().run("ss", "-Htn", "state", "established");
        return sockets.isBlank() ? 0 : sockets.split("\n", -1).length;
    }

    private static BackendConfig backend(String name, int port) {
        return new BackendConfig(name, IpAddress.parse(LabAddresses.BACKEND), port, 1);
    }

    private static LoadPlan download(long bytes) {
        return LoadPlan.download(LabAddresses.service(), bytes).plainTcp();
    }

    private static LoadPlan upload(long bytes) {
        return LoadPlan.upload(LabAddresses.service(), bytes).plainTcp();
    }

    private static LoadPlan duplex(long bytes) {
        return LoadPlan.duplex(LabAddresses.service(), bytes).plainTcp();
    }

    private static void verified(BoxLab lab, LoadPlan plan) throws Exception {
        LoadReport report = lab.run(plan);
        assertTrue(
                report.verified(),
                () -> report.summary() + " " + report.bulk() + " " + lab.figures.all());
    }

    private static void assertError(BoxLab lab, String errno) throws Exception {
        LoadReport report = lab.run(upload(1_000_000));
        assertFalse(report.verified());
        String error = String.valueOf(report.bulk().getFirst().error());
        assertTrue(error.endsWith(errno) || error.endsWith("EPIPE"), error);
    }
}
