package io.mptcplb.stack.mptcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import io.mptcplb.stack.tcp.TcpCounter;
import io.mptcplb.wire.ArpView;
import io.mptcplb.wire.Checksum;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.EthernetView;
import io.mptcplb.wire.IpAddresses;
import io.mptcplb.wire.IpProtocol;
import io.mptcplb.wire.TcpView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What TCP and MPTCP take for somebody else's, when there is another box to ask. */
class SecondChanceTest {
    private static final int OTHER_BOX = Bench.SERVER[0] + 1;
    private static final long OTHER_MAC = 0x02_00_00_00_0b_02L;

    private final Bench bench = new Bench(MptcpPolicy.defaults());
    private final TestPeer peer = new TestPeer(bench, 0);

    @BeforeEach
    void thereIsAnotherBox() {
        bench.ip.passStraysTo(0, IpAddresses.v4(OTHER_BOX));
        long m = bench.pool.alloc();
        long at =
                EthernetView.write(
                        Mbuf.data(m), Bench.serverMac(0), OTHER_MAC, EthernetView.TYPE_ARP);
        ArpView.write(at, ArpView.REQUEST, OTHER_MAC, OTHER_BOX, 0, Bench.SERVER[0]);
        Mbuf.setLength(m, EthernetView.HEADER_BYTES + ArpView.BYTES);
        bench.dispatcher.onFrame(0, m, bench.now);
        bench.cables[0].clear();
    }

    @AfterEach
    void everythingIsBack() {
        if (bench.stream != null) {
            bench.stream.abort(bench.now);
        }
        bench.cycle();
        bench.received.clear();
        bench.pass(70 * Bench.SECOND);
        bench.cables[0].clear();
        bench.cables[1].clear();
        assertEquals(bench.pool.capacity(), bench.pool.available());
        bench.close();
    }

    private long passed() {
        return bench.tcp.counter(TcpCounter.STRAYS_PASSED_ON);
    }

    private long resets() {
        return bench.tcp.counter(TcpCounter.RESETS_SENT);
    }

    private long refusedAs(DropReason reason) {
        return bench.ip.port(0).drops(reason);
    }

    @Test
    void segmentsOfAnUnknownConnection_goToTheOtherBox_resetsToo() {
        peer.send(TcpView.ACK, TestPeer.NO_OPTIONS, "data");
        peer.send(TcpView.ACK | TcpView.FIN, TestPeer.NO_OPTIONS, "");
        peer.send(TcpView.RST, TestPeer.NO_OPTIONS, "");
        assertEquals(3, passed());
        assertEquals(0, resets());
        assertEquals(0, refusedAs(DropReason.NO_FLOW));
        assertEquals(3, bench.cables[0].sentFrames());
    }

    @Test
    void newConnections_andThoseThatAreKnown_stayHere() {
        peer.establish();
        peer.send(TcpView.ACK, peer.map(0, 4), "abcd");
        assertEquals("abcd", bench.text());
        assertEquals(0, passed());
    }

    @Test
    void synForNobody_isRefusedHere() {
        peer.serverPort = Bench.VIP_PORT + 1;
        peer.send(TcpView.SYN, TestPeer.NO_OPTIONS, "");
        assertEquals(1, refusedAs(DropReason.NO_LISTENER));
        assertEquals(1, resets());
        assertEquals(0, passed());
    }

    @Test
    void joinWithAnUnknownToken_goesToTheOtherBox_oneThatIsKnownStays() {
        peer.establish();
        TestPeer other = new TestPeer(bench, 0);
        other.joinSynUnanswered(peer, TestPeer.token(peer.serverKey) ^ 1);
        assertEquals(1, passed());
        assertEquals(0, bench.mptcp.counter(MptcpCounter.JOIN_SYNS));
        TestPeer second = new TestPeer(bench, 1);
        second.join(peer);
        assertEquals(1, passed());
        assertEquals(1, bench.mptcp.counter(MptcpCounter.JOINS_ESTABLISHED));
    }

    @Test
    void withoutOtherBox_joinAndStrayAreReset() {
        bench.ip.passStraysToNobody();
        peer.send(TcpView.ACK, TestPeer.NO_OPTIONS, "data");
        assertEquals(1, resets());
        TestPeer other = new TestPeer(bench, 0);
        other.joinSynUnanswered(peer, 7);
        assertEquals(2, resets());
        assertEquals(1, bench.mptcp.counter(MptcpCounter.JOIN_UNKNOWN_TOKEN));
        assertEquals(0, passed());
    }

    /** A port that finishes no checksums, and a frame whose checksum nobody has finished. */
    @Test
    void unfinishedChecksum_isFinishedHere() {
        bench.arrival =
                (port, m, nowNanos) -> {
                    TcpView.setChecksum(Mbuf.data(m) + 34, 0x1234);
                    Mbuf.setOlFlags(m, Mbuf.RX_L4_PARTIAL);
                    bench.dispatcher.onFrame(port, m, nowNanos);
                };
        peer.send(TcpView.ACK, TestPeer.NO_OPTIONS, "an odd one");
        long left = bench.cables[0].takeSent();
        long tcp = Mbuf.data(left) + 34;
        int tcpBytes = Mbuf.pktLen(left) - 34;
        int sum =
                Checksum.pseudo(
                        false,
                        0,
                        IpAddresses.v4(Bench.SERVER[0] + 9),
                        0,
                        IpAddresses.v4(Bench.VIP),
                        IpProtocol.TCP,
                        tcpBytes);
        assertTrue(Checksum.intact(Checksum.add(sum, Checksum.sum(tcp, tcpBytes))));
        assertEquals(OTHER_MAC, Mem.u64(Mbuf.data(left)) >>> 16);
        bench.pool.releaseChain(left);
    }

    /** It cannot be cut again here. */
    @Test
    void mergedFrameOnAPortThatCutsNone_isDroppedByName() {
        bench.arrival =
                (port, m, nowNanos) -> {
                    Mbuf.setOlFlags(m, Mbuf.RX_L4_GOOD | Mbuf.RX_LRO);
                    Mbuf.setTxOffload(m, 0, 0, 0, 2);
                    bench.dispatcher.onFrame(port, m, nowNanos);
                };
        peer.send(TcpView.ACK, TestPeer.NO_OPTIONS, "data");
        assertEquals(1, refusedAs(DropReason.PACKET_TOO_BIG));
        assertEquals(0, resets());
        assertEquals(0, bench.cables[0].sentFrames());
    }
}
