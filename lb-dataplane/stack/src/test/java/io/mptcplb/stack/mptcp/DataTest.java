package io.mptcplb.stack.mptcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.stack.ip.NetPort;
import io.mptcplb.stack.mptcp.TestPeer.Reply;
import io.mptcplb.stack.tcp.CloseCause;
import io.mptcplb.wire.IpAddresses;
import io.mptcplb.wire.MptcpOptions;
import io.mptcplb.wire.OptionWriter;
import io.mptcplb.wire.ResetReason;
import io.mptcplb.wire.TcpView;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Mappings, acknowledgements, signals and ends of an established connection, byte by byte. */
class DataTest {
    private static final Announcement SECOND_ADDRESS =
            new Announcement(3, 0, IpAddresses.v4(Bench.SERVER[1]), 8443);

    private final Bench bench = new Bench(MptcpPolicy.defaults());
    private final TestPeer first = new TestPeer(bench, 0);
    private final TestPeer second = new TestPeer(bench, 1);

    @BeforeEach
    void open() {
        first.establish();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private static void assertReset(Reply reply, ResetReason reason) {
        assertTrue(reply.is(TcpView.RST));
        assertEquals(reason.code(), reply.mptcp().resetReason);
    }

    // ---- mappings (s3.3.1)

    @Test
    void case21_mappingOverManySegments_coversThoseWithout() {
        first.send(TcpView.ACK, first.map(0, 10), "01234");
        first.send(TcpView.ACK, TestPeer.NO_OPTIONS, "56789");
        assertEquals("0123456789", bench.text());
    }

    @Test
    void identicalMappingRepeated_accepted() {
        int ssn = 1;
        first.send(TcpView.ACK, first.map(0, ssn, 10, 0), "01234");
        first.send(TcpView.ACK, first.map(0, ssn, 10, 0), "56789");
        assertEquals("0123456789", bench.text());
    }

    @Test
    void case39_mappingOnLaterSegment_held() {
        first.send(TcpView.ACK, first.map(0, 3), "abc");
        first.send(TcpView.ACK, TestPeer.NO_OPTIONS, "def");
        assertEquals("abc", bench.text());
        first.send(TcpView.ACK, first.map(3, 4, 6, 0), "ghi");
        assertEquals("abcdefghi", bench.text());
    }

    @Test
    void case62_contradictoryMapping_reset() {
        first.send(TcpView.ACK, first.map(0, 10), "01234");
        first.clear();
        first.send(TcpView.ACK, first.map(100, 1, 10, 0), "56789");
        assertReset(first.next(), ResetReason.MPTCP_ERROR);
        assertEquals("01234", bench.text());
    }

    @Test
    void case10_checksumAgainstAgreement_reset() {
        first.send(TcpView.ACK, first.map(0, 1, 5, OptionWriter.DSS_CHECKSUM), "hello");
        assertReset(first.next(), ResetReason.MPTCP_ERROR);
        assertEquals("", bench.text());
    }

    @Test
    void dsnOf4Octets_expanded_andAnsweredIn4() {
        int dsn = (int) (TestPeer.initialDsn(first.key) + 1);
        first.send(
                TcpView.ACK,
                at -> OptionWriter.dss(at, OptionWriter.DSS_MAPPING, 0, dsn, 1, 5, 0),
                "hello");
        assertEquals("hello", bench.text());
        MptcpOptions ack = first.next().mptcp();
        assertTrue(ack.hasDataAck);
        assertFalse(ack.dataAck8);
    }

    @Test
    void dsnOf8Octets_answeredIn8() {
        first.send(TcpView.ACK, first.map(0, 5), "hello");
        MptcpOptions ack = first.next().mptcp();
        assertTrue(ack.dataAck8);
        assertEquals(TestPeer.initialDsn(first.key) + 6, ack.dataAck);
    }

    @Test
    void case61_sameDataOnTwoSubflows_firstWins() {
        second.join(first);
        first.send(TcpView.ACK, first.map(0, 5), "hello");
        second.send(TcpView.ACK, second.map(0, 5), "HELLO");
        second.send(TcpView.ACK, second.map(5, 5), "world");
        assertEquals("helloworld", bench.text());
    }

    @Test
    void case60_overlapOutOfOrder_otherContent_firstWins() {
        first.sendAt(first.seq + 5, TcpView.ACK, first.map(0, 1, 12, 0), "world");
        first.sendAt(first.seq + 3, TcpView.ACK, first.map(0, 1, 12, 0), "loWORLDab");
        assertEquals("", bench.text());
        first.sendAt(first.seq, TcpView.ACK, first.map(0, 1, 12, 0), "HELlo");
        assertEquals("HELloworld", bench.text());
        first.sendAt(first.seq + 10, TcpView.ACK, first.map(0, 1, 12, 0), "ab");
        assertEquals("HELloworldab", bench.text());
    }

    @Test
    void case61_dataAroundKeptDataOfTheOtherSubflow_firstWins() {
        second.join(first);
        second.send(TcpView.ACK, second.map(5, 5), "world");
        first.send(TcpView.ACK, first.map(3, 9), "loWORLDab");
        assertEquals("", bench.text());
        first.send(TcpView.ACK, first.map(0, 3), "hel");
        assertEquals("helloworld", bench.text());
        second.send(TcpView.ACK, second.map(10, 2), "ab");
        assertEquals("helloworldab", bench.text());
    }

    @Test
    void case61_sameDataAroundKeptData_nothingComesAgain() {
        second.join(first);
        second.send(TcpView.ACK, second.map(5, 5), "world");
        first.send(TcpView.ACK, first.map(3, 9), "loworldab");
        first.send(TcpView.ACK, first.map(0, 3), "hel");
        assertEquals("helloworldab", bench.text());
    }

    @Test
    void dataOutOfOrderOverSubflows_putInOrder() {
        second.join(first);
        second.send(TcpView.ACK, second.map(5, 5), "world");
        assertEquals("", bench.text());
        first.send(TcpView.ACK, first.map(0, 5), "hello");
        assertEquals("helloworld", bench.text());
    }

    // ---- the shared window (s3.3.5)

    /** Linux holds itself to what it told with a DATA_ACK, and drops what lies beyond. */
    @Test
    void firstDataAck_withLessThanTheHandshakesWindow_bindsAllSubflows() {
        second.join(first);
        first.window = 3000;
        first.send(TcpView.ACK, first.dataAck(0), "");
        bench.write(20_000);
        assertEquals(1400, payloadBytes(first) + payloadBytes(second), "half of it");
        first.window = 9000;
        first.send(TcpView.ACK, first.dataAck(0), "");
        assertEquals(2 * 1400, payloadBytes(first) + payloadBytes(second));
    }

    /** Linux adds the window that it last took on an idle subflow to a newer DATA_ACK. */
    @Test
    void dataBeyondTheEdge_byLessThanAWindow_kept() {
        second.join(first);
        first.send(TcpView.ACK, first.map(0, 5), "hello");
        bench.pass(50 * Bench.MILLI);
        long edge = 5 + first.next().window;
        second.send(TcpView.ACK, second.map(edge + 100, 5), "later");
        assertEquals(0, bench.mptcp.counter(MptcpCounter.OUT_OF_DATA_WINDOW));
        second.send(TcpView.ACK, second.map(2 * edge + 100, 5), "never");
        assertEquals(1, bench.mptcp.counter(MptcpCounter.OUT_OF_DATA_WINDOW));
    }

    private static int payloadBytes(TestPeer peer) {
        int bytes = 0;
        while (!peer.quiet()) {
            bytes += peer.next().payload.length;
        }
        return bytes;
    }

    // ---- DATA_FIN (s3.3.3)

    @Test
    void dataFinAlone_ackedAndHalfClosed() {
        first.send(TcpView.ACK, first.map(0, 5), "hello");
        first.clear();
        first.send(TcpView.ACK, first.map(5, 0, 1, OptionWriter.DSS_DATA_FIN), "");
        assertTrue(bench.received.finished());
        assertEquals(TestPeer.initialDsn(first.key) + 7, first.next().mptcp().dataAck);
        bench.write(100);
        assertEquals(100, first.next().payload.length);
    }

    @Test
    void dataFinOnLastData_endsAfterIt() {
        first.send(TcpView.ACK, first.map(0, 1, 6, OptionWriter.DSS_DATA_FIN), "hello");
        assertEquals("hello", bench.text());
        assertTrue(bench.received.finished());
        assertEquals(TestPeer.initialDsn(first.key) + 7, first.next().mptcp().dataAck);
    }

    @Test
    void case67_dataFinBeforeEarlierData_waits() {
        second.join(first);
        second.send(TcpView.ACK, second.map(5, 0, 1, OptionWriter.DSS_DATA_FIN), "");
        assertFalse(bench.received.finished());
        first.send(TcpView.ACK, first.map(0, 5), "hello");
        assertTrue(bench.received.finished());
    }

    @Test
    void ownDataFin_onEverySubflow_repeatedUntilAcked() {
        second.join(first);
        bench.source.finish();
        bench.write(0);
        assertTrue(first.expectOption(MptcpOptions.DSS).mptcp().dataFin);
        assertTrue(second.expectOption(MptcpOptions.DSS).mptcp().dataFin);
        bench.pass(1_200 * Bench.MILLI);
        assertTrue(first.next().mptcp().dataFin);
        assertTrue(second.next().mptcp().dataFin);
        first.send(TcpView.ACK, first.dataAck(1), "");
        first.clear();
        second.clear();
        bench.pass(5_000 * Bench.MILLI);
        assertTrue(first.quiet() && second.quiet());
    }

    @Test
    void bothDataFinsAcked_finOnEverySubflow() {
        second.join(first);
        bench.source.finish();
        bench.write(0);
        first.clear();
        second.clear();
        long own = TestPeer.initialDsn(first.key) + 1;
        long acked = TestPeer.initialDsn(first.serverKey) + 2;
        int flags =
                OptionWriter.DSS_DATA_ACK
                        | OptionWriter.DSS_DATA_ACK_8
                        | OptionWriter.DSS_MAPPING
                        | OptionWriter.DSS_DSN_8
                        | OptionWriter.DSS_DATA_FIN;
        first.send(TcpView.ACK, at -> OptionWriter.dss(at, flags, acked, own, 0, 1, 0), "");
        assertEquals(CloseCause.FINISHED, bench.cause);
        assertTrue(first.next().is(TcpView.FIN));
        assertTrue(second.next().is(TcpView.FIN));
        assertEquals(0, bench.mptcp.tokensInUse());
    }

    @Test
    void case66_subflowFinWithoutDataFin_streamStaysOpen() {
        second.join(first);
        first.send(TcpView.ACK | TcpView.FIN, first.dataAck(0), "");
        assertFalse(bench.received.finished());
        second.send(TcpView.ACK, second.map(0, 5), "hello");
        assertEquals("hello", bench.text());
    }

    /** The only subflow, and then nothing but plain TCP: what ended there ended the stream. */
    @Test
    void case66_subflowFin_thenOptionsCease_streamEnds() {
        first.send(TcpView.ACK, first.map(0, 5), "hello");
        bench.write(100);
        first.ack += 100;
        first.send(TcpView.ACK | TcpView.FIN, TestPeer.NO_OPTIONS, "");
        assertFalse(bench.received.finished());
        bench.pass(Bench.SECOND);
        assertTrue(bench.connection().fellBack());
        assertEquals("hello", bench.text());
        assertTrue(bench.received.finished());
    }

    /** What acknowledges has a signal and no room for DATA_ACK: nobody strips anything. */
    @Test
    void acknowledgedBesideSignal_withoutDataAck_dataAgain_noFallback() {
        first.send(TcpView.ACK, first.map(0, 5), "hello");
        bench.write(100);
        first.ack += 100;
        first.send(TcpView.ACK, at -> OptionWriter.mpPrio(at, false), "");
        first.clear();
        bench.pass(Bench.SECOND);
        assertFalse(bench.connection().fellBack());
        assertEquals(100, first.next().payload.length);
    }

    @Test
    void signalWithoutRoomForDataAck_dataAckFollows() {
        MptcpPolicy policy = new MptcpPolicy(true, false, false, 2, List.of(SECOND_ADDRESS), 0);
        try (Bench other = new Bench(policy)) {
            TestPeer peer = new TestPeer(other, 0).establish();
            other.source.finish();
            other.write(0); // DATA_FIN on every acknowledgement
            peer.clear();
            other.pass(2 * Bench.SECOND);
            Reply told = peer.expectOption(MptcpOptions.ADD_ADDR);
            assertFalse(told.has(MptcpOptions.DSS));
            assertTrue(peer.next().has(MptcpOptions.DSS));
        }
    }

    // ---- acknowledgements and windows (s3.3.2, s3.3.5)

    @Test
    void case54_dataAckBeyondSent_ignored() {
        bench.write(100);
        first.clear();
        first.send(TcpView.ACK, first.dataAck(101), "");
        assertEquals(0, bench.source.headOffset());
        assertEquals(1, bench.mptcp.counter(MptcpCounter.BAD_DATA_ACKS));
        first.send(TcpView.ACK, first.dataAck(100), "");
        assertEquals(100, bench.source.headOffset());
    }

    @Test
    void case52_subflowAckAlone_freesNothing_dataSentAgainOnTheOther() {
        second.join(first);
        bench.write(100);
        Reply data = first.quiet() ? second.next() : first.next();
        boolean onFirst = bench.connection().subflow(0).tcp().sender().outstandingBytes() > 0;
        TestPeer carrier = onFirst ? first : second;
        carrier.ack = data.seq + 100;
        carrier.send(TcpView.ACK, carrier.dataAck(0), "");
        assertEquals(0, bench.source.headOffset());
        first.clear();
        second.clear();
        bench.pass(1_500 * Bench.MILLI);
        Reply again = first.quiet() ? second.next() : first.next();
        assertEquals(100, again.payload.length);
        assertEquals(data.mptcp().dsn, again.mptcp().dsn);
    }

    /** Long before a timeout could tell. */
    @Test
    void link_goesDown_whatWasSentThereGoesOnTheOtherAtOnce() {
        second.join(first);
        bench.write(100);
        boolean onFirst = bench.connection().subflow(0).tcp().sender().outstandingBytes() > 0;
        Reply data = (onFirst ? first : second).next();
        TestPeer other = onFirst ? second : first;
        assertTrue(other.quiet());
        NetPort port = bench.ip.port(onFirst ? 0 : 1);
        port.setLinkUp(false);
        bench.connection().follow(bench.now);
        bench.cycle();
        Reply again = other.next();
        assertEquals(100, again.payload.length);
        assertEquals(data.mptcp().dsn, again.mptcp().dsn);
        bench.write(50);
        assertEquals(50, other.next().payload.length);
        assertTrue((onFirst ? first : second).quiet());
    }

    @Test
    void windowEdge_neverMovesLeft() {
        long edge = 0;
        long next = TestPeer.initialDsn(first.key) + 1;
        for (int i = 0; i < 30; i++) {
            first.send(TcpView.ACK, first.map(5L * i, 5), "hello");
            bench.pass(50 * Bench.MILLI);
            Reply ack = first.next();
            // No window scale was agreed.
            long right = ack.mptcp().dataAck - next + ack.window;
            assertTrue(right >= edge, "edge " + right + " after " + edge);
            edge = right;
        }
    }

    // ---- signals (s3.4, s3.3.8)

    @Test
    void case69_addAddrWithWrongHmac_noEcho() {
        first.send(
                TcpView.ACK,
                at -> OptionWriter.addAddr(at, 5, 0, IpAddresses.v4(0xc0000207), 0, 1),
                "");
        assertTrue(first.quiet());
        assertEquals(1, bench.mptcp.counter(MptcpCounter.ADD_ADDR_BAD_HMAC));
    }

    @Test
    void case30_addAddr_echoed_neverDialled() {
        byte[] message = {5, (byte) 192, 0, 2, 7, 0, 80};
        long hmac = ByteBuffer.wrap(TestPeer.hmac(first.key, first.serverKey, message)).getLong(24);
        first.send(
                TcpView.ACK,
                at -> OptionWriter.addAddr(at, 5, 0, IpAddresses.v4(0xc0000207), 80, hmac),
                "");
        MptcpOptions echo = first.next().mptcp();
        assertTrue(echo.has(MptcpOptions.ADD_ADDR) && echo.addEcho);
        assertEquals(5, echo.addAddressId);
        assertEquals(80, echo.addPort);
        assertEquals(1, bench.connection().subflowCount());
    }

    @Test
    void case24_announcementWithoutEcho_repeatedThrice_withGoodHmac() {
        MptcpPolicy policy = new MptcpPolicy(true, false, false, 2, List.of(SECOND_ADDRESS), 0);
        try (Bench other = new Bench(policy)) {
            TestPeer peer = new TestPeer(other, 0).establish();
            int seen = 0;
            for (int i = 0; i < 60; i++) {
                other.pass(100 * Bench.MILLI);
                while (!peer.quiet()) {
                    MptcpOptions told = peer.next().mptcp();
                    if (told.has(MptcpOptions.ADD_ADDR)) {
                        seen++;
                        byte[] message = {3, (byte) 198, 18, 1, 1, 8443 >> 8, (byte) 8443};
                        byte[] hmac = TestPeer.hmac(peer.serverKey, peer.key, message);
                        assertEquals(ByteBuffer.wrap(hmac).getLong(24), told.addHmac);
                        assertEquals(8443, told.addPort);
                    }
                }
            }
            assertEquals(4, seen);
            assertEquals(1, other.mptcp.counter(MptcpCounter.ADD_ADDR_UNANSWERED));
        }
    }

    @Test
    void announcementEchoedWithoutPort_asAppleDoes_notRepeated() {
        MptcpPolicy policy = new MptcpPolicy(true, false, false, 2, List.of(SECOND_ADDRESS), 0);
        try (Bench other = new Bench(policy)) {
            TestPeer peer = new TestPeer(other, 0).establish();
            MptcpOptions told = peer.expectOption(MptcpOptions.ADD_ADDR).mptcp();
            peer.send(
                    TcpView.ACK,
                    at -> OptionWriter.addAddrEcho(at, 3, told.addAddressHi, told.addAddressLo, 0),
                    "");
            other.pass(5 * Bench.SECOND);
            assertTrue(peer.quiet());
        }
    }

    @Test
    void removeAddr_closesThatSubflow_unknownIdIgnored() {
        second.join(first);
        first.send(TcpView.ACK, at -> OptionWriter.removeAddr(at, 9), "");
        assertEquals(2, bench.connection().subflowCount());
        first.send(TcpView.ACK, at -> OptionWriter.removeAddr(at, 7), "");
        assertEquals(1, bench.connection().subflowCount());
        assertTrue(second.next().is(TcpView.RST));
    }

    @Test
    void prioReceived_dataGoesOverTheOther() {
        second.join(first);
        second.send(TcpView.ACK, at -> OptionWriter.mpPrio(at, true), "");
        bench.write(100);
        assertEquals(100, first.next().payload.length);
        first.send(TcpView.ACK, at -> OptionWriter.mpPrio(at, true), "");
        second.send(TcpView.ACK, at -> OptionWriter.mpPrio(at, false), "");
        bench.write(100);
        assertEquals(100, second.expect(TcpView.PSH).payload.length);
    }

    @Test
    void prioritise_toldByMpPrio() {
        second.join(first);
        bench.connection().prioritise(bench.connection().subflow(1), true, bench.now);
        bench.cycle();
        MptcpOptions told = second.expectOption(MptcpOptions.MP_PRIO).mptcp();
        assertTrue(told.prioBackup);
    }

    @Test
    void withdraw_toldByRemoveAddr() {
        bench.connection().withdraw(3, bench.now);
        bench.cycle();
        MptcpOptions told = first.expectOption(MptcpOptions.REMOVE_ADDR).mptcp();
        assertEquals(1, told.removeCount);
        assertEquals(3, told.removeIds[0]);
    }

    // ---- ends (s3.5, s3.6)

    @Test
    void case68_fastcloseOnAckWithOurKey_allReset() {
        second.join(first);
        first.send(TcpView.ACK, first.fastclose(first.serverKey), "");
        assertEquals(CloseCause.RESET_BY_PEER, bench.cause);
        assertTrue(first.next().is(TcpView.RST));
        assertTrue(second.next().is(TcpView.RST));
        assertEquals(0, bench.mptcp.connectionsOpen());
    }

    @Test
    void case68_fastcloseOnAckWithWrongKey_ignored() {
        first.send(TcpView.ACK, first.fastclose(first.serverKey + 1), "");
        assertNull(bench.cause);
        assertTrue(first.quiet());
        assertEquals(1, bench.mptcp.counter(MptcpCounter.FASTCLOSE_BAD_KEY));
    }

    @Test
    void case68_fastcloseOnReset_allReset() {
        second.join(first);
        first.send(TcpView.RST | TcpView.ACK, first.fastclose(first.serverKey), "");
        assertEquals(CloseCause.RESET_BY_PEER, bench.cause);
        assertTrue(second.next().is(TcpView.RST));
        assertTrue(first.quiet());
    }

    @Test
    void case68_fastcloseOnResetWithWrongKey_thatSubflowOnly() {
        second.join(first);
        first.send(TcpView.RST | TcpView.ACK, first.fastclose(5), "");
        assertNull(bench.cause);
        assertEquals(1, bench.connection().subflowCount());
        assertTrue(second.quiet());
    }

    @Test
    void case63_resetNotExact_challenged() {
        first.sendAt(first.seq + 7, TcpView.RST, TestPeer.NO_OPTIONS, "");
        assertNull(bench.cause);
        assertTrue(first.next().is(TcpView.ACK));
        first.sendAt(first.seq - 100_000, TcpView.RST, TestPeer.NO_OPTIONS, "");
        assertNull(bench.cause);
        assertEquals(1, bench.connection().subflowCount());
    }

    @Test
    void case63_resetOutOfWindow_droppedInSilence() {
        first.clear();
        first.sendAt(first.seq + 10_000_000, TcpView.RST, TestPeer.NO_OPTIONS, "");
        first.sendAt(first.seq - 100_000, TcpView.RST, TestPeer.NO_OPTIONS, "");
        assertTrue(first.quiet());
        assertNull(bench.cause);
        assertEquals(1, bench.connection().subflowCount());
    }

    @Test
    void case63_manyResets_fewChallenges() {
        first.clear();
        for (int i = 0; i < 1000; i++) {
            first.sendAt(first.seq + 7, TcpView.RST, TestPeer.NO_OPTIONS, "");
        }
        assertTrue(first.next().is(TcpView.ACK));
        assertTrue(first.quiet());
    }

    @Test
    void case68_fastcloseOutOfWindow_challenged() {
        first.sendAt(first.seq + 10_000_000, TcpView.ACK, first.fastclose(first.serverKey), "");
        Reply answer = first.next();
        assertTrue(answer.is(TcpView.ACK));
        assertFalse(answer.is(TcpView.RST));
        assertNull(bench.cause);
        assertEquals(0, bench.mptcp.counter(MptcpCounter.FASTCLOSE_RECEIVED));
        first.send(TcpView.ACK, first.map(0, 5), "hello");
        assertEquals("hello", bench.text());
    }

    @Test
    void case68_fastcloseOnResetOutOfWindow_droppedInSilence() {
        first.clear();
        first.sendAt(
                first.seq + 10_000_000,
                TcpView.RST | TcpView.ACK,
                first.fastclose(first.serverKey),
                "");
        assertTrue(first.quiet());
        assertNull(bench.cause);
    }

    @Test
    void abort_ackWithFastcloseThenResetWithFastclose() {
        second.join(first);
        bench.connection().abort(bench.now);
        bench.cycle();
        Reply ack = first.quiet() ? second.next() : first.next();
        assertFalse(ack.is(TcpView.RST));
        assertEquals(first.key, ack.mptcp().fastcloseKey);
        for (TestPeer peer : List.of(first, second)) {
            Reply reset = peer.next();
            assertTrue(reset.is(TcpView.RST));
            assertTrue(reset.has(MptcpOptions.MP_FASTCLOSE | MptcpOptions.MP_TCPRST));
            assertEquals(first.key, reset.mptcp().fastcloseKey);
        }
        assertEquals(CloseCause.ABORTED, bench.cause);
    }
}
