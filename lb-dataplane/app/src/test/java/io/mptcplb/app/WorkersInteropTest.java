package io.mptcplb.app;

import static io.mptcplb.app.KernelClient.download;
import static io.mptcplb.app.KernelClient.duplex;
import static io.mptcplb.app.KernelClient.upload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.lab.LabOffloads;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.load.LoadServer.OnAccept;
import io.mptcplb.contract.ConfigFile;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.control.Command;
import io.mptcplb.contract.control.Event;
import io.mptcplb.contract.control.PathPriority;
import io.mptcplb.contract.control.PathSelector;
import io.mptcplb.wire.DropReason;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two workers, the kernel's client, two paths: each subflow arrives where the kernel's hash brings
 * it, and its connection's worker has it all the same.
 */
@Tag("interop")
class WorkersInteropTest {
    private static final int WORKERS = 2;

    /** SYN, third ACK, an acknowledgement and FIN. */
    private static final int FRAMES_OF_A_SUBFLOW = 4;

    private static final LbConfig CONFIG =
            LabBox.withWorkers(LabBox.config(MptcpConfig.defaults()), WORKERS);
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static KernelClient open(LabOptions options) throws Exception {
        return KernelClient.open(options.packet(LabOffloads.ON, true), CONFIG, OnAccept.SERVE);
    }

    /** How the clients are spread is up to a hash: that all come to one is one chance in many. */
    private static void assertBothServe(KernelClient client) {
        for (int worker = 0; worker < WORKERS; worker++) {
            long opened = client.figures.ofWorker(Metric.VIRTUAL_SERVER_MPTCP_OPENED, 0, worker);
            assertTrue(opened > 0, "worker " + worker + client.state());
            long backends = client.figures.ofWorker(Metric.BACKEND_CONNECTIONS_OPENED, 0, worker);
            assertTrue(backends >= opened, "worker " + worker + client.state());
        }
    }

    @Test
    void manyConnections_eitherWay_bothWorkersServe_allIsReturned() throws Exception {
        try (KernelClient client = open(LabOptions.named("wk-many"))) {
            client.figures.await(Metric.TCP_ENDPOINTS, 0);
            RestingGauges gauges = RestingGauges.of(client.figures);
            client.verified(upload(8_000_000).connections(8), 2);
            client.verified(download(8_000_000).connections(8), 2);
            client.verified(duplex(2_000_000).connections(4).plainTcp());
            assertBothServe(client);
            // Half of the joins come to the other worker; how much they carry is up to the paths.
            assertTrue(
                    client.figures.value(Metric.WORKER_FRAMES_HANDED_OVER) >= FRAMES_OF_A_SUBFLOW,
                    () -> "frames handed over" + client.state());
            client.assertAtRest();
            client.assertNoComplaints();
            client.lab.lab.path(1).lossPercent(1, 1);
            client.lab.lab.path(2).lossPercent(1, 1);
            client.verified(duplex(50_000).connections(200));
            client.figures.awaitAtRest();
            client.figures.awaitAllFinished();
            gauges.awaitAgain();
        }
    }

    @Test
    void firstPath_dark_theSecondFinishes_wherebyWorkersHandOver() throws Exception {
        try (KernelClient client = open(LabOptions.named("wk-dark").pathMbit(100, 100))) {
            var transfer = client.aside(duplex(3_000_000).connections(4));
            client.awaitPayload(2, 1_000_000);
            client.lab.lab.path(1).blackhole();
            client.verified(transfer.get());
            client.lab.lab.path(1).heal();
            client.figures.awaitAtRest();
        }
    }

    /** A device that is made anew has no group of sockets: they are made anew, too. */
    @Test
    void secondDevice_vanishesAndReturns_framesAreSpreadAgain() throws Exception {
        try (KernelClient client = open(LabOptions.named("wk-gone").pathMbit(60, 60))) {
            var transfer = client.aside(download(5_000_000).connections(4));
            client.awaitPayload(2, 1_000_000);
            client.lab.lab.box().script("ip link set dev p2 netns " + client.lab.lab.wire().name());
            client.lab.box.process().awaitLine("port p2: the device is gone", LIMIT);
            client.awaitPayload(1, client.payload(1) + 1_000_000);
            client.lab.lab.wire().script("ip link set dev p2 netns " + client.lab.lab.box().name());
            client.lab.lab.box().script("ip link set dev p2 up");
            client.lab.box.process().awaitLine("port p2: there is a device p2 again", LIMIT);
            client.verified(transfer.get());
            long joins = client.figures.value(Metric.MPTCP_JOINS_ACCEPTED);
            client.verified(download(2_000_000).connections(8), 2);
            assertEquals(joins + 8, client.figures.value(Metric.MPTCP_JOINS_ACCEPTED));
            for (int worker = 0; worker < WORKERS; worker++) {
                assertTrue(client.figures.ofWorker(Metric.PORT_RX_FRAMES, 1, worker) > 0);
            }
            assertEquals(2, client.figures.at(Metric.PORT_LINK_CHANGES, 1));
            client.assertAtRest(DropReason.TRANSMIT_FAILED);
        }
    }

    @Test
    void commands_reachEveryWorker_eventsComeFromAll() throws Exception {
        try (KernelClient client = open(LabOptions.named("wk-ctl").pathMbit(60, 60))) {
            Path state = client.lab.box.counters().resolveSibling("");
            try (ControlProbe probe = ControlProbe.synced(state.resolve("control.sock"))) {
                var transfer = client.aside(download(5_000_000).connections(8));
                for (int i = 0; i < 8; i++) {
                    probe.await(Event.SubflowOpened.class, s -> s.port().equals("p2"));
                }
                client.awaitPayload(2, 1_000_000);
                probe.ok(
                        new Command.SetPathPriority(
                                PathSelector.ofPort("p2"), PathPriority.BACKUP));
                for (int i = 0; i < 8; i++) {
                    assertTrue(probe.await(Event.SubflowPriority.class).backupByUs());
                }
                LabEvents.await(
                        "the client hears MP_PRIO",
                        LIMIT,
                        () -> client.moved("MPTcpExtMPPrioRx") >= 8);
                long generation = ConfigFile.read(state.resolve("config.last")).generation();
                assertEquals(generation, client.figures.value(Metric.CONFIG_GENERATION));
                client.verified(transfer.get(), 2);
                for (int i = 0; i < 8; i++) {
                    probe.await(Event.ConnectionClosed.class);
                }
            }
            assertEquals(0, client.figures.value(Metric.CONTROL_EVENTS_LOST));
            assertBothServe(client);
            client.assertAtRest();
        }
    }
}
