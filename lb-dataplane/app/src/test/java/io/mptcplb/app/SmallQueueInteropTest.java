package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.LeastRights;
import io.mptcplb.bench.lab.WireKind;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MptcpConfig;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A box without rights but NET_RAW, on a host that grants little memory for frames that wait: eight
 * super-frames fill the queue of a port (ADR 14).
 */
@Tag("interop")
class SmallQueueInteropTest {
    private static final long BYTES = 60_000_000;
    private static final int PORTS = 3;

    /**
     * Twice what is asked, or twice net.core.rmem_max where that is less: kernels until 6.16 grant
     * 416 KiB without NET_ADMIN, whatever is asked.
     */
    private static final long QUEUE_BYTES_MAX = 512 << 10;

    private static final LabOptions DIRECT = LabOptions.named("sq").wire(WireKind.DIRECT);

    private static BoxLab open() throws Exception {
        return BoxLab.open(
                DIRECT,
                LeastRights.smallQueues(LabBox.config(MptcpConfig.defaults())),
                LeastRights::asNobody);
    }

    @Test
    void oneTransfer_bothWays_losesNothingInTheQueue() throws Exception {
        try (BoxLab lab = open()) {
            verified(lab, LoadPlan.download(LabAddresses.service(), BYTES).plainTcp());
            verified(lab, LoadPlan.upload(LabAddresses.service(), BYTES).plainTcp());
            verified(lab, LoadPlan.download(LabAddresses.service(), BYTES));
            verified(lab, LoadPlan.upload(LabAddresses.service(), BYTES));
            awaitStatistics(lab);
            for (int port = 0; port < PORTS; port++) {
                long granted = lab.figures.at(Metric.PORT_RX_QUEUE_BYTES, port);
                assertTrue(granted > 0 && granted <= QUEUE_BYTES_MAX, "granted: " + granted);
            }
            assertEquals(0, missed(lab), lab.figures::all);
            lab.figures.awaitAtRest();
        }
    }

    /** More than the queue can hold together; what is lost is repaired and stays little. */
    @Test
    void sixteenTransfers_atOnce_goOnAndLoseLittle() throws Exception {
        try (BoxLab lab = open()) {
            verified(
                    lab,
                    LoadPlan.duplex(LabAddresses.service(), BYTES / 16).plainTcp().connections(16));
            awaitStatistics(lab);
            long received = lab.figures.value(Metric.PORT_RX_FRAMES);
            assertTrue(missed(lab) * 5 < received, missed(lab) + " of " + received);
            lab.figures.awaitAtRest();
        }
    }

    private static void verified(BoxLab lab, LoadPlan plan) throws Exception {
        LoadReport report = lab.run(plan.withoutSha());
        assertTrue(report.verified(), () -> report.summary() + " " + report.bulk());
    }

    /** The kernel is asked once a second, and has nothing more to tell. */
    private static void awaitStatistics(BoxLab lab) throws Exception {
        LabEvents.pause(Duration.ofMillis(1_100));
        lab.figures.awaitPublication();
    }

    private static long missed(BoxLab lab) {
        long missed = 0;
        for (int port = 0; port < PORTS; port++) {
            missed += lab.figures.at(Metric.PORT_RX_MISSED, port);
        }
        return missed;
    }
}
