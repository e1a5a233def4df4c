package io.mptcplb.stack.ip;

import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.GatherFrame;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import io.mptcplb.wire.Checksum;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.IpAddresses;
import io.mptcplb.wire.IpProtocol;
import io.mptcplb.wire.Ipv4View;
import io.mptcplb.wire.Ipv6View;
import io.mptcplb.wire.TcpView;

/**
 * Segments to a virtual address of connections that nobody here knows go to another box on the
 * link, which may: this one has taken the address over, that one still ends what it has begun. It
 * answers the client by itself. The packet stays as it is but for its hops, so that two boxes that
 * name each other do not pass it on for ever.
 */
final class SecondChance {
    /** Boxes that are asked; the first on the link of the right family gets the segment. */
    static final int TARGETS_MAX = 8;

    private static final int HOPS_MAX = 4;
    private static final int NONE = -1;
    private static final int V4_TTL_OFFSET = 8;
    private static final int V6_HOP_LIMIT_OFFSET = 7;

    private final IpLayer ip;
    private final BufferPool pool;
    private final GatherFrame frame = new GatherFrame();
    private final long[] his = new long[TARGETS_MAX];
    private final long[] los = new long[TARGETS_MAX];
    private int count;

    SecondChance(IpLayer ip, BufferPool pool) {
        this.ip = ip;
        this.pool = pool;
    }

    void clear() {
        count = 0;
    }

    void add(long hi, long lo) {
        his[count] = hi;
        los[count] = lo;
        count++;
    }

    /**
     * Passes a segment on. False when there is nobody to pass it to; otherwise its buffers are
     * gone, be it to nowhere, counted.
     *
     * @param m its data starts behind the TCP header
     */
    boolean pass(NetPort port, long m, IpFacts facts, int tcpHeaderBytes, long nowNanos) {
        if (count == 0 || !ip.isVip(facts.localHi, facts.localLo)) {
            return false;
        }
        int target = targetOf(port, facts);
        int ipBytes = facts.lowerBytes - facts.linkBytes;
        long header = Mbuf.data(m) - tcpHeaderBytes - ipBytes;
        if (target == NONE || !takeHop(header, facts.ipv6)) {
            return false;
        }
        Mbuf.trimFront(m, -tcpHeaderBytes - ipBytes);
        long rest = Mbuf.next(m);
        DropReason refusal = fill(port, m, facts, ipBytes, tcpHeaderBytes);
        if (refusal == DropReason.NONE) {
            ip.sendOnLink(port, frame, his[target], los[target], nowNanos);
        } else {
            port.countDrop(refusal);
            pool.release(m);
        }
        if (rest != 0) {
            pool.releaseChain(rest);
        }
        return true;
    }

    /** Own addresses are nobody else's. */
    private int targetOf(NetPort port, IpFacts facts) {
        if (port.isOwn(facts.localHi, facts.localLo)) {
            return NONE;
        }
        boolean v4 = !facts.ipv6;
        for (int i = 0; i < count; i++) {
            boolean sameFamily = IpAddresses.isV4(his[i], los[i]) == v4;
            if (sameFamily && port.onLink(his[i], los[i]) && !port.accepts(his[i], los[i])) {
                return i;
            }
        }
        return NONE;
    }

    private static boolean takeHop(long header, boolean ipv6) {
        int hops = Mem.u8(header + (ipv6 ? V6_HOP_LIMIT_OFFSET : V4_TTL_OFFSET));
        if (hops <= 1) {
            return false;
        }
        int left = Math.min(hops - 1, HOPS_MAX);
        if (ipv6) {
            Ipv6View.setHopLimit(header, left);
        } else {
            Ipv4View.setTtl(header, left);
        }
        return true;
    }

    /**
     * Makes {@link #frame} of the packet: its first buffer as the headers, slices of the others.
     */
    private DropReason fill(NetPort port, long m, IpFacts facts, int ipBytes, int tcpHeaderBytes) {
        int segmentBytes = Mbuf.segmentBytes(m);
        boolean unfinished = (Mbuf.olFlags(m) & Mbuf.RX_L4_PARTIAL) == Mbuf.RX_L4_PARTIAL;
        frame.begin(m);
        long at = Mbuf.next(m);
        if (at != 0) {
            Mbuf.setNext(m, 0);
            Mbuf.setNbSegs(m, 1);
        }
        Mbuf.setLength(m, Mbuf.dataLen(m));
        Mbuf.setOlFlags(m, 0);
        Mbuf.setTxOffload(m, 0, 0, 0, 0);
        for (; at != 0; at = Mbuf.next(at)) {
            if (!frame.add(at, Mbuf.dataOff(at), Mbuf.dataLen(at))) {
                return DropReason.PACKET_TOO_BIG;
            }
        }
        if (segmentBytes > 0 && !port.cutsSegments()) {
            return DropReason.PACKET_TOO_BIG;
        }
        frame.layers(ipBytes, tcpHeaderBytes, facts.ipv6);
        frame.segmentBytes(segmentBytes);
        if (segmentBytes > 0 || unfinished) {
            finishChecksum(port, Mbuf.data(m) + ipBytes, facts);
        }
        return DropReason.NONE;
    }

    /** What came merged or was never summed has no checksum that could stay. */
    private void finishChecksum(NetPort port, long tcp, IpFacts facts) {
        int sum =
                Checksum.pseudo(
                        facts.ipv6,
                        facts.remoteHi,
                        facts.remoteLo,
                        facts.localHi,
                        facts.localLo,
                        IpProtocol.TCP,
                        facts.l4Bytes);
        if (port.finishesChecksums()) {
            TcpView.setChecksum(tcp, sum);
            frame.leaveChecksumToPort();
            return;
        }
        TcpView.setChecksum(tcp, 0);
        int first = (int) (Mbuf.data(frame.header()) + Mbuf.dataLen(frame.header()) - tcp);
        sum = Checksum.add(sum, Checksum.sum(tcp, first));
        int done = first;
        for (int i = 0; i < frame.sliceCount(); i++) {
            long from = Mbuf.bufAddr(frame.buffer(i)) + frame.offset(i);
            int piece = Checksum.sum(from, frame.length(i));
            sum = Checksum.add(sum, (done & 1) == 0 ? piece : Checksum.atOddOffset(piece));
            done += frame.length(i);
        }
        TcpView.setChecksum(tcp, Checksum.complement(sum));
    }
}
