package io.mptcplb.stack.tcp;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.stack.buffer.HeldBuffers;
import io.mptcplb.stack.buffer.Payload;
import io.mptcplb.stack.buffer.Reassembly;
import io.mptcplb.stack.ip.NetPort;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.OptionWriter;
import io.mptcplb.wire.Seq32;
import io.mptcplb.wire.TcpOptions;
import io.mptcplb.wire.TcpView;

/**
 * The receiving half of an endpoint: which segments are acceptable, reassembly, what is
 * acknowledged and when, and the window. Stream offset 0 is the byte after the peer's SYN.
 */
public final class TcpReceiver {
    private static final long MILLI_NANOS = 1_000_000L;
    private static final long DELAYED_ACK_NANOS = 40_000_000L;
    private static final long EMPTY_ANSWER_NANOS = 100_000_000L;
    private static final int QUICK_ACKS = 16;

    /** Two frames of the largest kind: more is acknowledged in the cycle that it comes in. */
    private static final int GATHERED_BYTES_MAX = 128 * 1024;

    private static final int WINDOW_FIELD_MAX = 65_535;
    private static final long NO_FIN = -1;
    private static final long TIMESTAMP_STALE_NANOS = 24L * 24 * 3600 * 1_000_000_000L;

    private final TcpEndpoint tcp;
    private final TcpStack stack;
    private final HeldBuffers buffers;
    private final Reassembly reassembly;
    private int irs;
    private long finOffset;
    private boolean finDelivered;
    private long edgeOffset;
    private int windowShift;
    private boolean ackNow;
    private boolean gathering;
    private boolean windowClosed;
    private int unacknowledgedBytes;
    private int quickAcks;
    private int segmentBytesMax;
    private boolean duplicateSeen;
    private int duplicateLeft;
    private int duplicateRight;
    private int tsRecent;
    private long tsRecentAtNanos;
    private long answeredEmptyNanos;
    private int lastAckSent;

    /** When something came last, in the port's count. */
    private int queuePeriod;

    TcpReceiver(TcpEndpoint tcp, TcpStack stack, int runsMax) {
        this.tcp = tcp;
        this.stack = stack;
        buffers = stack.buffers();
        reassembly = new Reassembly(buffers, runsMax);
    }

    void reset(int newIrs, int shift, long nowNanos) {
        irs = newIrs;
        windowShift = shift;
        reassembly.reset(0);
        finOffset = NO_FIN;
        finDelivered = false;
        edgeOffset = 0;
        ackNow = false;
        gathering = false;
        windowClosed = false;
        unacknowledgedBytes = 0;
        quickAcks = QUICK_ACKS;
        segmentBytesMax = TcpSettings.DEFAULT_MSS_BYTES;
        duplicateSeen = false;
        lastAckSent = newIrs + 1;
        queuePeriod = 0;
        answeredEmptyNanos = nowNanos - EMPTY_ANSWER_NANOS;
    }

    void clear() {
        reassembly.dropAll();
    }

    /**
     * The stream above is complete: what is out of order here repeats it, and burdens no budget.
     */
    public void disown() {
        reassembly.disown();
    }

    // ---- getters

    /** Next sequence number expected. */
    public int rcvNxt() {
        return irs + 1 + (int) reassembly.nextOffset() + (finDelivered ? 1 : 0);
    }

    int irs() {
        return irs;
    }

    /** Payload bytes received in order. */
    public long receivedOffset() {
        return reassembly.nextOffset();
    }

    /** The peer's FIN has come, with everything before it. */
    public boolean finished() {
        return finDelivered;
    }

    /** Bytes beyond what is in order that the peer was invited to send. */
    long offeredBytes() {
        return Math.max(0, edgeOffset - reassembly.nextOffset());
    }

    boolean ackNow() {
        return ackNow;
    }

    /** Largest segment payload seen. */
    public int segmentBytesMax() {
        return segmentBytesMax;
    }

    int tsRecent() {
        return tsRecent;
    }

    private long offsetOf(int seq) {
        return reassembly.nextOffset()
                + Seq32.distance(irs + 1 + (int) reassembly.nextOffset(), seq);
    }

    // ---- handle

    void onPeerTimestamp(TcpOptions options, long nowNanos) {
        tsRecent = options.tsVal;
        tsRecentAtNanos = nowNanos;
    }

    /**
     * PAWS (RFC 7323 s5.3); segments without a timestamp pass (DEVIATION: middleboxes strip them,
     * and ADD_ADDR6 leaves no room).
     */
    DropReason checkTimestamp(Segment segment, long nowNanos) {
        TcpOptions options = segment.options;
        if (!tcp.timestamps() || !options.hasTimestamp) {
            return DropReason.NONE;
        }
        boolean stale = nowNanos - tsRecentAtNanos > TIMESTAMP_STALE_NANOS;
        if (Seq32.before(options.tsVal, tsRecent) && !stale && !segment.has(TcpView.RST)) {
            ackAtOnce();
            return DropReason.PAWS;
        }
        if (Seq32.atOrBefore(segment.seq, lastAckSent)) {
            onPeerTimestamp(options, nowNanos);
        }
        return DropReason.NONE;
    }

    /**
     * RFC 9293 s3.10.7.4 first; a segment that touches the window from below is good for its
     * acknowledgement.
     */
    DropReason checkSequence(Segment segment, long nowNanos) {
        long start = offsetOf(segment.seq);
        long end = start + segment.length();
        long next = reassembly.nextOffset() + (finDelivered ? 1 : 0);
        if (end >= next && start <= Math.max(edgeOffset, next)) {
            return DropReason.NONE;
        }
        if (!segment.has(TcpView.RST)) {
            answerUnacceptable(segment, end < next, nowNanos);
        }
        return end < next ? DropReason.DUPLICATE : DropReason.OUT_OF_WINDOW;
    }

    /**
     * An acknowledgement says where we are (RFC 9293 s3.10.7.4). DEVIATION, as Linux: what brings
     * nothing is answered only now and then, or two ends that somebody has brought out of step
     * would answer each other's answers for ever.
     */
    private void answerUnacceptable(Segment segment, boolean old, long nowNanos) {
        if (segment.length() == 0) {
            if (nowNanos - answeredEmptyNanos < EMPTY_ANSWER_NANOS) {
                return;
            }
            answeredEmptyNanos = nowNanos;
        }
        ackAtOnce();
        if (old && segment.length() > 0) {
            noteDuplicate(segment.seq, segment.seq + segment.length());
        }
    }

    /** Payload and FIN of an acceptable segment. */
    void onData(Segment segment, long nowNanos) {
        long start = offsetOf(segment.seq);
        if (segment.payloadBytes > 0 && !takePayload(segment, start, nowNanos)) {
            return;
        }
        if (segment.has(TcpView.FIN) && finOffset == NO_FIN) {
            finOffset = start + segment.payloadBytes;
        }
        deliverFin(nowNanos);
        decideAck(segment, nowNanos);
    }

    /** False when nothing was kept, or the endpoint is gone. */
    private boolean takePayload(Segment segment, long start, long nowNanos) {
        DropReason refusal = refusal(start);
        if (refusal != DropReason.NONE) {
            stack.drop(segment, refusal);
            ackAtOnce();
            return false;
        }
        segment.taken = true;
        queuePeriod = segment.port().onReceived(queuePeriod, segment.payloadBytes, nowNanos);
        boundRoundTrip(segment.options, nowNanos);
        int merged = Mbuf.segmentBytes(segment.m);
        // What a merged frame says of its segments may not be true: more than it carries, say.
        int bytes = merged > 0 ? Math.min(merged, segment.payloadBytes) : segment.payloadBytes;
        segmentBytesMax = Math.max(segmentBytesMax, bytes);
        long from = reassembly.nextOffset();
        takeChain(segment, start, nowNanos);
        if (tcp.state() == TcpState.CLOSED) {
            return false;
        }
        int inOrder = (int) (reassembly.nextOffset() - from);
        stack.count(TcpCounter.PAYLOAD_BYTES_RECEIVED, inOrder);
        tcp.figures().onReceived(tcp.portIndex(), inOrder);
        return true;
    }

    /** The clock ticks in milliseconds: one more is surely not too short. */
    private void boundRoundTrip(TcpOptions options, long nowNanos) {
        if (tcp.timestamps() && options.hasTimestamp) {
            int millis = tcp.timestampNow(nowNanos) - options.tsEcr;
            if (millis >= 0) {
                tcp.sender().rtt().atMost((millis + 1L) * MILLI_NANOS, nowNanos);
            }
        }
    }

    private DropReason refusal(long start) {
        if (finOffset != NO_FIN && start >= finOffset) {
            return DropReason.AFTER_CLOSE;
        }
        int budget = tcp.budget();
        if (budget == SegmentExtension.NO_BUDGET) {
            return DropReason.MEMORY_PRESSURE;
        }
        if (buffers.exhausted(budget)) {
            // What is in order frees memory further on; what is not was never acknowledged for good
            // (RFC 2018 s8).
            if (start <= reassembly.nextOffset() && reassembly.runCount() > 0) {
                reassembly.dropAll();
            }
            return buffers.exhausted(budget) ? DropReason.MEMORY_PRESSURE : DropReason.NONE;
        }
        return DropReason.NONE;
    }

    /**
     * Each buffer of a merged frame becomes a piece of its own, and knows the frame's mapping
     * before the first is given away.
     */
    private void takeChain(Segment segment, long start, long nowNanos) {
        NetPort port = segment.port();
        long first = segment.m;
        for (long at = Mbuf.next(first); at != 0; at = Mbuf.next(at)) {
            Payload.continueFrom(first, at);
        }
        long at = first;
        long offset = start;
        DropReason refusal = DropReason.NONE;
        while (at != 0) {
            long rest = Mbuf.next(at);
            Mbuf.setNext(at, 0);
            Mbuf.setNbSegs(at, 1);
            Mbuf.setPktLen(at, Mbuf.dataLen(at));
            int bytes = Mbuf.dataLen(at);
            if (bytes == 0 || tcp.state() == TcpState.CLOSED) {
                buffers.pool().release(at);
            } else {
                buffers.adopt(at, tcp.budget());
                Payload.setOffset(at, offset);
                DropReason ofPiece = take(at, bytes, nowNanos);
                refusal = ofPiece == DropReason.NONE ? refusal : ofPiece;
            }
            offset += bytes;
            at = rest;
        }
        if (refusal != DropReason.NONE) {
            port.countDrop(refusal); // once, however many buffers the segment came in
        }
    }

    private DropReason take(long m, int bytes, long nowNanos) {
        if (reassembly.inOrder(Payload.offset(m))) {
            reassembly.advance(bytes);
            tcp.extension().onPayload(tcp, m, nowNanos);
            return DropReason.NONE;
        }
        int seq = irs + 1 + (int) Payload.offset(m);
        switch (reassembly.insert(m)) {
            case DUPLICATE -> {
                noteDuplicate(seq, seq + bytes);
                return DropReason.DUPLICATE;
            }
            case REFUSED -> {
                stack.count(TcpCounter.REASSEMBLY_REFUSALS);
                return DropReason.TOO_MANY_HOLES;
            }
            case KEPT -> {
                stack.count(TcpCounter.OUT_OF_ORDER_SEGMENTS);
                ackAtOnce();
                deliver(nowNanos);
            }
        }
        return DropReason.NONE;
    }

    private void deliver(long nowNanos) {
        long m = reassembly.poll();
        while (m != 0) {
            tcp.extension().onPayload(tcp, m, nowNanos);
            m = tcp.state() == TcpState.CLOSED ? 0 : reassembly.poll();
        }
    }

    private void deliverFin(long nowNanos) {
        if (finOffset == reassembly.nextOffset() && !finDelivered) {
            finDelivered = true;
            ackAtOnce();
            tcp.onFinReceived(nowNanos);
        }
    }

    private void noteDuplicate(int left, int right) {
        duplicateSeen = true;
        duplicateLeft = left;
        duplicateRight = right;
        ackAtOnce();
    }

    /**
     * RFC 9293 s3.8.6.3 and RFC 5681 s4.2: at once out of order or while the peer starts slowly;
     * for every second full segment, with those that come until the next cycle.
     */
    private void decideAck(Segment segment, long nowNanos) {
        unacknowledgedBytes += segment.payloadBytes;
        if (quickAcks > 0
                || reassembly.runCount() > 0
                || unacknowledgedBytes >= GATHERED_BYTES_MAX) {
            quickAcks = Math.max(quickAcks - 1, 0);
            ackAtOnce();
        } else if (unacknowledgedBytes >= 2 * segmentBytesMax) {
            gather();
        } else if (!ackNow && !tcp.timers().armed(TimerKind.DELAYED_ACK)) {
            tcp.arm(TimerKind.DELAYED_ACK, nowNanos + DELAYED_ACK_NANOS);
        }
    }

    /** One acknowledgement for what comes in this cycle and in the next. */
    private void gather() {
        if (!gathering) {
            gathering = stack.gathered().add(tcp);
            if (!gathering) {
                ackAtOnce();
            }
        }
    }

    // ---- commands

    /** The next cycle has come. */
    void endGathering() {
        if (gathering) {
            ackAtOnce();
        }
    }

    /** An acknowledgement goes out at the end of this cycle. */
    void ackAtOnce() {
        ackNow = true;
        tcp.mark();
    }

    /**
     * The window may have grown: tell the peer if it is worth a segment (RFC 9293 s3.8.6.2.2). As
     * long as the peer has half of the window left, what it sends brings an acknowledgement, and
     * that says it as well.
     */
    void considerWindowUpdate(long worthBytes) {
        SegmentExtension above = tcp.extension();
        long invitable = Math.min(above.receiveWindowBytes(tcp), queueBytes());
        long offered = above.offeredWindowBytes(tcp);
        if (invitable - offered >= Math.min(2L * segmentBytesMax, worthBytes)
                && invitable >= 2 * offered) {
            ackAtOnce();
        }
    }

    /**
     * What the port's queue takes between two looks at it: more at once would be lost. What was
     * invited here already stays so.
     */
    private long queueBytes() {
        long roundTripNanos = tcp.sender().rtt().minRttNanos();
        long bytes = tcp.netPort().queueWindowBytes(roundTripNanos, reassembly.nextOffset());
        return Math.max(bytes, offeredBytes());
    }

    // ---- poll

    /** The window field of a segment that goes out now. */
    int takeWindow(boolean syn) {
        SegmentExtension above = tcp.extension();
        // A subflow repeats what others have offered (RFC 8684 s3.3.5), as far as its own port
        // goes.
        long offered = Math.min(above.offeredWindowBytes(tcp), queueBytes());
        long bytes = Math.max(Math.min(above.receiveWindowBytes(tcp), queueBytes()), offered);
        int shift = syn ? 0 : windowShift;
        long field = bytes >> shift;
        // Scaling must not take back what was offered.
        if (field << shift < offered) {
            field++;
        }
        field = Math.min(field, WINDOW_FIELD_MAX);
        if (field == 0 && !windowClosed) {
            stack.count(TcpCounter.ZERO_WINDOWS_SENT);
        }
        windowClosed = field == 0;
        edgeOffset = Math.max(edgeOffset, reassembly.nextOffset() + (field << shift));
        above.onWindowOffered(tcp, field << shift);
        return (int) field;
    }

    /**
     * A segment with this acknowledgement number is on its way.
     *
     * @param everything with all SACK blocks that are due
     */
    void onAckSent(boolean everything) {
        ackNow &= !everything;
        gathering = false;
        unacknowledgedBytes = 0;
        lastAckSent = rcvNxt();
        tcp.timers().cancel(TimerKind.DELAYED_ACK);
    }

    /** There is something to say that only SACK blocks say. */
    boolean owesSack() {
        return duplicateSeen || reassembly.runCount() > 0;
    }

    /**
     * Writes SACK blocks into {@code roomBytes}: what came twice first (RFC 2883), then the latest
     * run, then from the lowest (RFC 2018 s4).
     */
    int writeSack(long at, int roomBytes) {
        int room = OptionWriter.sackBlocksThatFit(roomBytes);
        int wanted = (duplicateSeen ? 1 : 0) + reassembly.runCount();
        int blocks = Math.min(room, wanted);
        if (blocks <= 0) {
            return 0;
        }
        long to = OptionWriter.sackHeader(at, blocks);
        if (duplicateSeen) {
            duplicateSeen = false;
            to = OptionWriter.sackBlock(to, duplicateLeft, duplicateRight);
            blocks--;
        }
        long recent = reassembly.recentRun();
        if (blocks > 0 && recent != 0) {
            to = writeRun(to, recent);
            blocks--;
        }
        for (long run = reassembly.firstRun();
                run != 0 && blocks > 0;
                run = reassembly.runAfter(run)) {
            if (run != recent) {
                to = writeRun(to, run);
                blocks--;
            }
        }
        return (int) (to - at);
    }

    private long writeRun(long at, long run) {
        int base = irs + 1;
        return OptionWriter.sackBlock(
                at, base + (int) reassembly.runStart(run), base + (int) reassembly.runEnd(run));
    }
}
