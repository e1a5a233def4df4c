package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabNamespace;
import io.mptcplb.bench.lab.LabOffloads;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.MptcpMode;
import io.mptcplb.bench.lab.WireKind;
import io.mptcplb.bench.load.HalfClose;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadServer.OnAccept;
import io.mptcplb.contract.AdvertiseConfig;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.PortDriver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Kernel peers that speak IPv6, alone and beside IPv4, with the real process in the middle. */
@Tag("interop")
class Ipv6InteropTest {
    private static final long BYTES = 10_000_000;

    /** The client's kernel joins from a work queue: a shorter transfer is over by then. */
    private static final long JOINED_BYTES = 6_000_000;

    private static final LabOptions DIRECT =
            LabOptions.named("v6").wire(WireKind.DIRECT).dualStack();
    private static final LabOptions SHAPED =
            LabOptions.named("v6-shaped").pathMbit(60, 40).dualStack();

    @TempDir Path noClasses;

    @ParameterizedTest
    @EnumSource(
            value = PortDriver.class,
            names = {"AF_PACKET", "AF_XDP", "PACKET"})
    void everyDriver_plainAndTwoSubflows_eitherWay_verified(PortDriver driver) throws Exception {
        LabOptions options =
                LabOptions.named("v6-driver").pathMbit(60, 40).dualStack().ports(driver);
        try (KernelClient client = open(options, LabAddresses.BACKEND_V6)) {
            InetSocketAddress service = LabAddresses.serviceV6();
            client.verified(LoadPlan.duplex(service, BYTES / 5).plainTcp());
            client.verified(LoadPlan.download(service, JOINED_BYTES), 2);
            client.verified(LoadPlan.upload(service, JOINED_BYTES), 2);
            // The peer's CPUs may put two acknowledgements on a device in the other order.
            client.assertAtRest();
            client.assertNoComplaints();
            assertEquals(2, client.moved(KernelClient.JOINS), client.state());
            assertResolved(client.lab.lab.client(), "c1", LabAddresses.BOX_1_V6);
            assertResolved(client.lab.lab.backend(), "s1", LabAddresses.BOX_BACKEND_V6);
            assertTrue(client.payload(2) > JOINED_BYTES / 5, client.state());
        }
    }

    @Test
    void plain_everyPairOfFamilies_verifiedAndNoSegmentIsSplit() throws Exception {
        for (String backend : List.of(LabAddresses.BACKEND_V6, LabAddresses.BACKEND)) {
            try (KernelClient client = open(DIRECT, backend)) {
                for (InetSocketAddress service :
                        List.of(LabAddresses.service(), LabAddresses.serviceV6())) {
                    client.verified(LoadPlan.download(service, BYTES).plainTcp());
                    client.verified(LoadPlan.upload(service, BYTES).plainTcp());
                    client.verified(
                            LoadPlan.duplex(service, BYTES / 4)
                                    .plainTcp()
                                    .halfClose(HalfClose.CLIENT));
                }
                client.assertClean(0);
                client.figures.awaitAllFinished();
                assertEquals(0, client.figures.value(Metric.SEGMENT_SPLITS), "room for options");
            }
        }
    }

    @Test
    void twoSubflows_ipv6Both_bothCarryEitherWay() throws Exception {
        try (KernelClient client = open(SHAPED, LabAddresses.BACKEND_V6)) {
            client.verified(LoadPlan.duplex(LabAddresses.serviceV6(), JOINED_BYTES), 2);
            client.assertClean(1);
            assertTrue(client.payload(1) > JOINED_BYTES / 5, client.state());
            assertTrue(client.payload(2) > JOINED_BYTES / 5, client.state());
            assertEquals(0, octets(client, "IpExt"), "IPv4 carries nothing");
        }
    }

    /**
     * RFC 8684 s3.4.1: an announcement of the other family opens a subflow of that family. With a
     * port it is so long that timestamps are left out of its ACK.
     */
    @ParameterizedTest
    @CsvSource({
        "true, SIGNAL, 0",
        "true, SIGNAL, 5009",
        "true, SINGLE, 0",
        "false, SIGNAL, 0",
        "false, SINGLE, 0"
    })
    void otherFamily_announced_clientJoinsByIt(boolean ipv4First, MptcpMode mode, int port)
            throws Exception {
        String announced = ipv4First ? LabAddresses.BOX_2_V6 : LabAddresses.BOX_2;
        InetSocketAddress service =
                ipv4First
                        ? LabAddresses.mapped(LabAddresses.BOX_1, LabAddresses.SERVICE_PORT)
                        : LabAddresses.serviceV6();
        String backend = ipv4First ? LabAddresses.BACKEND_V6 : LabAddresses.BACKEND;
        MptcpConfig mptcp =
                new MptcpConfig(
                        true,
                        true,
                        false,
                        2,
                        List.of(new AdvertiseConfig(1, "p2", IpAddress.parse(announced), port)),
                        List.of());
        boolean accepts = mode == MptcpMode.SIGNAL;
        try (KernelClient client = open(SHAPED.mptcp(mode), mptcp, backend)) {
            client.verified(LoadPlan.duplex(service, JOINED_BYTES), accepts ? 2 : 1);
            client.assertClean(accepts ? 1 : 0);
            assertEquals(1, client.moved("MPTcpExtAddAddr"), client.state());
            assertEquals(1, client.figures.value(Metric.ADD_ADDR_ECHO_RX), client.state());
            long other = octets(client, ipv4First ? "Ip6" : "IpExt");
            assertTrue(accepts ? other > JOINED_BYTES / 5 : other < 20_000, other + " octets");
        }
    }

    /** As a user runs it, without checks: the worker's thread counts what it allocates. */
    @Test
    void superFrames_overTwoSubflows_nothingAllocatedNothingCopied() throws Exception {
        LabOptions options = LabOptions.named("v6-alloc").packet(LabOffloads.ON, false).dualStack();
        LbConfig config = LabBox.dualConfig(MptcpConfig.defaults(), LabAddresses.BACKEND_V6);
        LoadPlan plan = LoadPlan.duplex(LabAddresses.serviceV6(), 3 * BYTES).connections(4);
        try (BoxLab lab = BoxLab.openUnchecked(options, config, noClasses)) {
            assertTrue(lab.run(plan).verified());
            lab.figures.awaitPublication();
            long allocated = lab.figures.value(Metric.WORKER_ALLOCATED_BYTES);
            assertTrue(lab.run(plan).verified());
            lab.figures.awaitPublication();
            assertEquals(allocated, lab.figures.value(Metric.WORKER_ALLOCATED_BYTES));
            assertEquals(0, lab.figures.value(Metric.PORT_COPIED_PAYLOAD_BYTES));
            assertEquals(0, lab.figures.value(Metric.PAYLOAD_COPIED_BYTES));
            lab.figures.awaitAtRest();
        }
    }

    // ---- helpers

    private static KernelClient open(LabOptions options, String backend) throws Exception {
        return open(options, MptcpConfig.defaults(), backend);
    }

    private static KernelClient open(LabOptions options, MptcpConfig mptcp, String backend)
            throws Exception {
        LbConfig config = LabBox.dualConfig(mptcp, backend);
        return KernelClient.open(options, config, OnAccept.SERVE);
    }

    /** What the client's kernel has received and sent by one family: "IpExt" or "Ip6". */
    private static long octets(KernelClient client, String family) throws IOException {
        return client.moved(family + "InOctets") + client.moved(family + "OutOctets");
    }

    private static void assertResolved(LabNamespace host, String device, String neighbour)
            throws IOException {
        String entry = host.run("ip", "-6", "neighbour", "show", neighbour, "dev", device);
        assertTrue(entry.contains("lladdr"), entry);
        assertFalse(entry.contains("router"), entry);
    }
}
