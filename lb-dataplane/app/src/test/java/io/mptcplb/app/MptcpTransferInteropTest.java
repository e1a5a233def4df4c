package io.mptcplb.app;

import static io.mptcplb.app.KernelClient.download;
import static io.mptcplb.app.KernelClient.duplex;
import static io.mptcplb.app.KernelClient.upload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.MptcpMode;
import io.mptcplb.bench.lab.WireKind;
import io.mptcplb.bench.load.ConnectionResult;
import io.mptcplb.bench.load.HalfClose;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MptcpConfig;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The kernel's MPTCP client on paths without faults. */
@Tag("interop")
class MptcpTransferInteropTest {
    private static final LabOptions ONE =
            LabOptions.named("mi-one").wire(WireKind.DIRECT).mptcp(MptcpMode.SINGLE);
    private static final LabOptions TWO = LabOptions.named("mi-two").wire(WireKind.DIRECT);

    @Test
    void oneSubflow_bulkEitherWayAndBoth_verified() throws Exception {
        try (KernelClient client = KernelClient.open(ONE)) {
            client.verified(download(20_000_000), 1);
            client.verified(upload(20_000_000), 1);
            client.verified(duplex(10_000_000), 1);
            client.assertClean(0);
            client.figures.awaitAllFinished();
            assertEquals(3, client.figures.value(Metric.MPTCP_CONNECTIONS_OPENED));
        }
    }

    @Test
    void twoSubflows_bulkEitherWayAndBoth_bothPathsCarry() throws Exception {
        LabOptions shaped = LabOptions.named("mi-shaped").pathMbit(60, 40);
        try (KernelClient client = KernelClient.open(shaped)) {
            client.verified(download(10_000_000), 2);
            client.verified(upload(10_000_000), 2);
            client.verified(duplex(5_000_000), 2);
            client.assertClean(3);
            client.figures.awaitAllFinished();
            assertEquals(3, client.figures.value(Metric.MPTCP_JOINS_ACCEPTED));
            for (int path = 0; path < 2; path++) {
                long sent = client.figures.at(Metric.PATH_TX_PAYLOAD_BYTES, path);
                long received = client.figures.at(Metric.PATH_RX_PAYLOAD_BYTES, path);
                assertTrue(sent > 1_500_000, "sent on path " + path + ": " + sent);
                assertTrue(received > 1_500_000, "received on path " + path + ": " + received);
            }
        }
    }

    @Test
    void twoSubflows_shownBySs_untilTheEnd() throws Exception {
        LabOptions shaped = LabOptions.named("mi-ss").pathMbit(20, 20);
        try (KernelClient client = KernelClient.open(shaped)) {
            var transfer = client.aside(download(5_000_000));
            client.awaitSubflows(2);
            client.verified(transfer.get());
            client.assertClean(1);
            assertEquals(1, client.figures.at(Metric.PATH_SUBFLOWS_OPENED, 1));
        }
    }

    @Test
    void halfClose_byEitherEnd_otherDirectionGoesOn() throws Exception {
        try (KernelClient client = KernelClient.open(TWO)) {
            client.verified(duplex(5_000_000).halfClose(HalfClose.CLIENT), 2);
            client.verified(duplex(5_000_000).halfClose(HalfClose.SERVER), 2);
            client.assertClean(2);
            client.figures.awaitAllFinished();
        }
    }

    @Test
    void eightConnections_atOnce_allOnTwoSubflows() throws Exception {
        try (KernelClient client = KernelClient.open(TWO)) {
            client.verified(duplex(3_000_000).connections(8), 2);
            client.assertClean(8);
            client.figures.awaitAllFinished();
        }
    }

    /** Some end before their join does, which the client then resets: no protocol error. */
    @Test
    void twoHundredConnections_atOnce_allVerifiedOverMptcp() throws Exception {
        try (KernelClient client = KernelClient.open(TWO)) {
            LoadReport report = client.verified(download(100_000).connections(200));
            assertEquals(200, mptcp(report), client.state());
            client.assertAtRest();
            client.assertNoComplaints(KernelClient.RESETS);
            client.figures.awaitAllFinished();
        }
    }

    @Test
    void stalledReaders_bothEnds_holdBackTheSenderAndLoseNothing() throws Exception {
        try (KernelClient client = KernelClient.open(TWO)) {
            Duration pause = Duration.ofSeconds(2);
            client.verified(download(20_000_000).clientPauses(1_000_000, pause), 2);
            client.verified(upload(20_000_000).backendPauses(1_000_000, pause), 2);
            client.assertClean(2);
        }
    }

    @Test
    void checksumRequired_eitherWay_usedAndNeverWrong() throws Exception {
        MptcpConfig checksums = new MptcpConfig(true, true, true, 2, List.of(), List.of());
        try (KernelClient client = KernelClient.open(TWO, checksums)) {
            for (ConnectionResult result : client.verified(duplex(5_000_000), 2).bulk()) {
                assertTrue(result.mptcp().checksum(), "the A flag was not heard");
            }
            client.assertClean(1);
            assertEquals(0, client.figures.value(Metric.MPTCP_CHECKSUM_ERRORS));
        }
    }

    private static long mptcp(LoadReport report) {
        return report.bulk().stream().filter(result -> result.mptcp().mptcp()).count();
    }
}
