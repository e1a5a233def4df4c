package io.mptcplb.app;

import static io.mptcplb.app.KernelClient.download;
import static io.mptcplb.app.KernelClient.duplex;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.contract.Metric;
import io.mptcplb.wire.DropReason;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What may happen to a device under a running box: transfers go on, and the log says what it was.
 */
@Tag("interop")
class DeviceLossInteropTest {
    private static final LabOptions SHAPED = LabOptions.named("dl-shaped").pathMbit(60, 40);
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int P2 = 1;
    private static final int TIMEOUT_MILLIS_MIN = 200;

    private static void box(KernelClient client, String command) throws Exception {
        client.lab.lab.box().script(command);
    }

    private static void awaitLine(KernelClient client, String pattern) throws Exception {
        client.lab.box.process().awaitLine(pattern, LIMIT);
    }

    @Test
    void secondDevice_vanishesAndReturns_downloadGoesOnAndUsesItAgain() throws Exception {
        try (KernelClient client = KernelClient.open(SHAPED)) {
            var transfer = client.aside(download(30_000_000));
            client.awaitPayload(2, 2_000_000);
            box(client, "ip link set dev p2 netns " + client.lab.lab.wire().name());
            awaitLine(client, "port p2: the device is gone");
            client.awaitPayload(1, client.payload(1) + 3_000_000);
            client.figures.await(Metric.PORT_DEVICE_PRESENT, 0);
            assertEquals(0, client.figures.at(Metric.PORT_LINK_UP, P2));
            long dark = client.payload(2);
            client.lab.lab.wire().script("ip link set dev p2 netns " + client.lab.lab.box().name());
            box(client, "ip link set dev p2 up");
            awaitLine(client, "port p2: there is a device p2 again");
            client.awaitPayload(2, dark + 500_000);
            client.verified(transfer.get(), 2);
            client.assertAtRest(DropReason.TRANSMIT_FAILED);
            client.assertNoComplaints();
            client.figures.awaitAllFinished();
            assertTrue(client.figures.at(Metric.PORT_DEVICE_CHANGES, P2) >= 2);
            assertEquals(2, client.figures.at(Metric.PORT_LINK_CHANGES, P2));
        }
    }

    /** What waits on the path goes again on the other before any timeout could have fired. */
    @Test
    void secondPath_losesCarrier_whatItHeldGoesOnTheOtherAtOnce() throws Exception {
        try (KernelClient client = KernelClient.open(SHAPED)) {
            var transfer = client.aside(download(15_000_000));
            client.awaitPayload(2, 2_000_000);
            long before = client.figures.value(Metric.MPTCP_REINJECTED_BYTES);
            long timeouts = client.figures.at(Metric.PATH_TIMEOUTS, P2);
            client.lab.lab.path(2).carrierDown();
            LabEvents.await(
                    "reinjection",
                    Duration.ofMillis(TIMEOUT_MILLIS_MIN / 2),
                    () -> client.figures.value(Metric.MPTCP_REINJECTED_BYTES) > before);
            assertEquals(timeouts, client.figures.at(Metric.PATH_TIMEOUTS, P2));
            client.verified(transfer.get());
            client.lab.lab.path(2).heal();
            client.assertAtRest(DropReason.TRANSMIT_FAILED);
            client.assertNoComplaints(KernelClient.RESETS);
        }
    }

    /** Segments of 1500 bytes are under way and in queues when no device takes them any more. */
    @Test
    void firstDevice_renamedAndLowered_whatIsQueuedIsCutAnew() throws Exception {
        try (KernelClient client = KernelClient.open(SHAPED)) {
            var transfer = client.aside(duplex(8_000_000));
            client.awaitPayload(1, 1_000_000);
            box(client, "ip link set dev p1 name wan1\nip link set dev wan1 mtu 1300");
            client.lab.lab.client().script("ip link set dev c1 mtu 1300");
            awaitLine(client, "port p1: the device is named wan1 now");
            awaitLine(client, "port p1: the MTU of wan1 is another now: 1300");
            assertEquals(1, client.figures.at(Metric.PORT_DEVICE_PRESENT, 0));
            long lowered = client.payload(1);
            client.awaitPayload(1, lowered + 1_000_000);
            assertEquals(1300, client.figures.at(Metric.PORT_MTU_BYTES, 0));
            client.verified(transfer.get(), 2);
            client.assertAtRest(DropReason.PACKET_TOO_BIG);
            client.assertNoComplaints();
            client.verified(download(2_000_000), 2);
            client.figures.awaitAllFinished();
        }
    }
}
