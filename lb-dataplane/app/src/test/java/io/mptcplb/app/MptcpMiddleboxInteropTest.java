package io.mptcplb.app;

import static io.mptcplb.app.KernelClient.duplex;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.KernelMiddlebox;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.contract.Metric;
import io.mptcplb.stack.mptcp.FallbackCause;
import io.mptcplb.wire.DropReason;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Options stripped and addresses translated between the kernel's MPTCP client and the box. */
@Tag("interop")
class MptcpMiddleboxInteropTest {
    private static final int ATTEMPTS = 3;
    private static final LabOptions SHAPED = LabOptions.named("mi-mb").pathMbit(60, 40);
    private static final long BYTES = 2_000_000;

    /** The client falls back as soon as the SYN/ACK has no MP_CAPABLE. */
    private static final String CLIENT_FALLBACK = "MPTcpExtMPCapableFallbackSYNACK";

    /** IPv4 and TCP headers of 20 bytes each, timestamps of 12, then an MP_CAPABLE of 20. */
    private static final String THIRD_ACK = "52>>16=0x1e14";

    @Test
    void capable_strippedFromSyn_plainAndNoKeyMade() throws Exception {
        try (KernelClient client = KernelClient.open(SHAPED)) {
            KernelMiddlebox middlebox = new KernelMiddlebox(client.lab.lab);
            middlebox.stripOutgoing("c1", "--tcp-flags", "SYN,ACK", "SYN");
            assertPlain(client);
            client.assertClean(0);
            assertEquals(0, client.figures.value(Metric.MP_CAPABLE_RX));
            assertEquals(0, client.figures.value(Metric.MPTCP_FALLBACKS));
            assertEquals(1, client.moved(CLIENT_FALLBACK), client.state());
        }
    }

    @Test
    void capable_strippedFromSynAck_bareThirdAckIsPlain() throws Exception {
        try (KernelClient client = KernelClient.open(SHAPED)) {
            new KernelMiddlebox(client.lab.lab)
                    .stripIncoming("c1", "--tcp-flags", "SYN,ACK", "SYN,ACK");
            assertPlain(client);
            client.assertClean(0);
            assertFallback(client, FallbackCause.THIRD_ACK_WITHOUT_CAPABLE);
            assertEquals(1, client.moved(CLIENT_FALLBACK), client.state());
        }
    }

    /** The client learns of it from our acknowledgements without DATA_ACK. */
    @Test
    void capable_strippedFromThirdAck_plain() throws Exception {
        try (KernelClient client = KernelClient.open(SHAPED)) {
            KernelMiddlebox middlebox = new KernelMiddlebox(client.lab.lab);
            middlebox.stripOutgoing("c1", "-m", "u32", "--u32", THIRD_ACK);
            assertPlain(client);
            client.assertClean(0);
            assertTrue(middlebox.hits().getFirst() > 0, "no third ACK was met");
            assertFallback(client, FallbackCause.THIRD_ACK_WITHOUT_CAPABLE);
        }
    }

    @Test
    void mapping_strippedFromFirstDataOn_plain() throws Exception {
        try (KernelClient client = KernelClient.open(SHAPED)) {
            KernelMiddlebox middlebox = new KernelMiddlebox(client.lab.lab);
            middlebox.stripOutgoing("c1", "-m", "length", "--length", "100:");
            assertPlain(client);
            client.assertClean(0);
            assertFallback(client, FallbackCause.FIRST_DATA_UNMAPPED);
        }
    }

    @Test
    void everyOption_strippedTowardsTheClient_plain() throws Exception {
        try (KernelClient client = KernelClient.open(SHAPED)) {
            new KernelMiddlebox(client.lab.lab).stripIncoming("c1", "--tcp-flags", "SYN", "NONE");
            assertPlain(client);
            // The client has fallen back, and says so by its first segment without a mapping.
            client.assertAtRest(DropReason.MISSING_MAPPING);
            client.assertNoComplaints();
            assertEquals(1, client.figures.value(Metric.MPTCP_FALLBACKS), client.state());
            assertEquals(1, client.moved("MPTcpExtMPCapableDataFallback"), client.state());
        }
    }

    @Test
    void mapping_strippedOnJoinedSubflow_thatOneIsResetAndNothingIsLost() throws Exception {
        boolean told = false;
        for (int attempt = 0; attempt < ATTEMPTS && !told; attempt++) {
            told = stripJoinedSubflow();
        }
        assertTrue(told, "the client was never told by MP_TCPRST");
    }

    /**
     * Whether the client was told why. It challenges a reset that comes before data which the
     * path's queue has dropped (RFC 5961 s3.2), and the answer to that knows of no subflow.
     */
    private static boolean stripJoinedSubflow() throws Exception {
        try (KernelClient client = KernelClient.open(SHAPED)) {
            var transfer = client.aside(duplex(25_000_000));
            client.awaitPayload(2, 500_000);
            new KernelMiddlebox(client.lab.lab).stripOutgoing("c2");
            client.verified(transfer.get());
            client.assertAtRest(DropReason.MISSING_MAPPING);
            client.assertNoComplaints(KernelClient.RESETS);
            assertEquals(1, client.moved(KernelClient.JOINS));
            assertEquals(0, client.figures.value(Metric.MPTCP_FALLBACKS), client.state());
            return client.moved("MPTcpExtMPRstRx") >= 1;
        }
    }

    /** The box sees a connection of its own, opens no backend for it, and the client resets it. */
    @Test
    void join_strippedFromSyn_noBackendOpenedAndTransferUnharmed() throws Exception {
        try (KernelClient client = KernelClient.open(SHAPED)) {
            long accepted = client.lab.server.accepted();
            new KernelMiddlebox(client.lab.lab)
                    .stripOutgoing("c2", "--tcp-flags", "SYN,ACK", "SYN");
            client.verified(duplex(BYTES), 1);
            client.assertAtRest();
            client.assertNoComplaints(KernelClient.RESETS);
            assertEquals(0, client.moved(KernelClient.JOINS), client.state());
            assertEquals(0, client.figures.value(Metric.MPTCP_JOINS_RX), client.state());
            assertEquals(accepted + 1, client.lab.server.accepted(), "backend connections");
        }
    }

    /** Token and HMAC make the join, not the address; REMOVE_ADDR works by id all the same. */
    @Test
    void joinPath_translated_joinsAndIsRemovedById() throws Exception {
        try (KernelClient client = KernelClient.open(SHAPED)) {
            client.lab
                    .lab
                    .client()
                    .script(
                            "ip address add 198.51.100.77/24 dev c2\n"
                                    + "iptables -t nat -A POSTROUTING -o c2 -p tcp"
                                    + " -j SNAT --to-source 198.51.100.77");
            var transfer = client.aside(duplex(8_000_000));
            client.awaitPayload(2, 1_000_000);
            client.lab.lab.client().script("ip mptcp endpoint delete id 1");
            client.figures.await(Metric.REMOVE_ADDR_RX, 1);
            client.verified(transfer.get());
            client.assertAtRest();
            client.assertNoComplaints(KernelClient.RESETS);
            assertEquals(1, client.moved(KernelClient.JOINS));
        }
    }

    private static void assertPlain(KernelClient client) throws Exception {
        LoadReport report = client.verified(duplex(BYTES));
        assertFalse(report.bulk().getFirst().mptcp().mptcp(), client::state);
    }

    private static void assertFallback(KernelClient client, FallbackCause cause)
            throws IOException {
        assertEquals(1, client.figures.value(Metric.MPTCP_FALLBACKS), client.state());
        assertEquals(1, client.figures.value(Metric.MPTCP_FALLBACKS, cause), client.state());
    }
}
