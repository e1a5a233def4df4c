package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.Lab;
import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.lab.LabNamespace;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.load.LoadClient;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.bench.load.LoadServer;
import io.mptcplb.contract.BackendConfig;
import io.mptcplb.contract.Balance;
import io.mptcplb.contract.BufferConfig;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.IpPrefix;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.PoolConfig;
import io.mptcplb.contract.PortConfig;
import io.mptcplb.contract.PortDevice;
import io.mptcplb.contract.PortRole;
import io.mptcplb.contract.SizeConfig;
import io.mptcplb.contract.TimeoutConfig;
import io.mptcplb.contract.VirtualServerConfig;
import io.mptcplb.contract.WorkerConfig;
import io.mptcplb.contract.control.Command;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two boxes on one link with the same virtual addresses, of which one at a time announces them. */
@Tag("interop")
class AnnounceInteropTest {
    private static final LabOptions LINK = LabOptions.named("announce").dualStack();
    private static final String SECOND_BOX = "192.0.2.2";
    private static final String SECOND_BOX_V6 = "2001:db8:1::2";
    private static final String SECOND_MAC = "02:00:00:00:01:02";
    private static final IpAddress VIP = IpAddress.parse("192.0.2.100");
    private static final IpAddress VIP_V6 = IpAddress.parse("2001:db8:1::100");
    private static final Duration LIMIT = Duration.ofSeconds(3);
    private static final Duration TRANSFER = Duration.ofSeconds(6);
    private static final int CONNECTIONS = 4;
    private static final long STRAYS_MIN = 1_000;

    /** The second box stands on the first path's bridge; each address is on that one link. */
    private static final String BRIDGED = "ip link set dev w1x master br1 up\n";

    /** What leaves from the client's address goes straight to neighbours. */
    private static final String NO_ROUTER =
            """
            ip rule del from 192.0.2.10 table 101
            ip -6 rule del from 2001:db8:1::10 table 101
            """;

    @Test
    void announcerMoves_theKernelsNeighbourFollows_whoeverIsToldFirst() throws Exception {
        try (Lab lab = Lab.build(LINK)) {
            LabNamespace second = prepare(lab);
            LabBox a = LabBox.start(lab, config("a", 1, true), LabBox::cold);
            LabBox b = LabBox.start(lab, second, "second", config("b", 1, false), LabBox::cold);
            try (BoxFigures figuresA = new BoxFigures(a);
                    BoxFigures figuresB = new BoxFigures(b);
                    ControlProbe toA = ControlProbe.greeted(a.controlSocket());
                    ControlProbe toB = ControlProbe.greeted(b.controlSocket())) {
                transfers(lab, figuresA);
                assertEquals(LabAddresses.BOX_1_MAC, neighbour(lab, VIP));
                assertEquals(LabAddresses.BOX_1_MAC, neighbour(lab, VIP_V6));

                long start = System.nanoTime();
                toB.ok(new Command.ApplyConfig(config("b", 2, true)));
                toA.ok(new Command.ApplyConfig(config("a", 2, false)));
                awaitAt(lab, SECOND_MAC, "the new one first", start);
                transfers(lab, figuresB);

                start = System.nanoTime();
                toB.ok(new Command.ApplyConfig(config("b", 3, false)));
                toA.ok(new Command.ApplyConfig(config("a", 3, true)));
                awaitAt(lab, LabAddresses.BOX_1_MAC, "the old one first", start);
                transfers(lab, figuresA);

                a.process().kill();
                start = System.nanoTime();
                toB.ok(new Command.ApplyConfig(config("b", 4, true)));
                awaitAt(lab, SECOND_MAC, "the old one is dead", start);
                transfers(lab, figuresB);
            }
        }
    }

    /** A second box's place on the link, and a backend at the client's host. */
    private static LabNamespace prepare(Lab lab) throws Exception {
        LabNamespace second = lab.backend();
        second.script(
                "ip link add q1 type veth peer name w1x netns "
                        + lab.wire().name()
                        + "\nip link set dev q1 address "
                        + SECOND_MAC
                        + " up");
        lab.wire().script(BRIDGED);
        lab.client().script(NO_ROUTER);
        InetSocketAddress server = LabAddresses.socket("::", LabAddresses.BACKEND_PORT);
        lab.closing(
                lab.client()
                        .call(() ->
                                LoadServer.start(
                                        server, false, LoadServer.OnAccept.SERVE, line -> {})));
        return second;
    }

    /** What is under way when the address moves stays with the box that has begun it. */
    @Test
    void announcerMoves_whatWasBegunGoesOn_whereItWasBegun() throws Exception {
        try (Lab lab = Lab.build(LINK)) {
            LabNamespace second = prepare(lab);
            LabBox a = LabBox.start(lab, config("a", 1, true), LabBox::cold);
            LabBox b = LabBox.start(lab, second, "second", config("b", 1, false), LabBox::cold);
            try (BoxFigures figuresA = new BoxFigures(a);
                    BoxFigures figuresB = new BoxFigures(b);
                    ControlProbe toA = ControlProbe.greeted(a.controlSocket());
                    ControlProbe toB = ControlProbe.greeted(b.controlSocket())) {
                List<CompletableFuture<LoadReport>> begun =
                        List.of(
                                begin(lab, VIP, true),
                                begin(lab, VIP, false),
                                begin(lab, VIP_V6, true));
                LabEvents.awaitAtLeast(
                        "all are under way",
                        3 * CONNECTIONS,
                        () -> figuresA.value(Metric.CONNECTIONS));
                toB.ok(new Command.ApplyConfig(takesOver(config("b", 2, true))));
                toA.ok(new Command.ApplyConfig(config("a", 2, false)));
                awaitAt(lab, SECOND_MAC, "in the middle of transfers", System.nanoTime());
                transfers(lab, figuresB);
                LabEvents.awaitAtLeast(
                        "the new one passes on what it does not know",
                        STRAYS_MIN,
                        () -> figuresB.value(Metric.TCP_STRAYS_PASSED_ON));
                for (CompletableFuture<LoadReport> transfer : begun) {
                    LoadReport report = transfer.get(1, TimeUnit.MINUTES);
                    assertTrue(report.verified(), report::summary);
                    System.out.println("begun elsewhere: " + report.summary());
                }
                assertEquals(0, figuresB.value(Metric.TCP_RESETS_TX), figuresB::all);
                assertEquals(0, figuresB.value(Metric.PORT_COPIED_PAYLOAD_BYTES), figuresB::all);
            }
        }
    }

    private static CompletableFuture<LoadReport> begin(Lab lab, IpAddress vip, boolean mptcp) {
        InetSocketAddress service = LabAddresses.socket(vip.toString(), LabAddresses.SERVICE_PORT);
        LoadPlan plan = LoadPlan.duplex(service, 0).time(TRANSFER).connections(CONNECTIONS);
        LoadPlan whole = mptcp ? plan : plan.plainTcp();
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return lab.client().call(() -> LoadClient.run(whole));
                    } catch (Exception e) {
                        throw new CompletionException(e);
                    }
                },
                task -> Thread.ofPlatform().name("begun").daemon().start(task));
    }

    private static LbConfig takesOver(LbConfig config) {
        return new LbConfig(
                config.generation(),
                config.workers(),
                config.buffers(),
                config.sizes(),
                config.ports(),
                config.virtualServers(),
                config.pools(),
                List.of(
                        IpAddress.parse(LabAddresses.BOX_1),
                        IpAddress.parse(LabAddresses.BOX_1_V6)));
    }

    /** Both versions, one after the other, through the box whose figures these are. */
    private static void transfers(Lab lab, BoxFigures box) throws Exception {
        long before = box.value(Metric.SESSIONS_OPENED);
        for (IpAddress vip : List.of(VIP, VIP_V6)) {
            InetSocketAddress service =
                    LabAddresses.socket(vip.toString(), LabAddresses.SERVICE_PORT);
            LoadPlan plan = LoadPlan.duplex(service, 100_000);
            assertTrue(lab.client().call(() -> LoadClient.run(plan)).verified(), box::all);
        }
        box.awaitPublication();
        assertEquals(before + 2, box.value(Metric.SESSIONS_OPENED), box::all);
    }

    private static String neighbour(Lab lab, IpAddress of) throws IOException {
        String line = lab.client().run("ip", "neighbour", "show", "to", of.toString());
        int at = line.indexOf("lladdr ");
        return at < 0 ? line : line.substring(at + 7, at + 24);
    }

    private static void awaitAt(Lab lab, String mac, String what, long startNanos)
            throws IOException {
        for (IpAddress vip : List.of(VIP, VIP_V6)) {
            LabEvents.await(
                    what + ": " + vip + " at " + mac, LIMIT, () -> neighbour(lab, vip).equals(mac));
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
        System.out.println("announcer moved, " + what + ": followed after " + millis + " ms");
    }

    /** One port for both sides: the client's host is the backend, too. */
    private static LbConfig config(String box, long generation, boolean announces) {
        boolean first = box.equals("a");
        List<IpAddress> vips = List.of(VIP, VIP_V6);
        List<IpPrefix> addresses =
                List.of(
                        IpPrefix.parse((first ? LabAddresses.BOX_1 : SECOND_BOX) + "/24"),
                        IpPrefix.parse((first ? LabAddresses.BOX_1_V6 : SECOND_BOX_V6) + "/64"));
        PortConfig port =
                new PortConfig(
                        "lan",
                        PortDevice.packet(first ? "p1" : "q1"),
                        PortRole.BOTH,
                        0,
                        addresses,
                        List.of());
        return new LbConfig(
                generation,
                WorkerConfig.defaults(),
                BufferConfig.defaults(),
                SizeConfig.defaults(),
                List.of(port),
                List.of(
                        new VirtualServerConfig(
                                "service",
                                vips,
                                announces ? List.of() : vips,
                                LabAddresses.SERVICE_PORT,
                                "servers",
                                MptcpConfig.defaults(),
                                List.of(),
                                TimeoutConfig.defaults(),
                                SizeConfig.defaults().maxConnections())),
                List.of(
                        new PoolConfig(
                                "servers",
                                Balance.ROUND_ROBIN,
                                List.of(
                                        new BackendConfig(
                                                "server-1",
                                                IpAddress.parse(LabAddresses.CLIENT_1),
                                                LabAddresses.BACKEND_PORT,
                                                1)))));
    }
}
