package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.FrameEditor;
import io.mptcplb.bench.lab.KernelCounters;
import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.WireKind;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.bench.load.LoadServer.OnAccept;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.PortConfig;
import io.mptcplb.contract.PortDevice;
import io.mptcplb.contract.PortDriver;
import io.mptcplb.dpdk.PortDrop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Both paths end at the box on a VLAN of their own, as trunks of a switch do: relays push the tags,
 * and lose what the box sends without the right one.
 */
@Tag("interop")
class VlanInteropTest {
    private static final long BYTES = 20_000_000;
    private static final int FIRST_VLAN = 100;
    private static final LabOptions RELAYED =
            LabOptions.named("mi-vlan")
                    .wire(WireKind.RELAY)
                    .ports(PortDriver.PACKET)
                    .pathMbit(120, 80);

    private static BoxLab open() throws Exception {
        BoxLab lab = BoxLab.open(RELAYED, config(), OnAccept.SERVE);
        lab.lab.relay(1).vlan(FIRST_VLAN);
        lab.lab.relay(2).vlan(FIRST_VLAN + 1);
        return lab;
    }

    private static LbConfig config() {
        LbConfig lab = LabBox.config(MptcpConfig.defaults());
        List<PortConfig> ports = new ArrayList<>();
        for (int i = 0; i < lab.ports().size(); i++) {
            ports.add(i == 2 ? lab.ports().get(i) : tagged(lab.ports().get(i), FIRST_VLAN + i));
        }
        return lab.withPorts(ports);
    }

    private static PortConfig tagged(PortConfig port, int vlan) {
        PortDevice device = port.device();
        return port.withDevice(
                new PortDevice(
                        PortDriver.PACKET,
                        device.name(),
                        device.mtuBytes(),
                        device.mac(),
                        device.queueFrames(),
                        vlan));
    }

    private static void verified(BoxLab lab, LoadPlan plan) throws Exception {
        LoadReport report = lab.run(plan);
        assertTrue(report.verified(), () -> report.summary() + " " + report.bulk());
    }

    @Test
    void taggedPaths_bothCarryBothWays_everyByteIsRight() throws Exception {
        try (BoxLab lab = open()) {
            KernelCounters before = lab.lab.client().counters();
            verified(lab, LoadPlan.download(LabAddresses.service(), BYTES).plainTcp());
            verified(lab, LoadPlan.upload(LabAddresses.service(), BYTES).plainTcp());
            verified(lab, LoadPlan.duplex(LabAddresses.service(), BYTES));
            for (int path = 0; path < 2; path++) {
                assertTrue(lab.figures.at(Metric.PATH_TX_PAYLOAD_BYTES, path) > 1_000_000);
                assertTrue(lab.figures.at(Metric.PATH_RX_PAYLOAD_BYTES, path) > 1_000_000);
            }
            KernelCounters moved = lab.lab.client().counters().since(before);
            assertEquals(0, moved.get("TcpInCsumErrors"));
            assertEquals(0, lab.figures.value(Metric.PORT_DROPS, PortDrop.RX_OTHER_VLAN));
            lab.figures.awaitAtRest();
        }
    }

    @Test
    void framesOfOthers_areDroppedAndCounted_andTheOtherPathGoesOn() throws Exception {
        try (BoxLab lab = open()) {
            var transfer =
                    lab.aside(
                            LoadPlan.download(LabAddresses.service(), 1)
                                    .time(Duration.ofSeconds(4)));
            awaitSent(lab, 1, 1_000_000);
            lab.lab.relay(2).edit(FrameEditor.NONE, FrameEditor.NONE);
            LabEvents.awaitAtLeast(
                    "frames without a tag",
                    1,
                    () -> lab.figures.value(Metric.PORT_DROPS, PortDrop.RX_OTHER_VLAN));
            awaitSent(lab, 0, 5_000_000);
            LoadReport report = transfer.get();
            assertTrue(report.verified(), report::summary);
        }
    }

    private static void awaitSent(BoxLab lab, int path, long bytes) throws IOException {
        long wanted = lab.figures.at(Metric.PATH_TX_PAYLOAD_BYTES, path) + bytes;
        LabEvents.awaitAtLeast(
                "payload on path " + (path + 1),
                wanted,
                () -> lab.figures.at(Metric.PATH_TX_PAYLOAD_BYTES, path));
    }
}
