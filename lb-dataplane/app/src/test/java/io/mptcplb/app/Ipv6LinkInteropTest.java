package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.WireKind;
import io.mptcplb.bench.load.LoadClient;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.bench.load.LoadServer.OnAccept;
import io.mptcplb.contract.BackendConfig;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.IpPrefix;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.PoolConfig;
import io.mptcplb.contract.PortConfig;
import io.mptcplb.contract.RouteConfig;
import io.mptcplb.wire.DropReason;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** IPv6 on its links with kernel neighbours and routers, and IPv4 where it must do the same. */
@Tag("interop")
class Ipv6LinkInteropTest {
    private static final long BYTES = 10_000_000;
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final LabOptions DIRECT =
            LabOptions.named("v6-link").wire(WireKind.DIRECT).dualStack();
    private static final LabOptions SHAPED =
            LabOptions.named("v6-slow").pathMbit(60, 40).dualStack();

    /** A host behind the client, which is its router and has a link-local address. */
    private static final String BEHIND = "198.18.9.10";

    private static final String BEHIND_V6 = "2001:db8:9::10";
    private static final String ROUTER_LINK_LOCAL = "fe80::a";
    private static final String BEHIND_SCRIPT =
            """
            echo 1 >/proc/sys/net/ipv4/ip_forward
            echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
            ip link add r0 type veth peer name f0 netns %s
            ip link set dev r0 mtu 1400 up
            ip address add 198.18.9.1/24 dev r0
            ip address add 2001:db8:9::1/64 dev r0 nodad
            ip address add fe80::a/64 dev c1 nodad
            """;
    private static final String FAR_SCRIPT =
            """
            for i in all default f0; do
                echo 0 >/proc/sys/net/ipv6/conf/$i/disable_ipv6
                echo 0 >/proc/sys/net/ipv6/conf/$i/accept_dad
            done
            ip link set dev f0 up
            ip address add 198.18.9.10/24 dev f0
            ip address add 2001:db8:9::10/64 dev f0 nodad
            ip route add default via 198.18.9.1
            ip route add default via 2001:db8:9::1
            """;

    /**
     * The router's far link carries 1,400 bytes: it says so (RFC 1191, RFC 8201), and segments fit
     * from then on. Its own address is resolved, whichever of them it is known by.
     */
    @ParameterizedTest
    @CsvSource({
        BEHIND + "," + LabAddresses.CLIENT_1,
        BEHIND_V6 + "," + LabAddresses.CLIENT_1_V6,
        BEHIND_V6 + "," + ROUTER_LINK_LOCAL
    })
    void hostBehindARouter_itsPathIsNarrow_segmentsFitOnceTold(String host, String router)
            throws Exception {
        LbConfig config = routed(IpAddress.parse(host), IpAddress.parse(router));
        try (BoxLab lab = BoxLab.open(DIRECT, config, OnAccept.SERVE)) {
            lab.lab.client().script(BEHIND_SCRIPT.formatted(lab.lab.wire().name()));
            lab.lab.wire().script(FAR_SCRIPT);
            boolean v6 = host.equals(BEHIND_V6);
            InetSocketAddress service = v6 ? LabAddresses.serviceV6() : LabAddresses.service();
            LoadPlan plan = LoadPlan.download(service, BYTES).plainTcp();
            LoadReport report = lab.lab.wire().call(() -> LoadClient.run(plan));
            assertTrue(report.verified(), report.bulk() + lab.figures.all());
            assertTrue(lab.figures.value(Metric.ICMP_ERRORS_RX) > 0, lab.figures::all);
            assertEquals(0, lab.figures.value(Metric.DROPS, DropReason.ICMP_UNKNOWN_FLOW));
            assertEquals(0, lab.figures.value(Metric.DROPS, DropReason.ICMP_BAD_QUOTE));
            // Told once or a few times, not for every segment.
            assertTrue(lab.figures.value(Metric.ICMP_ERRORS_RX) < 200, lab.figures::all);
            lab.figures.awaitAtRest();
        }
    }

    /** RFC 4862 s5.4: whoever wants an address of ours learns that it is taken. */
    @Test
    void addressOfOurs_wantedByAKernel_isDefended() throws Exception {
        try (BoxLab lab = open(DIRECT)) {
            String wanted = LabAddresses.BOX_1_V6 + "/64";
            lab.lab
                    .client()
                    .script(
                            "echo 1 >/proc/sys/net/ipv6/conf/c1/accept_dad\nip -6 address add "
                                    + wanted
                                    + " dev c1");
            LabEvents.await(
                    "the kernel gives it up",
                    LIMIT,
                    () ->
                            lab.lab
                                    .client()
                                    .run("ip", "-6", "address", "show", "dev", "c1")
                                    .contains("dadfailed"));
        }
    }

    /**
     * A station that has another MAC now says so to all (RFC 4861 s7.2.6, RFC 5227 s3), or says
     * nothing: then it is asked when TCP gets no further, long before its time is up.
     */
    @ParameterizedTest
    @CsvSource({"false, true", "true, true", "false, false", "true, false"})
    void clientsMac_changesInTheMiddle_isFollowed(boolean v6, boolean says) throws Exception {
        try (BoxLab lab = open(SHAPED)) {
            int notify = says ? 1 : 0;
            lab.lab
                    .client()
                    .script(
                            "echo %d >/proc/sys/net/ipv6/conf/c1/ndisc_notify%n".formatted(notify)
                                    + "echo %d >/proc/sys/net/ipv4/conf/c1/arp_notify%n"
                                            .formatted(notify));
            InetSocketAddress service = v6 ? LabAddresses.serviceV6() : LabAddresses.service();
            CompletableFuture<LoadReport> transfer =
                    lab.aside(LoadPlan.download(service, 2 * BYTES).plainTcp());
            // Two answers of ARP within a second: the first is believed.
            LabEvents.awaitAtLeast(
                    "payload", BYTES, () -> lab.figures.at(Metric.PATH_TX_PAYLOAD_BYTES, 0));
            lab.lab.client().script("ip link set dev c1 address 02:00:00:00:01:0b");
            LoadReport report = transfer.get();
            assertTrue(report.verified(), report.bulk() + lab.figures.all());
            long stallNanos = Objects.requireNonNull(report.bulk().getFirst().down()).stallNanos();
            Duration most = Duration.ofSeconds(says ? 4 : 14);
            assertTrue(stallNanos < most.toNanos(), report.bulk() + lab.figures.all());
            lab.figures.awaitAtRest();
        }
    }

    /** The box's question stays without an answer; the session goes to the next server. */
    @Test
    void backend_absentFromItsLink_nextOneServes() throws Exception {
        BackendConfig absent = backend("absent", "2001:db8:3::77");
        BackendConfig present = backend("present", LabAddresses.BACKEND_V6);
        LbConfig dual = LabBox.dualConfig(MptcpConfig.defaults(), LabAddresses.BACKEND_V6);
        PoolConfig pool = dual.pools().getFirst();
        LbConfig config =
                with(
                        dual,
                        dual.ports(),
                        List.of(
                                new PoolConfig(
                                        pool.name(), pool.balance(), List.of(absent, present))));
        try (BoxLab lab = BoxLab.open(DIRECT, config, OnAccept.SERVE)) {
            LoadPlan plan = LoadPlan.upload(LabAddresses.serviceV6(), BYTES / 10).plainTcp();
            for (int i = 0; i < 2; i++) {
                LoadReport report = lab.run(plan);
                assertTrue(report.verified(), report.bulk() + lab.figures.all());
            }
            assertEquals(1, lab.figures.value(Metric.NEIGHBOUR_FAILURES), lab.figures::all);
            assertEquals(1, lab.figures.value(Metric.BACKEND_RETRIES), lab.figures::all);
            lab.figures.awaitAtRest();
        }
    }

    /**
     * RFC 8200 s4.6: options for the destination that may be skipped, in front of every segment.
     */
    @Test
    void extensionHeaders_beforeEverySegment_areSkipped() throws Exception {
        try (BoxLab lab = open(DIRECT)) {
            LoadPlan plan = LoadPlan.duplex(LabAddresses.serviceV6(), BYTES).plainTcp();
            LoadReport report = lab.run(plan.destinationOptions());
            assertTrue(report.verified(), report.bulk() + lab.figures.all());
            assertEquals(0, lab.figures.value(Metric.DROPS, DropReason.BAD_EXTENSION_HEADER));
            assertEquals(0, lab.figures.value(Metric.DROPS, DropReason.BAD_TCP_CHECKSUM));
            lab.figures.awaitAtRest();
        }
    }

    // ---- helpers

    private static BoxLab open(LabOptions options) throws Exception {
        return BoxLab.open(
                options,
                LabBox.dualConfig(MptcpConfig.defaults(), LabAddresses.BACKEND_V6),
                OnAccept.SERVE);
    }

    private static BackendConfig backend(String name, String address) {
        return new BackendConfig(name, IpAddress.parse(address), LabAddresses.BACKEND_PORT, 1);
    }

    /** Port p1 reaches a host by a router. */
    private static LbConfig routed(IpAddress host, IpAddress router) {
        LbConfig dual = LabBox.dualConfig(MptcpConfig.defaults(), LabAddresses.BACKEND_V6);
        List<PortConfig> ports = new ArrayList<>(dual.ports());
        PortConfig first = ports.getFirst();
        ports.set(
                0,
                new PortConfig(
                        first.name(),
                        first.device(),
                        first.role(),
                        first.cost(),
                        first.addresses(),
                        List.of(new RouteConfig(new IpPrefix(host, host.bits()), router))));
        return with(dual, ports, dual.pools());
    }

    private static LbConfig with(LbConfig other, List<PortConfig> ports, List<PoolConfig> pools) {
        return new LbConfig(
                other.generation(),
                other.workers(),
                other.buffers(),
                other.sizes(),
                ports,
                other.virtualServers(),
                pools);
    }
}
