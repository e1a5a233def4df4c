package io.mptcplb.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.load.LoadServer.OnAccept;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Client and backend against each other over loopback, in plain TCP: needs no root. */
class LoadTest {
    private static final InetSocketAddress ANY_PORT =
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);

    private LoadServer server;
    private InetSocketAddress address;

    @BeforeEach
    void start() throws Exception {
        server = LoadServer.start(ANY_PORT);
        address = server.address();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource(HalfClose.class)
    void duplex_closedByEither_verifiedAtBothEnds(HalfClose who) throws Exception {
        LoadReport report =
                LoadClient.run(LoadPlan.duplex(address, 3_000_000).plainTcp().halfClose(who));
        assertTrue(report.verified(), report.bulk().toString());
        Verdict up = report.bulk().getFirst().up();
        assertNotNull(up);
        assertEquals(3_000_000, up.bytes());
        assertEquals(up.senderSha256(), up.sha256());
        assertEquals(3_000_000, report.bytes(false));
    }

    @Test
    void manyConnections_oneByteAtATime_verified() throws Exception {
        LoadReport report =
                LoadClient.run(
                        LoadPlan.duplex(address, 500).plainTcp().connections(20).chunkBytes(1));
        assertTrue(report.verified(), report.bulk().toString());
        assertEquals(20 * 500, report.bytes(true));
    }

    @Test
    void backendResets_isAnErrorWithItsName() throws Exception {
        LoadReport report =
                LoadClient.run(
                        LoadPlan.download(address, 50_000_000).plainTcp().backendResets(5_000_000));
        assertFalse(report.verified());
        assertEquals("recv:ECONNRESET", report.bulk().getFirst().error());
    }

    @Test
    void backendPauses_senderWaits_stallIsNotTheBackendsOwnPause() throws Exception {
        LoadReport report =
                LoadClient.run(
                        LoadPlan.upload(address, 30_000_000)
                                .plainTcp()
                                .backendPauses(1_000_000, Duration.ofMillis(600)));
        assertTrue(report.verified(), report.bulk().toString());
        Verdict up = report.bulk().getFirst().up();
        assertNotNull(up);
        assertTrue(up.nanos() > 600_000_000, up.toString());
        assertTrue(up.stallNanos() < 600_000_000, up.toString());
    }

    /** A backend that stands still until the time is over has received little in time. */
    @Test
    void timed_whatArrivesLate_isNoGoodput() throws Exception {
        LoadReport report =
                LoadClient.run(
                        LoadPlan.upload(address, 0)
                                .time(Duration.ofMillis(200))
                                .plainTcp()
                                .backendPauses(100_000, Duration.ofMillis(600)));
        assertTrue(report.verified(), report.bulk().toString());
        Verdict up = report.bulk().getFirst().up();
        assertNotNull(up);
        assertEquals(200_000_000, up.timeNanos());
        assertTrue(up.bytesInTime() > 0 && up.bytesInTime() < up.bytes(), up.toString());
        assertEquals(up.bytesInTime() * 8e3 / 2e8, report.goodputMbps(true), 1e-6);
    }

    @Test
    void nothingListens_isRefusedByName() throws Exception {
        server.close();
        LoadReport report = LoadClient.run(LoadPlan.download(address, 1).plainTcp());
        assertEquals("connect:ECONNREFUSED", report.bulk().getFirst().error());
    }

    @Test
    void backendNeverAnswers_failsAtTheStallLimit() throws Exception {
        try (LoadServer ignoring = LoadServer.start(ANY_PORT, false, OnAccept.IGNORE, line -> {})) {
            LoadReport report =
                    LoadClient.run(
                            LoadPlan.download(ignoring.address(), 1)
                                    .plainTcp()
                                    .stallLimit(Duration.ofMillis(300)));
            assertEquals("recv:ETIMEDOUT", report.bulk().getFirst().error());
        }
    }

    @Test
    void exchanges_andShortConnections_areCountedAndVerified() throws Exception {
        LoadReport rr =
                LoadClient.run(
                        LoadPlan.requestResponse(address, Duration.ofMillis(300))
                                .plainTcp()
                                .connections(3));
        assertTrue(rr.verified(), rr.summary());
        assertEquals(3, rr.connections());
        LoadReport cps =
                LoadClient.run(
                        LoadPlan.connectionRate(address, Duration.ofMillis(300))
                                .plainTcp()
                                .connections(3));
        assertTrue(cps.verified(), cps.summary());
        assertEquals(cps.connections(), cps.exchanges().count());
    }

    @Test
    void exchanges_toldToEnd_endBeforeTheirTime() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        LoadReport report =
                LoadClient.run(
                        LoadPlan.requestResponse(address, Duration.ofHours(1))
                                .plainTcp()
                                .until(() -> looks.incrementAndGet() > 50));
        assertTrue(report.verified(), report.summary());
        assertEquals(50, report.exchanges().count());
    }

    @Test
    void percentiles_ofKnownValues_areExact() {
        Latencies latencies = new Latencies();
        for (int i = 2000; i >= 1; i--) {
            latencies.add(i);
        }
        assertEquals(1000, latencies.percentileNanos(50));
        assertEquals(1980, latencies.percentileNanos(99));
        assertEquals(2000, latencies.percentileNanos(100));
        assertEquals(1, latencies.percentileNanos(0));
    }
}
