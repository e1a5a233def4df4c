package io.mptcplb.stack.mptcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.stack.mptcp.TestPeer.Reply;
import io.mptcplb.wire.IpAddresses;
import io.mptcplb.wire.MptcpOptions;
import io.mptcplb.wire.ResetReason;
import io.mptcplb.wire.TcpView;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Joins, byte by byte (RFC 8684 s3.2; CONFORMANCE cases 17 to 20, 28, 70). */
class JoinTest {
    private static final Announcement SECOND_ADDRESS =
            new Announcement(3, 0, IpAddresses.v4(Bench.SERVER[1]), 0);

    private final Bench bench =
            new Bench(new MptcpPolicy(true, false, false, 2, List.of(SECOND_ADDRESS), 0));
    private final TestPeer first = new TestPeer(bench, 0);
    private final TestPeer second = new TestPeer(bench, 1);

    @AfterEach
    void close() {
        bench.close();
    }

    private int token() {
        return TestPeer.token(first.serverKey);
    }

    private static void assertRefused(Reply reply, ResetReason reason) {
        assertTrue(reply.is(TcpView.RST));
        assertTrue(reply.has(MptcpOptions.MP_TCPRST));
        assertEquals(reason.code(), reply.mptcp().resetReason);
    }

    @Test
    void synAck_carriesHmacOfBothKeysAndNonces() {
        first.establish();
        MptcpOptions answer = second.joinSyn(first, token()).mptcp();
        assertEquals(MptcpOptions.JOIN_SYN_ACK_BYTES, answer.joinBytes);
        byte[] message = TestPeer.pair(answer.joinNonce, second.nonce);
        byte[] expected = TestPeer.hmac(first.serverKey, first.key, message);
        assertEquals(ByteBuffer.wrap(expected).getLong(), answer.joinHmacHigh);
        assertEquals(0, answer.joinAddressId);
        assertFalse(answer.joinBackup);
    }

    @Test
    void synRepeated_sameNonceAndHmac() {
        first.establish();
        Reply once = second.joinSyn(first, token());
        second.seq = second.iss;
        Reply twice = second.joinSyn(first, token());
        assertEquals(once.mptcp().joinNonce, twice.mptcp().joinNonce);
        assertEquals(2, bench.connection().subflowCount());
    }

    @Test
    void thirdAck_answeredAtOnceWithDataAck() {
        second.join(first.establish());
        assertEquals(1, bench.mptcp.counter(MptcpCounter.JOINS_ESTABLISHED));
        assertEquals(1, bench.mptcp.paths().joins(1));
    }

    @Test
    void announcedAddress_answeredWithItsId() {
        first.establish();
        second.server = Bench.SERVER[1];
        assertEquals(3, second.joinSyn(first, token()).mptcp().joinAddressId);
    }

    @Test
    void backupPort_declaredInSynAck() {
        try (Bench other = new Bench(new MptcpPolicy(true, false, false, 2, List.of(), 2))) {
            TestPeer one = new TestPeer(other, 0).establish();
            Reply answer = new TestPeer(other, 1).joinSyn(one, TestPeer.token(one.serverKey));
            assertTrue(answer.mptcp().joinBackup);
        }
    }

    @Test
    void case20_thirdAckWithWrongHmac_reset() {
        first.establish();
        second.joinSyn(first, token());
        second.joinAck(1);
        assertRefused(second.next(), ResetReason.MPTCP_ERROR);
        assertEquals(1, bench.connection().subflowCount());
        assertEquals(1, bench.mptcp.counter(MptcpCounter.JOIN_BAD_HMAC));
    }

    @Test
    void case20_thirdAckWithoutJoin_reset() {
        first.establish();
        second.joinSyn(first, token());
        second.send(TcpView.ACK, TestPeer.NO_OPTIONS, "");
        assertRefused(second.next(), ResetReason.MPTCP_ERROR);
        assertEquals(1, bench.connection().subflowCount());
    }

    @Test
    void case70_unknownToken_reset() {
        first.establish();
        assertRefused(second.joinSyn(first, token() + 1), ResetReason.MPTCP_ERROR);
        assertEquals(1, bench.mptcp.counter(MptcpCounter.JOIN_UNKNOWN_TOKEN));
    }

    @Test
    void case70_tokenOfAnotherServer_reset() {
        first.establish();
        second.server = Bench.OTHER_VIP;
        assertRefused(second.joinSyn(first, token()), ResetReason.MPTCP_ERROR);
    }

    @Test
    void portNeverAnnounced_prohibited() {
        first.establish();
        second.serverPort = 8443;
        assertRefused(second.joinSyn(first, token()), ResetReason.PROHIBITED);
    }

    @Test
    void case70_replayedNonce_freshNonceInAnswer() {
        first.establish();
        int once = second.joinSyn(first, token()).mptcp().joinNonce;
        TestPeer replay = new TestPeer(bench, 1);
        replay.nonce = second.nonce;
        assertNotEquals(once, replay.joinSyn(first, token()).mptcp().joinNonce);
    }

    @Test
    void overLimit_prohibited_untilAHalfOpenOneIsOld() {
        first.establish();
        second.joinSyn(first, token());
        new TestPeer(bench, 1).joinSyn(first, token());
        TestPeer late = new TestPeer(bench, 1);
        assertRefused(late.joinSyn(first, token()), ResetReason.PROHIBITED);
        bench.pass(1_500 * Bench.MILLI);
        TestPeer later = new TestPeer(bench, 1);
        assertTrue(later.joinSyn(first, token()).is(TcpView.SYN));
    }

    @Test
    void case70_tenThousandBadJoins_stateBounded_victimUnharmed() {
        first.establish();
        int free = bench.tcp.freeEndpoints();
        for (int i = 1; i <= 10_000; i++) {
            TestPeer attacker = new TestPeer(bench, 1);
            attacker.joinSyn(first, token() + i);
            attacker.clear();
        }
        assertEquals(10_000, bench.mptcp.counter(MptcpCounter.JOIN_UNKNOWN_TOKEN));
        assertEquals(free, bench.tcp.freeEndpoints());
        first.send(TcpView.ACK, first.capableData(5), "hello");
        assertEquals("hello", bench.text());
    }

    @Test
    void afterFallback_tokenIsGone() {
        first.establish();
        first.send(TcpView.ACK, TestPeer.NO_OPTIONS, "plain");
        assertRefused(second.joinSyn(first, token()), ResetReason.MPTCP_ERROR);
    }

    @Test
    void halfOpenJoin_connectionFallsBack_joinResetAndNothingLeft() {
        int free = bench.tcp.freeEndpoints();
        first.establish();
        second.joinSyn(first, token());
        first.send(TcpView.ACK, TestPeer.NO_OPTIONS, "plain");
        assertTrue(bench.connection().fellBack());
        assertTrue(second.next().is(TcpView.RST));
        assertEquals(1, bench.connection().subflowCount());
        assertEquals("plain", bench.text());
        first.send(TcpView.RST | TcpView.ACK, TestPeer.NO_OPTIONS, "");
        assertEquals(0, bench.mptcp.connectionsOpen());
        assertEquals(free, bench.tcp.freeEndpoints());
    }

    @Test
    void case17_unmappedDataOnJoined_resetWithInterference() {
        first.establish();
        second.join(first);
        second.send(TcpView.ACK, TestPeer.NO_OPTIONS, "what is this");
        second.clear();
        bench.pass(600 * Bench.MILLI);
        assertRefused(second.next(), ResetReason.MIDDLEBOX_INTERFERENCE);
        assertEquals("", bench.text());
        assertEquals(null, bench.cause);
    }
}
