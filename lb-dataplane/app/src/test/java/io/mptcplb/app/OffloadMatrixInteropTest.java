package io.mptcplb.app;

import static io.mptcplb.app.KernelClient.download;
import static io.mptcplb.app.KernelClient.duplex;
import static io.mptcplb.app.KernelClient.upload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.KernelCounters;
import io.mptcplb.bench.lab.LabOffloads;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.WireKind;
import io.mptcplb.contract.Metric;
import io.mptcplb.wire.DropReason;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The packet port on devices as they are: every state of offloads that a kernel peer may be in, by
 * MTU and by merging at our end, plain TCP and MPTCP on two subflows, both ways. The bytes are
 * verified, and neither end counts a checksum error.
 */
@Tag("interop")
class OffloadMatrixInteropTest {
    private static final long BYTES = 20_000_000;

    /** The client's kernel joins from a work queue: a shorter transfer is over by then. */
    private static final long MULTIPATH_BYTES = 120_000_000;

    private static final String CHECKSUM_ERRORS = "TcpInCsumErrors";

    private static List<Arguments> cells() {
        List<Arguments> cells = new ArrayList<>();
        for (LabOffloads offloads :
                List.of(LabOffloads.ON, LabOffloads.NO_SEGMENTATION, LabOffloads.NO_CHECKSUM)) {
            for (boolean merges : new boolean[] {false, true}) {
                for (int mtuBytes : new int[] {1500, 9000}) {
                    cells.add(Arguments.of(offloads, merges, mtuBytes));
                }
            }
        }
        return cells;
    }

    private static LabOptions options(LabOffloads offloads, boolean merges, int mtuBytes) {
        return LabOptions.named("om").wire(WireKind.DIRECT).mtu(mtuBytes).packet(offloads, merges);
    }

    @ParameterizedTest
    @MethodSource("cells")
    void bulk_plainAndTwoSubflows_bothWays_verifiedWithoutAWrongSum(
            LabOffloads offloads, boolean merges, int mtuBytes) throws Exception {
        try (KernelClient client = KernelClient.open(options(offloads, merges, mtuBytes))) {
            KernelCounters backend = client.lab.lab.backend().counters();
            client.verified(download(BYTES).plainTcp());
            client.verified(upload(BYTES).plainTcp());
            client.verified(duplex(BYTES / 2).plainTcp());
            client.verified(download(MULTIPATH_BYTES), 2);
            client.verified(upload(MULTIPATH_BYTES), 2);
            client.verified(duplex(MULTIPATH_BYTES / 2), 2);
            // The peer's CPUs may put two acknowledgements on a device in the other order.
            client.assertAtRest(DropReason.PAWS);
            client.assertNoComplaints();
            assertEquals(3, client.moved(KernelClient.JOINS), client.state());
            client.figures.awaitAllFinished();
            KernelCounters moved = client.lab.lab.backend().counters().since(backend);
            assertEquals(0, moved.get(CHECKSUM_ERRORS), client.state());
            assertEquals(0, client.figures.value(Metric.DROPS, DropReason.BAD_TCP_CHECKSUM));
            assertEquals(0, client.figures.value(Metric.PORT_RX_ERRORS), client.state());
            assertEquals(0, client.figures.value(Metric.PAYLOAD_COPIED_BYTES));
            assertSuperFrames(client, offloads, merges);
        }
    }

    /** That what the cell is about happened: frames were merged, or their sums verified, or not. */
    private static void assertSuperFrames(
            KernelClient client, LabOffloads offloads, boolean merges) {
        long perFrame =
                client.figures.value(Metric.PORT_RX_BYTES)
                        / client.figures.value(Metric.PORT_RX_FRAMES);
        if (offloads == LabOffloads.ON) {
            assertTrue(perFrame > 2000, "bytes per frame: " + perFrame + client.state());
        }
        long summed = client.figures.value(Metric.PAYLOAD_SUMMED_BYTES);
        boolean verifies = offloads == LabOffloads.NO_CHECKSUM && !merges;
        assertEquals(verifies, summed > MULTIPATH_BYTES, "payload bytes summed: " + summed);
    }

    /** What is lost is lost by super-frames here, forty segments at a time. */
    @RepeatedTest(3)
    void lossyPaths_superFramesAreLost_bothWays_verified() throws Exception {
        LabOptions lossy = LabOptions.named("om-loss").packet(LabOffloads.ON, false);
        try (KernelClient client = KernelClient.open(lossy)) {
            client.lab.lab.path(1).lossPercent(1, 1);
            client.lab.lab.path(2).lossPercent(1, 1);
            client.verified(duplex(BYTES).connections(4));
            client.figures.awaitAtRest();
        }
    }

    @Test
    void queue_asGranted_isPublished() throws Exception {
        try (KernelClient client = KernelClient.open(options(LabOffloads.ON, false, 1500))) {
            client.figures.await(Metric.PORT_RX_MISSED, 0);
            for (int port = 0; port < 3; port++) {
                long bytes = client.figures.at(Metric.PORT_RX_QUEUE_BYTES, port);
                assertTrue(bytes >= 4 << 20, "port " + port + ": " + bytes);
            }
        }
    }
}
