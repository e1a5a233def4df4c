package io.mptcplb.app;

import static io.mptcplb.app.KernelClient.download;
import static io.mptcplb.app.KernelClient.duplex;
import static io.mptcplb.app.KernelClient.upload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.lab.LabOffloads;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.MptcpMode;
import io.mptcplb.bench.lab.WireKind;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.contract.Metric;
import io.mptcplb.wire.DropReason;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The kernel's MPTCP client on two paths that lose, reorder, die and return. */
@Tag("interop")
class MptcpFaultInteropTest {
    private static final LabOptions SHAPED = LabOptions.named("mi-fault").pathMbit(60, 40);

    /**
     * A join whose handshake a loss hits may come to nothing: the client gives it up by RST. By
     * frames of an MTU: of a few hundred super-frames, chance may lose none.
     */
    @Test
    void bothPaths_loseOnePercentEachWay_verified() throws Exception {
        try (KernelClient client = KernelClient.open(SHAPED.offloads(LabOffloads.OFF))) {
            client.lab.lab.path(1).lossPercent(1, 1);
            client.lab.lab.path(2).lossPercent(1, 1);
            client.verified(duplex(8_000_000));
            client.assertAtRest();
            client.assertNoComplaints(KernelClient.RESETS);
            client.figures.awaitAllFinished();
            assertTrue(client.figures.value(Metric.TCP_RETRANSMITTED_SEGMENTS) > 0);
        }
    }

    @Test
    void bothPaths_reorderFivePercentEachWay_verified() throws Exception {
        LabOptions relayed =
                LabOptions.named("mi-order").wire(WireKind.RELAY).pathMbit(60, 40).seed(11);
        try (KernelClient client = KernelClient.open(relayed)) {
            for (int path = 1; path <= 2; path++) {
                client.lab.lab.relay(path).impair(now -> now.reorder(5, 3));
            }
            client.verified(duplex(5_000_000), 2);
            // An acknowledgement that a newer one has overtaken is old (RFC 7323 s5.3).
            client.assertAtRest();
            client.assertNoComplaints();
            assertEquals(1, client.moved(KernelClient.JOINS));
            client.figures.awaitAllFinished();
            // How the two schedulers share the bytes is theirs: only the sums are promised.
            assertTrue(reordered(client, 1, true) + reordered(client, 2, true) > 30);
            assertTrue(reordered(client, 1, false) + reordered(client, 2, false) > 30);
            assertTrue(reordered(client, 1, true) + reordered(client, 1, false) > 10);
            assertTrue(reordered(client, 2, true) + reordered(client, 2, false) > 10);
        }
    }

    private static long reordered(KernelClient client, int path, boolean upwards) {
        return client.lab.lab.relay(path).reorderedFrames(upwards);
    }

    @Test
    void secondPath_diesAndReturns_downloadGoesOnAndUsesItAgain() throws Exception {
        diesAndReturns(2, download(30_000_000));
    }

    @Test
    void firstPath_diesAndReturns_uploadGoesOnAndUsesItAgain() throws Exception {
        diesAndReturns(1, upload(30_000_000));
    }

    private static void diesAndReturns(int path, LoadPlan plan) throws Exception {
        try (KernelClient client = KernelClient.open(SHAPED)) {
            var transfer = client.aside(plan);
            client.awaitPayload(path, 2_000_000);
            client.lab.lab.path(path).blackhole();
            long other = client.payload(3 - path);
            client.awaitPayload(3 - path, other + 4_000_000);
            long dark = client.payload(path);
            client.lab.lab.path(path).heal();
            client.awaitPayload(path, dark + 500_000);
            client.verified(transfer.get(), 2);
            client.assertClean(1);
            client.figures.awaitAllFinished();
        }
    }

    @Test
    void secondAddress_addedLate_joinsAndCarries() throws Exception {
        LabOptions single = SHAPED.mptcp(MptcpMode.SINGLE);
        try (KernelClient client = KernelClient.open(single)) {
            var transfer = client.aside(duplex(10_000_000));
            client.awaitPayload(1, 2_000_000);
            assertEquals(0, client.payload(2));
            client.lab
                    .lab
                    .client()
                    .script(
                            "ip mptcp limits set subflow 1\nip mptcp endpoint add "
                                    + LabAddresses.CLIENT_2
                                    + " dev c2 subflow");
            client.awaitPayload(2, 500_000);
            client.verified(transfer.get(), 2);
            client.assertClean(1);
            client.figures.awaitAllFinished();
        }
    }

    /** A path without carrier, as a phone that leaves its WLAN. */
    @Test
    void secondPath_losesCarrier_transferGoesOn() throws Exception {
        try (KernelClient client = KernelClient.open(SHAPED)) {
            var transfer = client.aside(duplex(8_000_000));
            client.awaitPayload(2, 1_000_000);
            client.lab.lab.path(2).carrierDown();
            client.verified(transfer.get());
            client.lab.lab.path(2).heal();
            client.assertAtRest(DropReason.TRANSMIT_FAILED);
            client.assertNoComplaints(KernelClient.RESETS);
        }
    }

    @Test
    void bothPaths_darkForTwoSeconds_transferGoesOn() throws Exception {
        try (KernelClient client = KernelClient.open(SHAPED)) {
            var transfer = client.aside(duplex(8_000_000));
            client.awaitPayload(2, 1_000_000);
            client.lab.lab.path(1).blackhole();
            client.lab.lab.path(2).blackhole();
            LabEvents.pause(Duration.ofSeconds(2));
            client.lab.lab.path(1).heal();
            client.lab.lab.path(2).heal();
            client.verified(transfer.get());
            client.assertClean(1);
            client.figures.awaitAllFinished();
        }
    }
}
