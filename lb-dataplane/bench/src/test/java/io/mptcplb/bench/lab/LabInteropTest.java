package io.mptcplb.bench.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.load.ConnectionResult;
import io.mptcplb.bench.load.LoadClient;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.bench.load.LoadServer;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The laboratory itself, with HAProxy on the kernel's MPTCP in the box's place. */
@Tag("interop")
class LabInteropTest {
    private static final Set<Integer> MPTCP_EXPECTED =
            Set.of(
                    TcpFrame.MP_CAPABLE,
                    TcpFrame.MP_JOIN,
                    TcpFrame.DSS,
                    TcpFrame.MP_FASTCLOSE,
                    TcpFrame.MP_TCPRST);
    private static final long BYTES = 20_000_000;

    @Test
    void twoPaths_duplex_bothCarry() throws Exception {
        try (Lab lab = haproxyLab(LabOptions.named("lt-duplex").pathMbit(60, 40))) {
            KernelCounters before = lab.client().counters();
            LoadReport report = run(lab, LoadPlan.duplex(LabAddresses.service(), BYTES).seed(7));
            assertTrue(report.verified(), report.bulk().toString());
            ConnectionResult result = report.bulk().getFirst();
            assertEquals(2, result.mptcp().subflows());
            assertEquals(BYTES, report.bytes(true));
            assertEquals(BYTES, report.bytes(false));
            KernelCounters moved = lab.client().counters().since(before);
            assertEquals(1, moved.get("MPTcpExtMPJoinSynAckRx"));
            assertEquals(0, moved.get("TcpInCsumErrors"));
            for (String device : new String[] {"p1", "p2"}) {
                long rx = lab.box().interfaceCounters(device).rxBytes();
                assertTrue(rx > BYTES / 10, device + " received only " + rx);
            }
            // The sum of both paths is the limit: 100 Mb/s less headers.
            assertTrue(report.goodputMbps(true) < 96, report.summary());
        }
    }

    @Test
    void pathTwo_darkForThreeSeconds_transferGoesOnAndPathReturns() throws Exception {
        try (Lab lab = haproxyLab(LabOptions.named("lt-dark").pathMbit(60, 40))) {
            CompletableFuture<LoadReport> transfer =
                    runAside(
                            lab,
                            LoadPlan.download(LabAddresses.service(), 0)
                                    .time(Duration.ofSeconds(10)));
            LabEvents.awaitAtLeast(
                    "bytes on path 2",
                    4_000_000,
                    () -> lab.client().interfaceCounters("c2").rxBytes());
            lab.path(2).blackhole();
            long darkAt =
                    LabEvents.settled(
                            "bytes on path 2",
                            () -> lab.client().interfaceCounters("c2").rxBytes());
            LabEvents.pause(Duration.ofSeconds(3));
            assertEquals(darkAt, lab.client().interfaceCounters("c2").rxBytes(), "leaks");
            lab.path(2).heal();
            LabEvents.awaitAtLeast(
                    "bytes on path 2",
                    darkAt + 1_000_000,
                    () -> lab.client().interfaceCounters("c2").rxBytes());
            LoadReport report = transfer.get();
            assertTrue(report.verified(), report.bulk().toString());
        }
    }

    @Test
    void relay_reorderedAndRepeatedFrames_contentVerified() throws Exception {
        LabOptions options =
                LabOptions.named("lt-relay").wire(WireKind.RELAY).pathMbit(60, 40).seed(3);
        try (Lab lab = haproxyLab(options)) {
            for (int path = 1; path <= 2; path++) {
                lab.relay(path).impair(now -> now.reorder(5, 3).duplicate(1).delayMillis(5, 1));
            }
            LoadReport report = run(lab, LoadPlan.duplex(LabAddresses.service(), 5_000_000));
            assertTrue(report.verified(), report.bulk().toString());
            assertEquals(2, report.bulk().getFirst().mptcp().subflows());
            assertTrue(lab.relay(1).reorderedFrames(true) > 0);
            assertTrue(lab.relay(2).duplicatedFrames(false) > 0);
        }
    }

    @Test
    void lostFrames_bothWays_contentVerified() throws Exception {
        try (Lab lab = haproxyLab(LabOptions.named("lt-loss").pathMbit(60, 40))) {
            lab.path(1).lossPercent(1, 1);
            lab.path(2).lossPercent(1, 1);
            LoadReport report = run(lab, LoadPlan.duplex(LabAddresses.service(), BYTES));
            assertTrue(report.verified(), report.bulk().toString());
            String rules = lab.wire().run("nft", "list", "ruleset");
            assertFalse(rules.contains("packets 0 "), rules);
        }
    }

    @Test
    void carrier_lostAndBack_bothEndsSeeItAndTheTransferGoesOn() throws Exception {
        try (Lab lab = haproxyLab(LabOptions.named("lt-carrier").pathMbit(60, 40))) {
            CompletableFuture<LoadReport> transfer =
                    runAside(
                            lab,
                            LoadPlan.upload(LabAddresses.service(), 0).time(Duration.ofSeconds(4)));
            LabEvents.awaitAtLeast(
                    "bytes on path 2",
                    1_000_000,
                    () -> lab.client().interfaceCounters("c2").txBytes());
            List<MptcpSocket> sockets = lab.client().mptcpSockets();
            assertEquals(1, sockets.size(), sockets.toString());
            assertEquals("ESTAB", sockets.getFirst().state());
            lab.path(2).carrierDown();
            assertEquals("0", carrier(lab.client(), "c2"));
            assertEquals("0", carrier(lab.box(), "p2"));
            assertEquals("1", carrier(lab.client(), "c1"));
            lab.path(2).heal();
            assertEquals("1", carrier(lab.box(), "p2"));
            LoadReport report = transfer.get();
            assertTrue(report.verified(), report.bulk().toString());
        }
    }

    private static String carrier(LabNamespace host, String device) throws Exception {
        return host.run("cat", "/sys/class/net/" + device + "/carrier").strip();
    }

    @Test
    void lab_nameInUse_isRefusedAndTheFirstLives() throws Exception {
        try (Lab lab = Lab.build(LabOptions.named("lt-twice"))) {
            assertThrows(LabInUseException.class, () -> Lab.build(LabOptions.named("lt-twice")));
            assertEquals("1", carrier(lab.client(), "c1"));
        }
    }

    @Test
    void close_programsStillRunning_leavesNothing() throws Exception {
        Lab lab = haproxyLab(LabOptions.named("lt-close"));
        LabProcess stubborn = lab.client().start("sleep", List.of("sleep", "1000"));
        lab.close();
        assertFalse(stubborn.alive());
        assertFalse(Files.exists(Path.of("/run/netns/lt-close-client")));
    }

    @Test
    void capture_kernelSpeaksMptcp_nothingToComplainAbout() throws Exception {
        try (Lab lab = haproxyLab(LabOptions.named("lt-capture").pathMbit(60, 40))) {
            Capture capture =
                    Capture.start(lab, lab.client(), "both", Capture.WHOLE_FRAMES, "c1", "c2");
            LoadReport report = run(lab, LoadPlan.duplex(LabAddresses.service(), 3_000_000));
            assertTrue(report.verified(), report.bulk().toString());
            TsharkCheck check = TsharkCheck.read(capture.stop(), true, MPTCP_EXPECTED);
            assertEquals(List.of(), check.problems());
            assertTrue(check.frames() > 4000, check.frames() + " frames");
            assertEquals(1, check.count(LabAddresses.CLIENT_2, TcpFrame.MP_JOIN) / 2);
            assertTrue(check.count(LabAddresses.BOX_1, TcpFrame.DSS) > 1000);
        }
    }

    @Test
    void capture_optionsBrokenOnTheWay_areReported() throws Exception {
        LabOptions options = LabOptions.named("lt-broken").wire(WireKind.RELAY);
        try (Lab lab = haproxyLab(options)) {
            TcpFrame tcp = new TcpFrame();
            // A DSS one byte shorter than its flags say.
            FrameEditor shortens =
                    (frame, bytes, number) -> {
                        if (tcp.wrap(frame, bytes) && number >= 20) {
                            tcp.flipInMptcp(TcpFrame.DSS, 1, 1);
                        }
                        return bytes;
                    };
            lab.relay(1).edit(FrameEditor.NONE, shortens);
            Capture capture =
                    Capture.start(lab, lab.client(), "broken", Capture.WHOLE_FRAMES, "c1");
            run(
                    lab,
                    LoadPlan.download(LabAddresses.service(), 2_000_000)
                            .stallLimit(Duration.ofSeconds(2)));
            TsharkCheck check = TsharkCheck.read(capture.stop(), true, MPTCP_EXPECTED);
            assertFalse(
                    check.problems().isEmpty(),
                    () ->
                            check.frames()
                                    + " frames, "
                                    + check.count(LabAddresses.BOX_1, TcpFrame.DSS)
                                    + " DSS of the box");
        }
    }

    @Test
    void strippedSyn_kernelClient_fallsBackAndContentIsVerified() throws Exception {
        try (Lab lab = haproxyLab(LabOptions.named("lt-strip"))) {
            KernelMiddlebox middlebox = new KernelMiddlebox(lab);
            middlebox.stripOutgoing("c1", "--tcp-flags", "SYN,ACK", "SYN");
            LoadReport report = run(lab, LoadPlan.duplex(LabAddresses.service(), 1_000_000));
            assertTrue(report.verified(), report.bulk().toString());
            assertFalse(report.bulk().getFirst().mptcp().mptcp());
            assertTrue(middlebox.hits().getFirst() >= 1);
        }
    }

    @Test
    void payloadChangedOnTheWay_loadTool_noticesWhatTcpDoesNot() throws Exception {
        LabOptions options =
                LabOptions.named("lt-flip").wire(WireKind.RELAY).mptcp(MptcpMode.SINGLE);
        try (Lab lab = haproxyLab(options)) {
            NewDataFlip flips = new NewDataFlip(300);
            lab.relay(1).edit(FrameEditor.NONE, flips);
            LoadReport report =
                    run(lab, LoadPlan.download(LabAddresses.service(), 2_000_000).plainTcp());
            assertTrue(flips.done(), report.summary());
            assertFalse(report.verified(), report.summary());
            assertEquals(1, report.bulk().getFirst().down().corrupt() / 2, report.summary());
        }
    }

    @Test
    void nginx_twoPaths_speaksMptcpWithItsClients() throws Exception {
        try (Lab lab = proxyLab(LabOptions.named("lt-nginx"), KernelProxy.NGINX)) {
            LoadReport report = run(lab, LoadPlan.duplex(LabAddresses.service(), 2_000_000));
            assertTrue(report.verified(), report.bulk().toString());
            assertEquals(2, report.bulk().getFirst().mptcp().subflows());
            assertEquals(0, lab.backend().counters().get("MPTcpExtMPCapableSYNRX"));
        }
    }

    /**
     * Changes one byte that the receiver has not had before: a proxy's last segment of a write may
     * be short, and what changes in a copy that comes late is not read.
     */
    private static final class NewDataFlip implements FrameEditor {
        private final TcpFrame tcp = new TcpFrame();
        private final long from;
        private int next;
        private volatile boolean done;

        NewDataFlip(long from) {
            this.from = from;
        }

        boolean done() {
            return done;
        }

        @Override
        public int edit(MemorySegment frame, int bytes, long number) {
            if (done || !tcp.wrap(frame, bytes)) {
                return bytes;
            }
            boolean isNew = tcp.seq() - next >= 0;
            if (isNew && number >= from && tcp.payloadBytes() > 1000) {
                tcp.flipInPayload(500, 0x10);
                done = true;
            } else if (isNew || tcp.isExactly(TcpFrame.SYN | TcpFrame.ACK)) {
                next = tcp.seq() + tcp.payloadBytes();
            }
            return bytes;
        }
    }

    private static Lab haproxyLab(LabOptions options) throws Exception {
        return proxyLab(options, KernelProxy.HAPROXY);
    }

    private static Lab proxyLab(LabOptions options, KernelProxy proxy) throws Exception {
        Lab lab = Lab.build(options.kernelBox());
        try {
            lab.closing(lab.backend().call(() -> LoadServer.start(LabAddresses.backend())));
            proxy.start(lab, 2);
            return lab;
        } catch (Exception e) {
            lab.close();
            throw e;
        }
    }

    private static LoadReport run(Lab lab, LoadPlan plan) throws Exception {
        return lab.client().call(() -> LoadClient.run(plan));
    }

    private static CompletableFuture<LoadReport> runAside(Lab lab, LoadPlan plan) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return run(lab, plan);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                task -> Thread.ofPlatform().name("transfer").daemon().start(task));
    }
}
