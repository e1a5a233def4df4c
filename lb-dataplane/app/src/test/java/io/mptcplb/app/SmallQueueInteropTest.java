package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.WireKind;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.PortConfig;
import io.mptcplb.contract.PortDevice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A box without rights but NET_RAW, on a host that grants little memory for frames that wait: eight
 * super-frames fill the queue of a port.
 */
@Tag("interop")
class SmallQueueInteropTest {
    private static final long BYTES = 100_000_000;

    @Test
    void smallQueue_nobodyWithNetRaw_bulkBothWaysLosesNothing() throws Exception {
        LabOptions direct = LabOptions.named("sq-one").wire(WireKind.DIRECT);
        try (BoxLab lab = BoxLab.open(direct, config(), SmallQueueInteropTest::asNobody)) {
            for (int connections : new int[] {1, 8, 64}) {
                for (boolean tcp : new boolean[] {true, false}) {
                    measure(
                            lab,
                            "down",
                            LoadPlan.download(LabAddresses.service(), BYTES / connections),
                            connections,
                            tcp);
                    measure(
                            lab,
                            "up",
                            LoadPlan.upload(LabAddresses.service(), BYTES / connections),
                            connections,
                            tcp);
                }
            }
        }
    }

    private static void measure(
            BoxLab lab, String what, LoadPlan plan, int connections, boolean tcp) throws Exception {
        plan = plan.connections(connections).withoutSha();
        if (tcp) {
            plan = plan.plainTcp();
        }
        long missed = missed(lab);
        long start = System.nanoTime();
        LoadReport report = lab.run(plan);
        System.out.printf(
                "%s %d %s: %s, %d ms, missed %d, queue %d%n",
                what,
                connections,
                tcp ? "tcp" : "mptcp",
                report.verified(),
                (System.nanoTime() - start) / 1000000,
                missed(lab) - missed,
                lab.figures.at(Metric.PORT_RX_QUEUE_BYTES, 0));
        assertTrue(report.verified(), report::summary);
    }

    private static long missed(BoxLab lab) throws Exception {
        java.util.concurrent.locks.LockSupport.parkNanos(1_100_000_000L);
        lab.figures.awaitPublication();
        return lab.figures.at(Metric.PORT_RX_MISSED, 0)
                + lab.figures.at(Metric.PORT_RX_MISSED, 1)
                + lab.figures.at(Metric.PORT_RX_MISSED, 2);
    }

    private static LbConfig config() {
        LbConfig lab = LabBox.config(MptcpConfig.defaults());
        return new LbConfig(
                lab.generation(),
                lab.workers(),
                lab.buffers(),
                lab.sizes(),
                lab.ports().stream().map(SmallQueueInteropTest::withSmallQueue).toList(),
                lab.virtualServers(),
                lab.pools());
    }

    private static PortConfig withSmallQueue(PortConfig port) {
        PortDevice device = port.device();
        return new PortConfig(
                port.name(),
                new PortDevice(
                        device.driver(),
                        device.name(),
                        device.mtuBytes(),
                        device.mac(),
                        PortDevice.QUEUE_FRAMES_MIN),
                port.role(),
                port.cost(),
                port.addresses(),
                port.routes());
    }

    /** What a pod has that asks for NET_RAW and nothing else. */
    private static List<String> asNobody(List<String> command) {
        Path state = Path.of(command.get(command.indexOf("--state") + 1));
        try {
            Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwxrwxrwx"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "setpriv",
                                "--reuid=65534",
                                "--regid=65534",
                                "--clear-groups",
                                "--no-new-privs",
                                "--inh-caps=+net_raw",
                                "--ambient-caps=+net_raw"));
        words.addAll(command);
        return words;
    }
}
