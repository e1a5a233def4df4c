package io.mptcplb.stack.mptcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.stack.mptcp.TestPeer.Reply;
import io.mptcplb.wire.MptcpOptions;
import io.mptcplb.wire.OptionWriter;
import io.mptcplb.wire.TcpView;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The first handshake, byte by byte (RFC 8684 s3.1; CONFORMANCE cases 1 to 15). */
class CapableTest {
    private final Bench bench = new Bench(MptcpPolicy.defaults());
    private final TestPeer peer = new TestPeer(bench, 0);

    @AfterEach
    void close() {
        bench.close();
    }

    private Reply syn(int version, int flags) {
        return peer.send(TcpView.SYN, TestPeer.capableSyn(version, flags), "").expect(TcpView.SYN);
    }

    @Test
    void syn_capable_answeredWithKeyAndOnlyH() {
        MptcpOptions answer = syn(1, 1).mptcp();
        assertEquals(MptcpOptions.MP_CAPABLE, answer.present);
        assertEquals(MptcpOptions.CAPABLE_SYN_ACK_BYTES, answer.capableBytes);
        assertEquals(1, answer.capableVersion);
        assertEquals(MptcpOptions.FLAG_HMAC_SHA256, answer.capableFlags);
        assertEquals(TestPeer.token(answer.sendersKey), bench.connection().localToken());
    }

    @Test
    void case01_syn_withoutCapable_plainWithoutKeyOrToken() {
        bench.mptcp.idle();
        int ready = bench.mptcp.keysReady();
        peer.send(TcpView.SYN, at -> OptionWriter.mss(at, 1460), "");
        assertEquals(0, peer.expect(TcpView.SYN).mptcp().present);
        assertEquals(0, bench.mptcp.tokensInUse());
        assertEquals(0, bench.mptcp.connectionsOpen());
        assertEquals(ready, bench.mptcp.keysReady());
    }

    @Test
    void case08_syn_version0_noCapable() {
        assertEquals(0, syn(0, 1).mptcp().present);
        assertEquals(1, bench.mptcp.fallbacks(FallbackCause.VERSION_0));
    }

    @Test
    void case08_syn_version0WithKey_noCapable() {
        peer.send(
                TcpView.SYN,
                at -> OptionWriter.mpCapableSynAck(OptionWriter.mss(at, 1460), 0, 1, 99),
                "");
        assertEquals(0, peer.expect(TcpView.SYN).mptcp().present);
        assertEquals(1, bench.mptcp.fallbacks(FallbackCause.VERSION_0));
    }

    @Test
    void case08_syn_version2_answeredWith1() {
        assertEquals(1, syn(2, 1).mptcp().capableVersion);
    }

    @Test
    void case09_syn_extensibilityOrOtherAlgorithm_noCapable() {
        assertEquals(0, syn(1, 0x41).mptcp().present);
        assertEquals(
                0,
                new TestPeer(bench, 0)
                        .send(TcpView.SYN, TestPeer.capableSyn(1, 3), "")
                        .expect(TcpView.SYN)
                        .mptcp()
                        .present);
        assertEquals(
                0,
                new TestPeer(bench, 0)
                        .send(TcpView.SYN, TestPeer.capableSyn(1, 0), "")
                        .expect(TcpView.SYN)
                        .mptcp()
                        .present);
        assertEquals(3, bench.mptcp.fallbacks(FallbackCause.BAD_FLAGS));
    }

    @Test
    void case10_syn_checksumFlag_answered() {
        assertEquals(0x81, syn(1, 0x81).mptcp().capableFlags);
    }

    @Test
    void policy_checksumAndDenyInitial_inSynAck() {
        MptcpPolicy policy = new MptcpPolicy(true, true, true, 2, List.of(), 0);
        try (Bench other = new Bench(policy)) {
            TestPeer client = new TestPeer(other, 0);
            client.send(TcpView.SYN, TestPeer.capableSyn(1, 1), "");
            assertEquals(0xa1, client.expect(TcpView.SYN).mptcp().capableFlags);
        }
    }

    @Test
    void case13_synRepeated_sameKey() {
        long key = syn(1, 1).mptcp().sendersKey;
        peer.sendAt(peer.iss, TcpView.SYN, TestPeer.capableSyn(1, 1), "");
        assertEquals(key, peer.expect(TcpView.SYN).mptcp().sendersKey);
        assertEquals(1, bench.mptcp.connectionsOpen());
    }

    @Test
    void case07_synAckRepeatedThrice_thenWithoutCapable() {
        assertTrue(syn(1, 1).has(MptcpOptions.MP_CAPABLE));
        bench.pass(1_100 * Bench.MILLI);
        assertTrue(peer.expect(TcpView.SYN).has(MptcpOptions.MP_CAPABLE));
        bench.pass(2_100 * Bench.MILLI);
        assertTrue(peer.expect(TcpView.SYN).has(MptcpOptions.MP_CAPABLE));
        bench.pass(4_100 * Bench.MILLI);
        assertFalse(peer.expect(TcpView.SYN).has(MptcpOptions.MP_CAPABLE));
    }

    @Test
    void tableFull_syn_plainNotDropped() {
        for (int i = 0; i < 4; i++) {
            new TestPeer(bench, 0).send(TcpView.SYN, TestPeer.capableSyn(1, 1), "");
        }
        assertEquals(0, syn(1, 1).mptcp().present);
        assertEquals(1, bench.mptcp.fallbacks(FallbackCause.TABLE_FULL));
    }

    @Test
    void case03_thirdAckWithoutCapable_dataIsPlain() {
        Reply answer = syn(1, 1);
        peer.serverKey = answer.mptcp().sendersKey;
        peer.ack = answer.seq + 1;
        peer.send(TcpView.ACK, TestPeer.NO_OPTIONS, "");
        assertTrue(bench.connection().fellBack());
        assertEquals(0, bench.mptcp.tokensInUse());
        peer.send(TcpView.ACK, peer.capableData(5), "hello");
        assertEquals("hello", bench.text());
        assertEquals(0, peer.expect(TcpView.ACK).mptcp().present);
    }

    @Test
    void case04_thirdAckLost_firstDataCompletes() {
        Reply answer = syn(1, 1);
        peer.serverKey = answer.mptcp().sendersKey;
        peer.ack = answer.seq + 1;
        peer.send(TcpView.ACK, peer.capableData(5), "hello");
        assertEquals("hello", bench.text());
        MptcpOptions ack = peer.expect(TcpView.ACK).mptcp();
        assertTrue(ack.hasDataAck);
        assertEquals((int) (TestPeer.initialDsn(peer.key) + 1 + 5), (int) ack.dataAck);
        assertFalse(bench.connection().fellBack());
    }

    @Test
    void case05_laterDataBeforeThirdAck_droppedThenRepaired() {
        Reply answer = syn(1, 1);
        peer.serverKey = answer.mptcp().sendersKey;
        peer.ack = answer.seq + 1;
        peer.sendAt(peer.seq + 5, TcpView.ACK, peer.map(5, 6, 5, 0), "world");
        assertEquals(0, bench.accepted);
        peer.send(TcpView.ACK, peer.capableData(5), "hello");
        assertEquals(1, bench.accepted);
        peer.send(TcpView.ACK, peer.map(5, 5), "world");
        assertEquals("helloworld", bench.text());
        assertFalse(bench.connection().fellBack());
    }

    @Test
    void case11_thirdAckWithOtherKey_plain() {
        Reply answer = syn(1, 1);
        peer.serverKey = answer.mptcp().sendersKey + 1;
        peer.ack = answer.seq + 1;
        peer.send(TcpView.ACK, peer.capableAck(), "");
        assertTrue(bench.connection().fellBack());
        assertEquals(1, bench.mptcp.fallbacks(FallbackCause.THIRD_ACK_WRONG));
    }

    @Test
    void case12_thirdAckReflectsOurs_plain() {
        Reply answer = syn(1, 1);
        long key = answer.mptcp().sendersKey;
        peer.ack = answer.seq + 1;
        peer.send(TcpView.ACK, at -> OptionWriter.mpCapableSynAck(at, 1, 1, key), "");
        assertTrue(bench.connection().fellBack());
    }

    @Test
    void established_capableDataRepeated_sameBytesOnce() {
        peer.establish();
        int first = peer.seq;
        peer.send(TcpView.ACK, peer.capableData(5), "hello");
        peer.send(TcpView.ACK, peer.map(5, 5), "world");
        peer.sendAt(first, TcpView.ACK, peer.capableData(5), "hello");
        assertEquals("helloworld", bench.text());
    }

    @Test
    void established_ordinaryDssFirst_accepted() {
        peer.establish();
        peer.send(TcpView.ACK, peer.map(0, 5), "hello");
        assertEquals("hello", bench.text());
        assertFalse(bench.connection().fellBack());
    }

    @Test
    void case14_firstDataUnmapped_plainAndSilent() {
        peer.establish();
        peer.send(TcpView.ACK, TestPeer.NO_OPTIONS, "hello");
        assertEquals("hello", bench.text());
        assertEquals(1, bench.mptcp.fallbacks(FallbackCause.FIRST_DATA_UNMAPPED));
        assertEquals(0, peer.next().mptcp().present);
        bench.write(10);
        assertEquals(0, peer.next().mptcp().present);
    }

    @Test
    void case15_firstAckWithoutDataAck_plainWithOneInfiniteMapping() {
        peer.establish();
        bench.write(100);
        Reply data = peer.next();
        assertEquals(100, data.mptcp().mappingBytes);
        peer.ack = data.seq + 100;
        peer.send(TcpView.ACK, TestPeer.NO_OPTIONS, "");
        assertTrue(bench.connection().fellBack());
        assertEquals(100, bench.source.headOffset());
        bench.write(50);
        Reply infinite = peer.next();
        assertTrue(infinite.mptcp().isInfiniteMapping());
        assertEquals(50, infinite.payload.length);
        bench.write(50);
        assertEquals(0, peer.next().mptcp().present);
    }

    @Test
    void twoConnections_keysAndTokensDiffer() {
        long first = syn(1, 1).mptcp().sendersKey;
        TestPeer second = new TestPeer(bench, 0);
        second.send(TcpView.SYN, TestPeer.capableSyn(1, 1), "");
        assertNotEquals(first, second.expect(TcpView.SYN).mptcp().sendersKey);
        assertEquals(2, bench.mptcp.tokensInUse());
    }
}
