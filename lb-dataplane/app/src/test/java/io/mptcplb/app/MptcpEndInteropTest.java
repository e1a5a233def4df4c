package io.mptcplb.app;

import static io.mptcplb.app.KernelClient.download;
import static io.mptcplb.app.KernelClient.upload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.KernelCounters;
import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.LabProcess;
import io.mptcplb.bench.load.ConnectionResult;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.bench.load.LoadServer.OnAccept;
import io.mptcplb.bench.sys.StreamSocket;
import io.mptcplb.contract.BackendConfig;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.TimeoutConfig;
import io.mptcplb.proxy.SessionEnd;
import io.mptcplb.wire.DropReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Backends and clients of MPTCP connections that refuse, reset, and disappear. */
@Tag("interop")
class MptcpEndInteropTest {
    private static final LabOptions SHAPED = LabOptions.named("mi-end").pathMbit(60, 40);
    private static final Duration SHORT = Duration.ofSeconds(10);
    private static final String FASTCLOSES = "MPTcpExtMPFastcloseRx";

    @Test
    void firstBackend_refusing_secondServesAndLosesNothing() throws Exception {
        LbConfig config =
                BoxLab.config(
                        List.of(
                                backend("dead", LabAddresses.BACKEND_PORT + 1),
                                backend("good", LabAddresses.BACKEND_PORT)));
        try (KernelClient client = KernelClient.open(SHAPED, config, OnAccept.SERVE)) {
            for (int i = 0; i < 4; i++) {
                client.verified(upload(1_000_000), 2);
            }
            client.assertClean(4);
            client.figures.awaitAllFinished();
            assertTrue(client.figures.value(Metric.BACKEND_RETRIES) > 0);
        }
    }

    /** What follows the client's request is thrown away by MP_FASTCLOSE: the RSTs are ours. */
    @Test
    void everyBackend_refusing_clientIsFastclosed() throws Exception {
        try (KernelClient client = KernelClient.open(SHAPED)) {
            client.lab.server.close();
            ConnectionResult result = client.lab.run(upload(1_000_000)).bulk().getFirst();
            assertFalse(result.verified());
            client.awaitEnd(SessionEnd.BACKEND_UNAVAILABLE);
            // A join may cross the end of its connection.
            client.assertAtRest(DropReason.UNKNOWN_TOKEN);
            assertEquals(1, client.figures.value(Metric.MP_FASTCLOSE_TX));
            assertTrue(client.moved(FASTCLOSES) >= 1, client.state());
        }
    }

    @Test
    void backend_resetsInTheMiddle_clientIsToldAtOnce() throws Exception {
        try (KernelClient client = KernelClient.open(SHAPED)) {
            LoadReport report = client.lab.run(download(20_000_000).backendResets(2_000_000));
            ConnectionResult result = report.bulk().getFirst();
            String error = Objects.requireNonNull(result.error());
            assertTrue(error.endsWith("ECONNRESET"), error);
            long lastByteNanos = Objects.requireNonNull(result.down()).nanos();
            long toldNanos = result.totalNanos() - result.connectNanos() - lastByteNanos;
            assertTrue(toldNanos < 1_000_000_000L, toldNanos + " ns after the last byte");
            client.awaitEnd(SessionEnd.BACKEND_RESET);
            client.assertAtRest();
            // The client's kernel passes the end on to the subflow that has not heard of it yet.
            client.assertNoComplaints(KernelClient.RESETS);
            // Once on an ACK, once on the RST: the kernel may see either first, or both.
            assertTrue(client.moved(FASTCLOSES) >= 1, client.state());
        }
    }

    /** The client's kernel answers a closed socket with unread data by RST + MP_FASTCLOSE. */
    @Test
    void client_closesWithUnreadData_backendIsReset() throws Exception {
        LbConfig config = LabBox.config(MptcpConfig.defaults());
        try (KernelClient client = KernelClient.open(SHAPED, config, OnAccept.SERVE)) {
            KernelCounters before = client.lab.lab.backend().counters();
            LabProcess load = load(client, "download", "--pause", "100k:60");
            client.awaitSubflows(2);
            client.awaitPayload(1, 10_000);
            // The client has stopped reading: its window is full when nothing moves any more.
            LabEvents.settled("payload", () -> client.payload(1) + client.payload(2));
            load.kill();
            client.awaitEnd(SessionEnd.CLIENT_RESET);
            client.assertAtRest();
            assertEquals(1, client.figures.value(Metric.MP_FASTCLOSE_RX), client.state());
            LabEvents.await(
                    "the backend's connection was reset",
                    SHORT,
                    () ->
                            client.lab.lab.backend().counters().since(before).get("TcpEstabResets")
                                    == 1);
            // The RSTs of the fastclose itself.
            client.assertNoComplaints(KernelClient.RESETS);
        }
    }

    /** Nothing unread: the kernel sends what it has, and ends its direction in good order. */
    @Test
    void uploadingClient_killed_backendSeesTheEndAndNothingStays() throws Exception {
        try (KernelClient client = KernelClient.open(SHAPED)) {
            LabProcess load = load(client, "upload");
            client.awaitPayload(1, 2_000_000);
            load.kill();
            LabEvents.await(
                    "the backend's end", SHORT, () -> client.lab.server.openConnections() == 0);
            client.assertAtRest();
            client.assertNoComplaints(KernelClient.RESETS);
        }
    }

    @Test
    void client_vanishesWithBothPaths_sessionEndsWhenIdle() throws Exception {
        TimeoutConfig timeouts =
                new TimeoutConfig(1_500_000_000L, 5_000_000_000L, 1_000_000_000L, 60_000_000_000L);
        LbConfig config = BoxLab.config(timeouts);
        try (KernelClient client = KernelClient.open(SHAPED, config, OnAccept.IGNORE)) {
            client.lab.connect(true);
            client.figures.await(Metric.BACKEND_CONNECTIONS, 1);
            client.lab.lab.path(1).blackhole();
            client.lab.lab.path(2).blackhole();
            client.awaitEnd(SessionEnd.IDLE);
            client.assertAtRest();
        }
    }

    @Test
    void client_aborts_backendIsReset() throws Exception {
        LbConfig config = LabBox.config(MptcpConfig.defaults());
        try (KernelClient client = KernelClient.open(SHAPED, config, OnAccept.IGNORE)) {
            KernelCounters before = client.lab.lab.backend().counters();
            StreamSocket socket = client.lab.connect(true);
            client.figures.await(Metric.BACKEND_CONNECTIONS, 1);
            client.figures.await(Metric.MPTCP_CONNECTIONS, 1);
            socket.abort();
            client.awaitEnd(SessionEnd.CLIENT_RESET);
            client.assertAtRest();
            assertEquals(1, client.figures.value(Metric.MP_FASTCLOSE_RX), client.state());
            LabEvents.await(
                    "the backend's connection was reset",
                    SHORT,
                    () ->
                            client.lab.lab.backend().counters().since(before).get("TcpEstabResets")
                                    == 1);
        }
    }

    /** A client in a process of its own, so that it can be killed. */
    private static LabProcess load(KernelClient client, String mode, String... options)
            throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                System.getProperty("java.home") + "/bin/java",
                                "--enable-native-access=ALL-UNNAMED",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "io.mptcplb.bench.load.Main",
                                "client",
                                mode,
                                "--to",
                                LabAddresses.BOX_1 + ":" + LabAddresses.SERVICE_PORT,
                                "--bytes",
                                "1g"));
        command.addAll(List.of(options));
        return client.lab.lab.client().start("load", command);
    }

    private static BackendConfig backend(String name, int port) {
        return new BackendConfig(name, IpAddress.parse(LabAddresses.BACKEND), port, 1);
    }
}
