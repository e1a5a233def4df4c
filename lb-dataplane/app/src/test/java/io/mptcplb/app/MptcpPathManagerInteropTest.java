package io.mptcplb.app;

import static io.mptcplb.app.KernelClient.download;
import static io.mptcplb.app.KernelClient.duplex;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.MptcpMode;
import io.mptcplb.contract.AdvertiseConfig;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.stack.mptcp.MptcpCounter;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.ResetReason;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Addresses and priorities that the kernel's path manager and the box tell each other. */
@Tag("interop")
class MptcpPathManagerInteropTest {
    private static final LabOptions SHAPED = LabOptions.named("mi-pm").pathMbit(60, 40);
    private static final List<AdvertiseConfig> SECOND =
            List.of(new AdvertiseConfig(1, "p2", IpAddress.parse(LabAddresses.BOX_2), 0));

    /** C flag: a client that accepts no announcements still joins there, and only there. */
    @Test
    void initialAddressDenied_stockClient_joinsTheAnnouncedAddress() throws Exception {
        MptcpConfig denying = new MptcpConfig(true, false, false, 2, SECOND, List.of());
        try (KernelClient client = KernelClient.open(SHAPED, denying)) {
            client.verified(duplex(5_000_000), 2);
            client.assertClean(1);
            assertEquals(1, client.moved("MPTcpExtAddAddr"), client.state());
            assertEquals(1, client.moved("MPTcpExtEchoAddTx"), client.state());
            assertEquals(1, client.figures.value(Metric.ADD_ADDR_ECHO_RX), client.state());
            assertTrue(client.payload(2) > 500_000, client.state());
        }
    }

    @Test
    void endpointDeleted_inTheMiddle_subflowClosesAndTransferGoesOn() throws Exception {
        try (KernelClient client = KernelClient.open(SHAPED)) {
            var transfer = client.aside(duplex(8_000_000));
            client.awaitPayload(2, 1_000_000);
            client.lab.lab.client().script("ip mptcp endpoint delete id 1");
            LabEvents.await(
                    "the box closes the subflow",
                    Duration.ofSeconds(10),
                    () -> client.figures.at(Metric.PATH_SUBFLOWS, 1) == 0);
            client.verified(transfer.get());
            client.assertAtRest();
            client.assertNoComplaints(KernelClient.RESETS);
            assertEquals(1, client.figures.value(Metric.REMOVE_ADDR_RX), client.state());
            assertEquals(1, client.moved("MPTcpExtRmAddrTx"), client.state());
        }
    }

    @Test
    void priority_changedBothWays_boxAvoidsThePathAndComesBack() throws Exception {
        try (KernelClient client = KernelClient.open(SHAPED)) {
            var transfer = client.aside(download(40_000_000));
            client.awaitPayload(2, 1_000_000);
            client.lab.lab.client().script("ip mptcp endpoint change id 1 backup");
            client.figures.await(Metric.MP_PRIO_RX, 1);
            long idle = LabEvents.settled("payload on path 2", () -> client.payload(2));
            long busy = client.payload(1);
            client.awaitPayload(1, busy + 2_000_000);
            assertEquals(idle, client.payload(2), "the backup path carries");
            client.lab.lab.client().script("ip mptcp endpoint change id 1 nobackup");
            client.figures.await(Metric.MP_PRIO_RX, 2);
            client.awaitPayload(2, idle + 1_000_000);
            client.verified(transfer.get(), 2);
            client.assertClean(1);
        }
    }

    @Test
    void backupSubflow_idle_untilTheMainPathDies() throws Exception {
        try (KernelClient client = KernelClient.open(SHAPED.mptcp(MptcpMode.BACKUP))) {
            var transfer = client.aside(download(15_000_000));
            client.awaitSubflows(2);
            client.awaitPayload(1, 4_000_000);
            assertEquals(0, client.payload(2), "the backup path carries");
            client.lab.lab.path(1).blackhole();
            client.awaitPayload(2, 1_000_000);
            client.verified(transfer.get(), 2);
            client.lab.lab.path(1).heal();
            client.assertClean(1);
        }
    }

    /** The SYN itself is refused: the client's kernel never sees a SYN/ACK of the join. */
    @Test
    void noFurtherSubflows_joinRefusedAsProhibited_transferUnharmed() throws Exception {
        MptcpConfig single = new MptcpConfig(true, true, false, 0, List.of(), List.of());
        try (KernelClient client = KernelClient.open(SHAPED, single)) {
            client.verified(duplex(3_000_000), 1);
            client.assertAtRest(DropReason.SUBFLOW_LIMIT, DropReason.JOIN_NOT_ALLOWED);
            client.assertNoComplaints();
            assertEquals(0, client.figures.value(Metric.MPTCP_JOINS_ACCEPTED), client.state());
            assertEquals(
                    1,
                    client.figures.value(Metric.MPTCP_JOINS_REFUSED, MptcpCounter.JOIN_OVER_LIMIT),
                    client.state());
            assertEquals(1, client.figures.value(Metric.MP_TCPRST_TX, ResetReason.PROHIBITED));
            assertEquals(0, client.moved(KernelClient.JOINS), client.state());
        }
    }
}
