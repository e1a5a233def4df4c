package io.mptcplb.app;

import static io.mptcplb.app.KernelClient.duplex;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.KernelCounters;
import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabOffloads;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.WireKind;
import io.mptcplb.bench.load.ConnectionResult;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.bench.load.LoadServer.OnAccept;
import io.mptcplb.contract.AdvertiseConfig;
import io.mptcplb.contract.BackendConfig;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.PoolConfig;
import io.mptcplb.contract.VirtualServerConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The packet port on devices as they are: every state of offloads that a kernel peer may be in, by
 * merging at our end, MTU and IP version, plain TCP and MPTCP on two subflows, both ways. The bytes
 * are verified, and neither end counts a checksum error, also where all sums are made by whoever
 * sends and verified by whoever receives.
 *
 * <p>144 transfers in two laboratories whose devices change under them, a minute and a half in all:
 * a transfer over two subflows is short because it waits for the second one at its beginning.
 */
@Tag("interop")
class OffloadMatrixInteropTest {
    private static final long BYTES = 4_000_000;
    private static final long MULTIPATH_BYTES = 10_000_000;
    private static final long LOSSY_BYTES = 20_000_000;

    /** The client's kernel joins from a work queue: whoever receives waits for it. */
    private static final long PAUSE_AT_BYTES = 200_000;

    private static final Duration PAUSE = Duration.ofMillis(60);
    private static final int MIXED_PORT = LabAddresses.SERVICE_PORT + 1;
    private static final List<String> CHECKSUM_ERRORS =
            List.of("TcpInCsumErrors", "Icmp6InCsumErrors", "Ip6InHdrErrors");

    /** IP version of a connection's subflows. */
    private enum Family {
        V4,
        V6,
        /** One of each; which is first depends on the lab. */
        BOTH;

        InetSocketAddress service(boolean v6First) {
            return switch (this) {
                case V4 -> LabAddresses.service();
                case V6 -> LabAddresses.serviceV6();
                case BOTH ->
                        v6First
                                ? LabAddresses.socket(LabAddresses.BOX_1_V6, MIXED_PORT)
                                : LabAddresses.mapped(LabAddresses.BOX_1, MIXED_PORT);
            };
        }
    }

    /** What one state of the devices has added to the box's figures. */
    private record Seen(long frames, long bytes, long summed, long secondPath) {
        static Seen now(KernelClient client) throws IOException {
            client.figures.awaitPublication();
            return new Seen(
                    client.figures.value(Metric.PORT_RX_FRAMES),
                    client.figures.value(Metric.PORT_RX_BYTES),
                    client.figures.value(Metric.PAYLOAD_SUMMED_BYTES),
                    client.payload(2));
        }

        Seen since(Seen earlier) {
            return new Seen(
                    frames - earlier.frames,
                    bytes - earlier.bytes,
                    summed - earlier.summed,
                    secondPath - earlier.secondPath);
        }
    }

    private static LabOptions options(int mtuBytes) {
        return LabOptions.named("om")
                .wire(WireKind.DIRECT)
                .mtu(mtuBytes)
                .dualStack()
                .packet(LabOffloads.ON, false);
    }

    @ParameterizedTest
    @ValueSource(ints = {1500, 9000})
    void everyCell_bothWays_verifiedWithoutAWrongSum(int mtuBytes) throws Exception {
        boolean v6First = mtuBytes == 1500;
        List<String> faults = new ArrayList<>();
        try (KernelClient client =
                KernelClient.open(options(mtuBytes), config(v6First), OnAccept.SERVE)) {
            KernelCounters backend = client.lab.lab.backend().counters();
            for (LabOffloads offloads :
                    List.of(LabOffloads.ON, LabOffloads.NO_SEGMENTATION, LabOffloads.NO_CHECKSUM)) {
                for (boolean merges : new boolean[] {false, true}) {
                    String state = offloads + (merges ? " merging" : "");
                    client.lab.lab.offloads(offloads, merges);
                    Seen before = Seen.now(client);
                    for (Family family : Family.values()) {
                        transfers(client, family.service(v6First), state + " " + family, faults);
                    }
                    // The peer's CPUs may put two acknowledgements on a device in the other order.
                    client.assertAtRest();
                    assertState(offloads, merges, Seen.now(client).since(before), client);
                    assertSums(client, backend);
                }
            }
            assertEquals(List.of(), faults, client.state());
            assertEquals(36, client.moved(KernelClient.JOINS), client.state());
            client.figures.awaitAllFinished();
            assertEquals(0, client.figures.value(Metric.PAYLOAD_COPIED_BYTES));
        }
    }

    /** Notes what fails and goes on: all cells of one run are seen. */
    private static void transfers(
            KernelClient client, InetSocketAddress service, String cell, List<String> faults)
            throws Exception {
        LoadPlan down = LoadPlan.download(service, MULTIPATH_BYTES);
        LoadPlan up = LoadPlan.upload(service, MULTIPATH_BYTES);
        note(cell, 1, client.lab.run(LoadPlan.download(service, BYTES).plainTcp()), faults);
        note(cell, 1, client.lab.run(LoadPlan.upload(service, BYTES).plainTcp()), faults);
        note(cell, 2, client.lab.run(down.clientPauses(PAUSE_AT_BYTES, PAUSE)), faults);
        note(cell, 2, client.lab.run(up.backendPauses(PAUSE_AT_BYTES, PAUSE)), faults);
    }

    private static void note(String cell, int subflows, LoadReport report, List<String> faults) {
        ConnectionResult result = report.bulk().getFirst();
        boolean joined = subflows == 1 || result.mptcp().subflows() == subflows;
        if (!report.verified() || !joined) {
            faults.add(cell + " of " + subflows + ": " + result);
        }
    }

    private static void assertSums(KernelClient client, KernelCounters before) throws IOException {
        client.assertNoComplaints();
        KernelCounters backend = client.lab.lab.backend().counters().since(before);
        for (String counter : CHECKSUM_ERRORS) {
            assertEquals(0, backend.get(counter), counter + client.state());
            assertEquals(0, client.moved(counter), counter + client.state());
        }
        assertEquals(0, client.figures.value(Metric.PORT_RX_ERRORS), client.state());
    }

    /**
     * That what the state is about happened: frames were merged, or their sums verified, or not.
     */
    private static void assertState(
            LabOffloads offloads, boolean merges, Seen seen, KernelClient client) {
        if (offloads == LabOffloads.ON) {
            long perFrame = seen.bytes / seen.frames;
            assertTrue(perFrame > 2000, "bytes per frame: " + perFrame + client.state());
        }
        boolean verifies = offloads == LabOffloads.NO_CHECKSUM && !merges;
        assertEquals(verifies, seen.summed > MULTIPATH_BYTES, seen + client.state());
        assertTrue(seen.secondPath > MULTIPATH_BYTES / 10, seen + client.state());
    }

    /**
     * Beside the lab's own server one for each family behind it, and one whose clients must join by
     * the other family than they came by.
     */
    private static LbConfig config(boolean v6First) {
        LbConfig dual = LabBox.dualConfig(MptcpConfig.defaults(), LabAddresses.BACKEND);
        PoolConfig v4 = dual.pools().getFirst();
        BackendConfig first = v4.backends().getFirst();
        BackendConfig far =
                new BackendConfig(
                        "server-6",
                        IpAddress.parse(LabAddresses.BACKEND_V6),
                        first.port(),
                        first.weight());
        PoolConfig v6 = new PoolConfig("servers-6", v4.balance(), List.of(far));
        String initial = v6First ? LabAddresses.BOX_1_V6 : LabAddresses.BOX_1;
        String announced = v6First ? LabAddresses.BOX_2 : LabAddresses.BOX_2_V6;
        MptcpConfig denying =
                new MptcpConfig(
                        true,
                        false,
                        false,
                        2,
                        List.of(new AdvertiseConfig(1, "p2", IpAddress.parse(announced), 0)),
                        List.of());
        VirtualServerConfig own = dual.virtualServers().getFirst();
        int port = LabAddresses.SERVICE_PORT;
        return new LbConfig(
                dual.generation(),
                dual.workers(),
                dual.buffers(),
                dual.sizes(),
                dual.ports(),
                List.of(
                        server(own, "v4", v4, port, LabAddresses.BOX_1, LabAddresses.BOX_2),
                        server(own, "v6", v6, port, LabAddresses.BOX_1_V6, LabAddresses.BOX_2_V6),
                        with(server(own, "both", v6, MIXED_PORT, initial, announced), denying)),
                List.of(v4, v6));
    }

    private static VirtualServerConfig server(
            VirtualServerConfig like, String name, PoolConfig pool, int port, String... addresses) {
        return new VirtualServerConfig(
                name,
                Stream.of(addresses).map(IpAddress::parse).toList(),
                port,
                pool.name(),
                like.mptcp(),
                like.timeouts(),
                like.maxConnections());
    }

    private static VirtualServerConfig with(VirtualServerConfig like, MptcpConfig mptcp) {
        return new VirtualServerConfig(
                like.name(),
                like.addresses(),
                like.port(),
                like.pool(),
                mptcp,
                like.timeouts(),
                like.maxConnections());
    }

    /** What is lost is lost by super-frames here, forty segments at a time. */
    @RepeatedTest(3)
    void lossyPaths_superFramesAreLost_bothWays_verified() throws Exception {
        LabOptions lossy = LabOptions.named("om-loss").packet(LabOffloads.ON, false);
        try (KernelClient client = KernelClient.open(lossy)) {
            client.lab.lab.path(1).lossPercent(1, 1);
            client.lab.lab.path(2).lossPercent(1, 1);
            client.verified(duplex(LOSSY_BYTES).connections(4));
            client.figures.awaitAtRest();
        }
    }

    @Test
    void queue_asGranted_isPublished() throws Exception {
        try (KernelClient client = KernelClient.open(options(1500))) {
            client.figures.await(Metric.PORT_RX_MISSED, 0);
            for (int port = 0; port < 3; port++) {
                long bytes = client.figures.at(Metric.PORT_RX_QUEUE_BYTES, port);
                assertTrue(bytes >= 4 << 20, "port " + port + ": " + bytes);
            }
        }
    }
}
