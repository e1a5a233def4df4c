package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.WireKind;
import io.mptcplb.bench.load.LoadServer.OnAccept;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.wire.DropReason;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The kernel's neighbours and the box: who answers to a ping, and with which hardware address. */
@Tag("interop")
class EchoInteropTest {
    private static final LabOptions DIRECT =
            LabOptions.named("at-echo").wire(WireKind.DIRECT).dualStack();
    private static final int ANSWER_MILLIS = 2_000;

    @Test
    void addressesOfTheBox_pinged_answer_othersDoNot() throws Exception {
        LbConfig config = LabBox.dualConfig(MptcpConfig.defaults(), LabAddresses.BACKEND_V6);
        try (BoxLab lab = BoxLab.open(DIRECT, config, OnAccept.SERVE)) {
            for (String ours :
                    List.of(
                            LabAddresses.BOX_1,
                            LabAddresses.BOX_2,
                            LabAddresses.BOX_1_V6,
                            LabAddresses.BOX_2_V6)) {
                assertTrue(answers(lab, ours), lab.figures::all);
            }
            lab.figures.await(Metric.ICMP_ECHO_ANSWERED, 4);
            assertFalse(answers(lab, "192.0.2.77"));
            assertFalse(answers(lab, "2001:db8:1::77"));
            String neighbours = lab.lab.client().run("ip", "neighbour", "show", "dev", "c2");
            assertTrue(neighbours.contains(LabAddresses.BOX_2_MAC), neighbours);
            assertTrue(neighbours.contains(LabAddresses.BOX_2_V6), neighbours);
            lab.figures.awaitAtRest();
            assertRefusedAlone(lab, DropReason.NOT_FOR_US);
        }
    }

    /** Questions for others, and reports of groups (MLD), are what is not for us. */
    private static void assertRefusedAlone(BoxLab lab, DropReason expected) {
        for (DropReason reason : DropReason.values()) {
            if (reason != expected) {
                assertEquals(0, lab.figures.value(Metric.DROPS, reason), lab.figures::all);
            }
        }
    }

    /** One ICMP echo from the client's namespace: root may open the raw socket that this takes. */
    private static boolean answers(BoxLab lab, String address) throws Exception {
        InetAddress box = InetAddress.getByName(address);
        return lab.lab.client().call(() -> box.isReachable(ANSWER_MILLIS));
    }
}
