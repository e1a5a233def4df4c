package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.WireKind;
import java.net.InetAddress;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The kernel's neighbours and the box: who answers to a ping, and with which hardware address. */
@Tag("interop")
class EchoInteropTest {
    private static final LabOptions DIRECT = LabOptions.named("at-echo").wire(WireKind.DIRECT);
    private static final int ANSWER_MILLIS = 2_000;

    @Test
    void addressesOfTheBox_pinged_answer_othersDoNot() throws Exception {
        try (BoxLab lab = BoxLab.open(DIRECT)) {
            assertTrue(answers(lab, LabAddresses.BOX_1), lab.figures::all);
            assertTrue(answers(lab, LabAddresses.BOX_2), lab.figures::all);
            assertFalse(answers(lab, "192.0.2.77"));
            String neighbours = lab.lab.client().run("ip", "neighbour", "show", "dev", "c2");
            assertTrue(neighbours.contains(LabAddresses.BOX_2_MAC), neighbours);
            lab.figures.awaitAtRest();
            assertFalse(lab.figures.all().contains("DROPS["), lab.figures::all);
        }
    }

    /** One ICMP echo from the client's namespace: root may open the raw socket that this takes. */
    private static boolean answers(BoxLab lab, String address) throws Exception {
        InetAddress box = InetAddress.getByName(address);
        return lab.lab.client().call(() -> box.isReachable(ANSWER_MILLIS));
    }
}
