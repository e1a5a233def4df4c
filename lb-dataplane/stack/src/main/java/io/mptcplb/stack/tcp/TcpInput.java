package io.mptcplb.stack.tcp;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.stack.buffer.Payload;
import io.mptcplb.stack.flow.FlowTable;
import io.mptcplb.stack.ip.IcmpError;
import io.mptcplb.stack.ip.IcmpQuote;
import io.mptcplb.stack.ip.IpFacts;
import io.mptcplb.stack.ip.NetPort;
import io.mptcplb.stack.ip.SegmentInput;
import io.mptcplb.stack.time.Phase;
import io.mptcplb.stack.time.PhaseClock;
import io.mptcplb.wire.Checksum;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.IpProtocol;
import io.mptcplb.wire.MptcpOptions;
import io.mptcplb.wire.ResetReason;
import io.mptcplb.wire.Seq32;
import io.mptcplb.wire.TcpView;
import org.jspecify.annotations.Nullable;

/**
 * Takes segments from IP: validates and sums them once, finds their endpoint, or makes one for a
 * SYN.
 */
public final class TcpInput implements SegmentInput {
    private final TcpStack stack;
    private final PhaseClock phases;
    private final TcpView view = new TcpView();
    private final Segment segment = new Segment();

    TcpInput(TcpStack stack) {
        this.stack = stack;
        phases = stack.ip().phases();
    }

    @Override
    public void onSegment(NetPort port, long m, IpFacts facts, long nowNanos) {
        int flow = FlowTable.NOT_FOUND;
        DropReason refusal = view.wrap(Mbuf.data(m), Mbuf.dataLen(m), facts.l4Bytes());
        if (refusal == DropReason.NONE) {
            int localPort = view.dstPort();
            int remotePort = view.srcPort();
            flow = find(facts, localPort, remotePort);
            // Before payload is summed: its owner does that, once.
            if (flow == FlowTable.NOT_FOUND
                    && passOn(port, m, facts, localPort, remotePort, facts.lowerBytes())) {
                return;
            }
        }
        stack.count(TcpCounter.SEGMENTS_RECEIVED);
        segment.port = port;
        segment.facts = facts;
        segment.m = m;
        segment.taken = false;
        if (refusal == DropReason.NONE) {
            refusal = parse(m, facts);
        }
        phases.enter(Phase.PROTOCOL);
        if (refusal == DropReason.NONE) {
            refusal = dispatch(flow, nowNanos);
        }
        if (refusal != DropReason.NONE) {
            port.countDrop(refusal);
        }
        if (!segment.taken) {
            stack.buffers().pool().releaseChain(m);
        }
    }

    private int find(IpFacts facts, int localPort, int remotePort) {
        return stack.flows()
                .find(
                        facts.localHi(),
                        facts.localLo(),
                        facts.remoteHi(),
                        facts.remoteLo(),
                        localPort,
                        remotePort);
    }

    @Override
    public boolean passOn(
            NetPort port, long m, IpFacts facts, int localPort, int remotePort, int lowerBytes) {
        if (facts.settled()) {
            return false;
        }
        Elsewhere elsewhere = stack.elsewhere();
        int worker = elsewhere.ownerOf(facts, localPort, remotePort);
        if (worker == Elsewhere.HERE) {
            return false;
        }
        stack.count(TcpCounter.HANDED_OVER);
        boolean settled = elsewhere.isHome(facts, localPort, remotePort);
        stack.ip().handOver(worker, port, m, lowerBytes, settled);
        return true;
    }

    /** Takes what {@link #view} has found to be a whole header. */
    private DropReason parse(long m, IpFacts facts) {
        segment.flags = view.flags();
        segment.seq = view.seq();
        segment.ack = view.ack();
        segment.window = view.window();
        segment.localPort = view.dstPort();
        segment.remotePort = view.srcPort();
        segment.payloadBytes = view.payloadBytes();
        segment.options.parse(view.optionsAddress(), view.optionsBytes());
        long header = view.address();
        int headerBytes = view.headerBytes();
        segment.headerBytes = headerBytes;
        Mbuf.trimFront(m, headerBytes);
        return verify(m, header, headerBytes, facts);
    }

    /** The one time that payload is summed; the sums stay with the buffers (invariant 4). */
    private DropReason verify(long m, long header, int headerBytes, IpFacts facts) {
        long state = Mbuf.olFlags(m) & Mbuf.RX_L4_PARTIAL;
        for (long at = m; at != 0; at = Mbuf.next(at)) {
            Payload.clear(at);
        }
        if (state == Mbuf.RX_L4_GOOD || state == Mbuf.RX_L4_PARTIAL) {
            return DropReason.NONE;
        }
        int sum =
                Checksum.pseudo(
                        facts.ipv6(),
                        facts.remoteHi(),
                        facts.remoteLo(),
                        facts.localHi(),
                        facts.localLo(),
                        IpProtocol.TCP,
                        facts.l4Bytes());
        sum = Checksum.add(sum, Checksum.sum(header, headerBytes));
        int done = 0;
        for (long at = m; at != 0; at = Mbuf.next(at)) {
            int piece = Checksum.sum(Mbuf.data(at), Mbuf.dataLen(at));
            Payload.setSum(at, piece);
            sum = Checksum.add(sum, (done & 1) == 0 ? piece : Checksum.atOddOffset(piece));
            done += Mbuf.dataLen(at);
        }
        stack.count(TcpCounter.SUMMED_BYTES, done);
        return state == Mbuf.RX_L4_BAD || !Checksum.intact(sum)
                ? DropReason.BAD_TCP_CHECKSUM
                : DropReason.NONE;
    }

    private DropReason dispatch(int flow, long nowNanos) {
        if (flow != FlowTable.NOT_FOUND) {
            TcpEndpoint tcp = stack.endpoint(flow);
            if (!startsAnew(tcp)) {
                tcp.onSegment(segment, nowNanos);
                return DropReason.NONE;
            }
            tcp.recycle(nowNanos);
        }
        return segment.has(TcpView.SYN) && !segment.has(TcpView.ACK) && !segment.has(TcpView.RST)
                ? onSyn(nowNanos)
                : onStray(nowNanos);
    }

    /**
     * A SYN beyond what TIME-WAIT has seen opens the connection anew (RFC 9293 s3.10.7.4, RFC
     * 6191).
     */
    private boolean startsAnew(TcpEndpoint tcp) {
        return tcp.state() == TcpState.TIME_WAIT
                && segment.has(TcpView.SYN)
                && !segment.has(TcpView.ACK)
                && Seq32.after(segment.seq, tcp.receiver().rcvNxt());
    }

    private DropReason onStray(long nowNanos) {
        if (passedToAnotherBox(nowNanos)) {
            return DropReason.NONE;
        }
        stack.builder().refuse(segment, nowNanos);
        return DropReason.NO_FLOW;
    }

    private boolean passedToAnotherBox(long nowNanos) {
        if (!stack.ip()
                .passStray(
                        segment.port(),
                        segment.m,
                        segment.facts(),
                        segment.headerBytes,
                        nowNanos)) {
            return false;
        }
        stack.count(TcpCounter.STRAYS_PASSED_ON);
        segment.taken = true;
        return true;
    }

    private DropReason onSyn(long nowNanos) {
        Listener listener = null;
        boolean join = segment.options.mptcp.has(MptcpOptions.MP_JOIN);
        if (join && (passJoinOn() || joinsAnotherBox(nowNanos))) {
            return DropReason.NONE;
        }
        if (!join) {
            listener = stack.findListener(segment.facts(), segment.localPort);
            if (listener == null) {
                stack.builder().refuse(segment, nowNanos);
                return DropReason.NO_LISTENER;
            }
            if (!listener.open()) {
                stack.builder().refuse(segment, nowNanos);
                return DropReason.DRAINING;
            }
        }
        return open(listener, nowNanos);
    }

    /** A join arrives at the home of its own flow; the connection may be another worker's. */
    private boolean passJoinOn() {
        int here = stack.ip().crew().worker();
        int worker = stack.joins().ownerOf(segment, here);
        if (worker == here || segment.facts().settled()) {
            return false;
        }
        stack.count(TcpCounter.HANDED_OVER);
        stack.joins().onPassedOn();
        segment.taken = true;
        int lowerBytes = segment.headerBytes + segment.facts().lowerBytes();
        stack.ip().handOver(worker, segment.port(), segment.m, lowerBytes, true);
        return true;
    }

    /** A token that was given out elsewhere may be that of the box that had the address before. */
    private boolean joinsAnotherBox(long nowNanos) {
        return stack.joins().isStray(segment) && passedToAnotherBox(nowNanos);
    }

    private DropReason open(@Nullable Listener listener, long nowNanos) {
        if (stack.synReceivedFull()) {
            return DropReason.SYN_TABLE_FULL;
        }
        TcpEndpoint tcp = stack.allocate(nowNanos);
        if (tcp == null) {
            return DropReason.TABLE_FULL;
        }
        DropReason refusal = stack.bindPassive(tcp, segment);
        if (refusal != DropReason.NONE) {
            stack.returnUnbound(tcp);
            return refusal;
        }
        tcp.openPassive(segment, listener, nowNanos);
        SegmentExtension above =
                listener == null
                        ? stack.joins().onJoin(tcp, segment, nowNanos)
                        : listener.factory().onSyn(tcp, segment, listener, nowNanos);
        if (above == null) {
            stack.release(tcp);
            return listener == null ? DropReason.NONE : DropReason.TABLE_FULL;
        }
        tcp.answerSyn(above, nowNanos);
        return DropReason.NONE;
    }

    /**
     * Answers the SYN that is being processed with RST and, for MP_JOIN, a reason; the caller
     * counts why.
     */
    public void refuse(Segment syn, ResetReason reason, long nowNanos) {
        stack.builder().refuse(syn, reason, nowNanos);
    }

    @Override
    public DropReason onIcmpError(NetPort port, IpFacts facts, IcmpQuote quote, long nowNanos) {
        int id = find(facts, quote.localPort(), quote.remotePort());
        if (id == FlowTable.NOT_FOUND) {
            return DropReason.ICMP_UNKNOWN_FLOW;
        }
        TcpEndpoint tcp = stack.endpoint(id);
        TcpSender sender = tcp.sender();
        // RFC 5927 s4.1: only what quotes a segment in flight is believed.
        if (Seq32.before(quote.seq(), sender.sndUna())
                || !Seq32.before(quote.seq(), sender.sndNxt())) {
            return DropReason.ICMP_BAD_QUOTE;
        }
        if (quote.kind() == IcmpError.TOO_BIG) {
            tcp.onPathMtu(quote.mtuBytes(), nowNanos);
        } else {
            tcp.onIcmpUnreachable(nowNanos);
        }
        return DropReason.NONE;
    }
}
