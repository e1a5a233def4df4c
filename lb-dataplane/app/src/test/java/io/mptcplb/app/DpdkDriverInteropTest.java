package io.mptcplb.app;

import static io.mptcplb.app.KernelClient.download;
import static io.mptcplb.app.KernelClient.duplex;
import static io.mptcplb.app.KernelClient.upload;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.PortDriver;
import io.mptcplb.wire.DropReason;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Kernel devices by DPDK's drivers, one line of configuration away from the packet port that all
 * other scenarios run on.
 */
@Tag("interop")
class DpdkDriverInteropTest {
    private static final long BYTES = 5_000_000;

    static List<PortDriver> drivers() {
        return List.of(PortDriver.AF_PACKET, PortDriver.AF_XDP);
    }

    private static KernelClient open(String prefix, PortDriver driver) throws Exception {
        return KernelClient.open(LabOptions.named(prefix).pathMbit(60, 40).ports(driver));
    }

    @ParameterizedTest
    @MethodSource("drivers")
    void bothPaths_everyDirection_verified(PortDriver driver) throws Exception {
        try (KernelClient client = open("dd-bulk", driver)) {
            client.verified(download(BYTES), 2);
            client.verified(upload(BYTES), 2);
            client.verified(duplex(BYTES), 2);
            client.verified(duplex(BYTES).plainTcp());
            client.assertAtRest(DropReason.PAWS);
            client.assertNoComplaints();
            assertEquals(3, client.moved(KernelClient.JOINS));
            client.figures.awaitAllFinished();
        }
    }

    @ParameterizedTest
    @MethodSource("drivers")
    void secondPath_diesAndReturns_transferGoesOnAndUsesItAgain(PortDriver driver)
            throws Exception {
        try (KernelClient client = open("dd-dark", driver)) {
            var transfer = client.aside(download(4 * BYTES));
            client.awaitPayload(2, 2_000_000);
            client.lab.lab.path(2).blackhole();
            client.awaitPayload(1, client.payload(1) + 3_000_000);
            long dark = client.payload(2);
            client.lab.lab.path(2).heal();
            client.awaitPayload(2, dark + 500_000);
            client.verified(transfer.get(), 2);
            client.assertAtRest(DropReason.PAWS);
            client.assertNoComplaints();
            client.figures.awaitAllFinished();
            assertEquals(0, client.figures.value(Metric.PORT_TX_DROPS));
        }
    }
}
