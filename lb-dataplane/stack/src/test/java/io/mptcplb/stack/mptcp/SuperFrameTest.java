package io.mptcplb.stack.mptcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import io.mptcplb.stack.buffer.Payload;
import io.mptcplb.stack.mptcp.TestPeer.Reply;
import io.mptcplb.wire.Checksum;
import io.mptcplb.wire.EthernetView;
import io.mptcplb.wire.IpAddresses;
import io.mptcplb.wire.IpProtocol;
import io.mptcplb.wire.Ipv4View;
import io.mptcplb.wire.MptcpOptions;
import io.mptcplb.wire.TcpView;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Super-frames as devices with receive offload deliver them: up to 64 KB in a chain, one header,
 * one DSS mapping for all of it, the checksum good, unfinished or not looked at.
 */
class SuperFrameTest {
    private static final int SEGMENT_BYTES = 1400;
    private static final int SUPER_BYTES = 45 * SEGMENT_BYTES;
    private static final int CLIENT_LAST_BYTE = 9;

    /** What the port knows of the checksum. */
    enum Known {
        GOOD(Mbuf.RX_L4_GOOD),
        PARTIAL(Mbuf.RX_L4_PARTIAL),
        NOTHING(0);

        final long flags;

        Known(long flags) {
            this.flags = flags;
        }
    }

    private Bench bench;
    private TestPeer peer;

    @BeforeEach
    void setUp() {
        bench = new Bench(MptcpPolicy.defaults());
        peer = new TestPeer(bench, 0);
    }

    @AfterEach
    void everyBufferIsBack() {
        bench.received.clear();
        bench.source.clear();
        if (bench.stream != null) {
            bench.stream.abort(bench.now);
        }
        bench.cycle();
        for (int i = 0; i < bench.cables.length; i++) {
            bench.cables[i].clear();
        }
        assertEquals(0, bench.buffers.heldTotal());
        assertEquals(bench.pool.capacity(), bench.pool.available());
        bench.close();
    }

    private static int byteAt(long offset) {
        return (int) (offset * 31 + (offset >>> 8)) & 0xff;
    }

    /** Payload of {@code bytes} from stream offset {@code from}, at the peer's next number. */
    private void superFrame(Known known, LongUnaryOperator options, int from, int bytes) {
        long m = bench.pool.alloc();
        long at = Mbuf.data(m);
        long ip =
                EthernetView.write(
                        at, Bench.serverMac(0), Bench.clientMac(0), EthernetView.TYPE_IPV4);
        long tcp = ip + Ipv4View.HEADER_BYTES;
        int headerBytes = (int) (options.applyAsLong(tcp + TcpView.HEADER_BYTES) - tcp);
        int flags = TcpView.offsetAndFlags(headerBytes, TcpView.ACK | TcpView.PSH);
        TcpView.write(tcp, peer.localPort, peer.serverPort, peer.seq, peer.ack, flags, 60_000);
        int source = Bench.SERVER[0] + CLIENT_LAST_BYTE;
        int total = Ipv4View.HEADER_BYTES + headerBytes + bytes;
        Ipv4View.write(ip, total, 0, 64, IpProtocol.TCP, source, Bench.VIP);
        Mbuf.setLength(m, (int) (tcp + headerBytes - at));
        appendPayload(m, from, bytes);
        seal(m, tcp, headerBytes, bytes, known, source);
        Mbuf.setOlFlags(m, known.flags);
        Mbuf.setTxOffload(m, 0, 0, 0, SEGMENT_BYTES);
        bench.arrival.onFrame(0, m, bench.now);
        bench.cycle();
        peer.seq += bytes;
    }

    /** In buffers of different lengths, odd ones too; the first has headers only. */
    private void appendPayload(long first, int from, int bytes) {
        long last = first;
        for (int done = 0; done < bytes; ) {
            int piece = Math.min(bytes - done, 1999 - done % 7);
            long next = bench.pool.alloc();
            for (int i = 0; i < piece; i++) {
                Mem.setU8(Mbuf.data(next) + i, byteAt(from + done + i));
            }
            Mbuf.setLength(next, piece);
            Mbuf.setNext(last, next);
            Mbuf.setNbSegs(first, Mbuf.nbSegs(first) + 1);
            Mbuf.setPktLen(first, Mbuf.pktLen(first) + piece);
            last = next;
            done += piece;
        }
    }

    /** The true checksum, or what an unfinished one holds; nothing of use where nobody looks. */
    private static void seal(
            long m, long tcp, int headerBytes, int bytes, Known known, int source) {
        int sum =
                Checksum.pseudo(
                        false,
                        0,
                        IpAddresses.v4(source),
                        0,
                        IpAddresses.v4(Bench.VIP),
                        IpProtocol.TCP,
                        headerBytes + bytes);
        if (known == Known.PARTIAL) {
            TcpView.setChecksum(tcp, sum);
        } else if (known == Known.NOTHING) {
            sum = Checksum.add(sum, Checksum.sum(tcp, headerBytes));
            int done = 0;
            for (long at = Mbuf.next(m); at != 0; at = Mbuf.next(at)) {
                int piece = Checksum.sum(Mbuf.data(at), Mbuf.dataLen(at));
                sum = Checksum.add(sum, (done & 1) == 0 ? piece : Checksum.atOddOffset(piece));
                done += Mbuf.dataLen(at);
            }
            TcpView.setChecksum(tcp, Checksum.complement(sum));
        }
    }

    private void assertReceived(int bytes) {
        assertEquals(bytes, bench.received.endOffset());
        for (long at = 0; at < bytes; at++) {
            long m = bench.received.bufferAt(at);
            assertEquals(byteAt(at), Mem.u8(Mbuf.data(m) + at - Payload.offset(m)), "at " + at);
        }
        assertEquals(0, bench.mptcp.counter(MptcpCounter.SPLIT_COPIED_BYTES));
    }

    private void read() {
        bench.received.releaseTo(bench.received.endOffset());
        if (bench.stream != null) {
            bench.stream.windowMayHaveGrown(bench.now);
        }
        bench.cycle();
    }

    @ParameterizedTest
    @EnumSource(Known.class)
    void plainTcp_superFrame_everyByteOneAck(Known known) {
        peer.send(TcpView.SYN, TestPeer.NO_OPTIONS, "");
        peer.ack = peer.expect(TcpView.SYN).seq + 1;
        peer.send(TcpView.ACK, TestPeer.NO_OPTIONS, "").clear();
        superFrame(known, TestPeer.NO_OPTIONS, 0, SUPER_BYTES);
        assertReceived(SUPER_BYTES);
        assertEquals(peer.seq, peer.next().ack);
        assertTrue(peer.quiet(), "one ACK for all of it");
    }

    @ParameterizedTest
    @EnumSource(Known.class)
    void mptcp_mappingOverTheSuperFrame_everyByteOneDataAck(Known known) {
        peer.establish().clear();
        superFrame(known, peer.map(0, SUPER_BYTES), 0, SUPER_BYTES);
        assertReceived(SUPER_BYTES);
        Reply ack = peer.next();
        assertEquals(peer.seq, ack.ack);
        assertTrue(ack.has(MptcpOptions.DSS));
        assertEquals(TestPeer.initialDsn(peer.key) + 1 + SUPER_BYTES, ack.mptcp().dataAck);
        assertTrue(peer.quiet(), "one ACK for all of it");
    }

    /** Linux repeats one mapping on every piece of what it gave to its device as one. */
    @ParameterizedTest
    @EnumSource(Known.class)
    void mptcp_mappingRepeatedOnParts_everyByte(Known known) {
        peer.establish().clear();
        LongUnaryOperator mapping = peer.map(0, 1, SUPER_BYTES, 0);
        int cut = 17 * SEGMENT_BYTES + 3;
        superFrame(known, mapping, 0, cut);
        superFrame(known, mapping, cut, SUPER_BYTES - cut);
        assertReceived(SUPER_BYTES);
        read();
        superFrame(known, peer.map(SUPER_BYTES, 9000), SUPER_BYTES, 9000);
        assertEquals(SUPER_BYTES + 9000, bench.received.endOffset());
    }

    @ParameterizedTest
    @EnumSource(Known.class)
    void mptcp_partsOutOfOrder_mappingKnownToEveryBuffer(Known known) {
        peer.establish().clear();
        LongUnaryOperator mapping = peer.map(0, 1, SUPER_BYTES, 0);
        int cut = 20_000;
        int start = peer.seq;
        peer.seq = start + cut;
        superFrame(known, mapping, cut, SUPER_BYTES - cut);
        assertEquals(0, bench.received.endOffset());
        peer.seq = start;
        superFrame(known, mapping, 0, cut);
        assertReceived(SUPER_BYTES);
    }

    @ParameterizedTest
    @EnumSource(Known.class)
    void mptcp_wholeAgainAndOverlapping_deliveredOnce(Known known) {
        peer.establish().clear();
        LongUnaryOperator mapping = peer.map(0, 1, SUPER_BYTES, 0);
        int start = peer.seq;
        superFrame(known, mapping, 0, 30_000);
        peer.seq = start;
        superFrame(known, mapping, 0, SUPER_BYTES);
        peer.seq = start;
        superFrame(known, mapping, 0, SUPER_BYTES);
        assertReceived(SUPER_BYTES);
    }
}
