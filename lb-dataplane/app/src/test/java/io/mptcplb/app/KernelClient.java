package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.KernelCounters;
import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.lab.LabException;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.MptcpSocket;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.bench.load.LoadServer.OnAccept;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.PortDriver;
import io.mptcplb.proxy.SessionEnd;
import io.mptcplb.wire.DropReason;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** The Linux kernel's MPTCP client in front of our box, and what both must say afterwards. */
final class KernelClient implements AutoCloseable {
    static final String JOINS = "MPTcpExtMPJoinSynAckRx";
    static final String RESETS = "MPTcpExtMPRstTx";

    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** What the client's kernel counts when we send something it cannot accept. */
    private static final List<String> COMPLAINTS =
            List.of(
                    "TcpInCsumErrors",
                    "MPTcpExtDataCsumErr",
                    "MPTcpExtDSSCorruptionFallback",
                    "MPTcpExtDSSCorruptionReset",
                    "MPTcpExtMPCapableFallbackACK",
                    "MPTcpExtMPFailTx",
                    RESETS);

    /** What happens on good networks, too: retransmissions, and segments that crossed an end. */
    private static final Set<DropReason> HARMLESS =
            EnumSet.of(
                    DropReason.NONE,
                    DropReason.DUPLICATE,
                    DropReason.OUT_OF_WINDOW,
                    DropReason.NO_FLOW,
                    DropReason.AFTER_CLOSE,
                    DropReason.HANDSHAKE_PENDING,
                    // Frames of two CPUs overtake each other, acknowledgements with older
                    // timestamps, too.
                    DropReason.PAWS);

    final BoxLab lab;
    final BoxFigures figures;
    private final KernelCounters before;

    private KernelClient(BoxLab lab) throws IOException {
        this.lab = lab;
        figures = lab.figures;
        before = lab.lab.client().counters();
    }

    static KernelClient open(LabOptions options) throws Exception {
        return open(options, MptcpConfig.defaults());
    }

    static KernelClient open(LabOptions options, MptcpConfig mptcp) throws Exception {
        return open(options, LabBox.config(mptcp), OnAccept.SERVE);
    }

    static KernelClient open(LabOptions options, LbConfig config, OnAccept onAccept)
            throws Exception {
        BoxLab lab = BoxLab.open(options, config, onAccept);
        if (onAccept == OnAccept.SERVE) {
            // The backend's hardware address becomes known: no scenario is about that second.
            lab.run(download(1000).plainTcp());
        }
        return new KernelClient(lab);
    }

    static LoadPlan download(long bytes) {
        return LoadPlan.download(LabAddresses.service(), bytes);
    }

    static LoadPlan upload(long bytes) {
        return LoadPlan.upload(LabAddresses.service(), bytes);
    }

    static LoadPlan duplex(long bytes) {
        return LoadPlan.duplex(LabAddresses.service(), bytes);
    }

    /** Runs a plan whose every connection must end well, with every byte right. */
    LoadReport verified(LoadPlan plan) throws Exception {
        return verified(lab.run(plan));
    }

    /** Every connection ended well, and every byte was right. */
    LoadReport verified(LoadReport report) throws IOException {
        assertTrue(report.verified(), () -> report.summary() + " " + report.bulk() + state());
        return report;
    }

    /** The same for a plan whose every connection must have used so many subflows. */
    LoadReport verified(LoadPlan plan, int subflows) throws Exception {
        return verified(lab.run(plan), subflows);
    }

    LoadReport verified(LoadReport report, int subflows) throws IOException {
        verified(report);
        report.bulk()
                .forEach(result ->
                        assertEquals(subflows, result.mptcp().subflows(), result + state()));
        return report;
    }

    /** Starts a plan; the scenario goes on beside it. */
    CompletableFuture<LoadReport> aside(LoadPlan plan) {
        return lab.aside(plan);
    }

    /** Waits until the box has sent and received at least so much payload over a port. */
    void awaitPayload(int path, long bytes) throws IOException {
        LabEvents.awaitAtLeast("payload on path " + path, bytes, () -> payload(path));
    }

    /** Payload that the box has sent and received over path 1 or 2 so far. */
    long payload(int path) {
        return figures.at(Metric.PATH_TX_PAYLOAD_BYTES, path - 1)
                + figures.at(Metric.PATH_RX_PAYLOAD_BYTES, path - 1);
    }

    /** How far one of the client's counters has moved. */
    long moved(String counter) throws IOException {
        return lab.lab.client().counters().since(before).get(counter);
    }

    /** Waits until one session has ended in this way. */
    void awaitEnd(SessionEnd end) throws IOException {
        try {
            figures.await(Metric.SESSIONS_CLOSED, end, 1);
        } catch (LabException e) {
            throw new LabException(e.getMessage() + state());
        }
    }

    /** Waits until {@code ss -M} shows a connection of so many subflows. */
    void awaitSubflows(int subflows) throws IOException {
        LabEvents.await(
                subflows + " subflows",
                LIMIT,
                () ->
                        lab.lab.client().mptcpSockets().stream()
                                .anyMatch(socket -> subflows(socket) == subflows));
    }

    /** Old ss shows how many there are beside the first. */
    private static long subflows(MptcpSocket socket) {
        long total = socket.number("subflows_total");
        return total > 0 ? total : 1 + socket.number("subflows");
    }

    /**
     * The client has nothing to complain about, and the box holds nothing any more.
     *
     * @param joins that the client has made
     * @param excused complaints that belong to the scenario
     */
    void assertClean(long joins, String... excused) throws IOException {
        assertAtRest();
        assertEquals(joins, moved(JOINS), () -> "joins" + state());
        assertNoComplaints(excused);
    }

    /** None of the counters that say that a peer broke the protocol has moved. */
    void assertNoComplaints(String... excused) throws IOException {
        Map<String, Long> complaints = new TreeMap<>();
        for (String counter : COMPLAINTS) {
            long count = moved(counter);
            if (count != 0 && !List.of(excused).contains(counter)) {
                complaints.put(counter, count);
            }
        }
        assertEquals(Map.of(), complaints, this::state);
    }

    /** No session, buffer or token is left; nothing was copied, or refused without a cause. */
    void assertAtRest(DropReason... expected) throws IOException {
        figures.awaitAtRest();
        figures.await(Metric.MPTCP_CONNECTIONS, 0);
        figures.await(Metric.MPTCP_TOKENS, 0);
        figures.await(Metric.PATH_SUBFLOWS, 0);
        if (lab.lab.options().driver() != PortDriver.AF_XDP) {
            // Its rings take frames in one piece.
            assertEquals(0, figures.value(Metric.PORT_COPIED_PAYLOAD_BYTES));
        }
        boolean groups = lab.lab.options().ipv6();
        for (DropReason reason : DropReason.values()) {
            if (groups && reason == DropReason.NOT_FOR_US) {
                continue; // reports of groups (MLD): every kernel makes them on every link
            }
            if (!HARMLESS.contains(reason) && !List.of(expected).contains(reason)) {
                assertEquals(0, figures.value(Metric.DROPS, reason), () -> reason + state());
            }
        }
    }

    /** All that moved, for messages of failed tests. */
    String state() {
        try {
            Map<String, Long> counters = new TreeMap<>();
            lab.lab
                    .client()
                    .counters()
                    .since(before)
                    .values()
                    .forEach((name, value) -> {
                        if (name.startsWith("MPTcp") || name.contains("Retrans")) {
                            counters.put(name, value);
                        }
                    });
            return "\nclient " + counters + "\nbox " + figures.all();
        } catch (IOException e) {
            return "\n" + e;
        }
    }

    @Override
    public void close() {
        lab.close();
    }
}
