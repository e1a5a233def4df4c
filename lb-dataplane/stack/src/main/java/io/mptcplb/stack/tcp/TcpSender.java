package io.mptcplb.stack.tcp;

import io.mptcplb.stack.congestion.CongestionControl;
import io.mptcplb.wire.Seq32;
import io.mptcplb.wire.TcpOptions;
import io.mptcplb.wire.TcpView;

/**
 * The sending half of an endpoint: windows, records, acknowledgements, loss recovery and its
 * timers. Names are those of RFC 9293 s3.3.1.
 *
 * <p>What is sent is decided above: {@link #newDataBytes} says how much may go, {@link #send} sends
 * it.
 */
public final class TcpSender {
    /**
     * Probes and timeouts without an answer before the peer is given up (R2 of RFC 9293 s3.8.3).
     */
    static final int RETRIES_MAX = 15;

    /** {@link #send} had no record. */
    public static final int NOT_SENT = -1;

    private static final int BACKOFF_SHIFT_MAX = 10;
    private static final int DUPLICATE_ACKS = 3;

    private final TcpEndpoint tcp;
    private final TcpStack stack;
    private final TransmitRecords records;
    private final RttEstimator rtt = new RttEstimator();
    private final LossDetector loss;
    private final Scoreboard board;
    private final CongestionControl congestion;
    private final Recovery recovery;
    private final PeerWindow window = new PeerWindow();
    private final WindowProbe windowProbe = new WindowProbe();
    private final TailProbe tailProbe = new TailProbe();

    private int iss;
    private int sndUna;
    private int sndNxt;
    private long ackedOffset;
    private int peerMssBytes;
    private boolean finSent;
    private int roundEndSeq;
    private int roundPipeMax;
    private int backoff;
    private int duplicateAcks;
    private long lastSentNanos;
    private long retransmittedSegments;
    private long sentBytes;

    TcpSender(TcpEndpoint tcp, TcpStack stack, CongestionControl congestion) {
        this.tcp = tcp;
        this.stack = stack;
        this.congestion = congestion;
        records = stack.records();
        loss = new LossDetector(records, rtt);
        board = new Scoreboard(records, loss);
        recovery = new Recovery(board, congestion);
    }

    void reset(int newIss) {
        iss = newIss;
        sndUna = newIss;
        sndNxt = newIss;
        ackedOffset = 0;
        peerMssBytes = TcpSettings.DEFAULT_MSS_BYTES;
        finSent = false;
        roundEndSeq = newIss;
        roundPipeMax = 0;
        backoff = 0;
        duplicateAcks = 0;
        retransmittedSegments = 0;
        sentBytes = 0;
        window.reset();
        windowProbe.reset();
        tailProbe.reset();
        rtt.reset();
        loss.reset();
        recovery.reset();
    }

    /** Lets go of all that is unacknowledged. */
    void clear() {
        board.clear();
    }

    // ---- getters

    /** Sequence number of our SYN. */
    public int iss() {
        return iss;
    }

    /** The peer's window scale. */
    public int windowShift() {
        return window.shift();
    }

    public int sndUna() {
        return sndUna;
    }

    public int sndNxt() {
        return sndNxt;
    }

    /** Payload bytes that the peer has acknowledged. */
    public long ackedOffset() {
        return ackedOffset;
    }

    public RttEstimator rtt() {
        return rtt;
    }

    /**
     * First unacknowledged record, or {@link TransmitRecords#NONE}; go on with {@link
     * TransmitRecords#next}.
     */
    public int firstRecord() {
        return board.head();
    }

    /** Bytes believed to be in the network. */
    public int pipeBytes() {
        return board.pipeBytes();
    }

    /**
     * What the path takes at present: bytes in flight per round trip; 0 while none was measured.
     */
    public long bytesPerMillisecond() {
        long srttNanos = rtt.srttNanos();
        return srttNanos == 0 ? 0 : board.pipeBytes() * 1_000_000L / srttNanos;
    }

    public int outstandingBytes() {
        return board.outBytes();
    }

    public int cwndBytes() {
        return congestion.cwnd();
    }

    public CongestionControl congestion() {
        return congestion;
    }

    /** Retransmission timeouts in a row without progress. */
    public int backoff() {
        return backoff;
    }

    /**
     * A tail probe had no answer within a round trip, and 50 ms at least: the path may be dead,
     * which the retransmission timeout tells hundreds of milliseconds later.
     */
    public boolean unanswered() {
        return tailProbe.unanswered();
    }

    public long retransmittedSegments() {
        return retransmittedSegments;
    }

    /** Payload bytes sent for the first time. */
    public long sentBytes() {
        return sentBytes;
    }

    public boolean finSent() {
        return finSent;
    }

    public boolean allAcked() {
        return board.empty() && sndUna == sndNxt;
    }

    /**
     * Largest payload of one segment: the peer's MSS and the path's MTU, less the options of a data
     * segment.
     */
    public int payloadMax() {
        return Math.min(peerMssBytes, tcp.pathMssBytes()) - tcp.dataOptionBytes();
    }

    /**
     * Payload bytes of new data that may be sent now: congestion window and peer's window, at least
     * one full segment, or the last bytes there are, or half of the largest window ever seen
     * (sender's silly window avoidance, RFC 9293 s3.8.6.2.1); else 0.
     */
    public int newDataBytes(long waitingBytes) {
        if (!tcp.state().maySend() || finSent || board.lostBytes() > 0) {
            return 0;
        }
        long peerRoom = window.bytes() - Seq32.distance(sndUna, sndNxt);
        long room =
                Math.min(
                        Math.min(peerRoom, congestion.cwnd() - (long) board.pipeBytes()),
                        waitingBytes);
        if (room <= 0) {
            return 0;
        }
        boolean worthwhile =
                room >= payloadMax()
                        || room == waitingBytes
                        || board.empty()
                                && (windowProbe.smallAllowed() || room * 2 >= window.bytesMax());
        return worthwhile ? (int) Math.min(room, Integer.MAX_VALUE) : 0;
    }

    // ---- handle

    void onPeerOptions(int mssBytes, int shift) {
        peerMssBytes =
                mssBytes == 0
                        ? TcpSettings.DEFAULT_MSS_BYTES
                        : Math.max(mssBytes, TcpSettings.MSS_BYTES_MIN);
        window.scale(shift);
    }

    /** The SYN is on its way: it takes one sequence number. */
    void onSynSent(long nowNanos) {
        sndNxt = iss + 1;
        lastSentNanos = nowNanos;
        armRetransmit(nowNanos);
    }

    /** Our SYN was acknowledged. */
    void onSynAcked(Segment segment, long sentAtNanos, long nowNanos) {
        sndUna = iss + 1;
        if (tcp.synRetries() == 0) {
            rtt.sample(nowNanos - sentAtNanos, nowNanos);
        }
        backoff = 0;
        congestion.reset(payloadMax());
        tcp.timers().cancel(TimerKind.RETRANSMIT);
        window.open(segment);
        roundEndSeq = sndNxt;
    }

    /** RFC 9293 s3.10.7.4 fifth, with SACK. The segment's ACK is at most SND.NXT. */
    void onAck(Segment segment, TcpOptions options, long nowNanos) {
        int ack = segment.ack();
        if (Seq32.before(ack, sndUna)) {
            return;
        }
        boolean windowChanged = updateWindow(segment);
        windowProbe.onAnswer();
        int priorUna = sndUna;
        int delivered = advance(ack, nowNanos);
        if (tcp.sackPermitted()) {
            if (Sack.reportsDuplicate(options, ack)) {
                loss.onDuplicateReported();
                tailProbe.onDuplicateReported();
            }
            delivered += board.sack(options, sndUna, sndNxt, nowNanos);
        } else {
            delivered += onAckWithoutSack(segment, priorUna, windowChanged);
        }
        boolean progress = Seq32.after(ack, priorUna);
        if (progress || delivered > 0) {
            onDelivered(delivered, progress, options, nowNanos);
        } else if (windowChanged && windowProbe.asking()) {
            stopProbing();
        }
    }

    private boolean updateWindow(Segment segment) {
        boolean changed = window.update(segment);
        if (changed && window.bytes() == 0) {
            stack.count(TcpCounter.ZERO_WINDOWS_RECEIVED);
        }
        return changed;
    }

    private int advance(int ack, long nowNanos) {
        int advanced = Seq32.distance(sndUna, ack);
        if (advanced == 0) {
            return 0;
        }
        boolean finAcked = finSent && ack == sndNxt;
        ackedOffset += finAcked ? advanced - 1 : advanced;
        sndUna = ack;
        return board.ackTo(ack, nowNanos);
    }

    /**
     * Three duplicate ACKs, or a partial one in recovery, mean that the first segment is lost (RFC
     * 5681 s3.2, 6582 s3.2).
     */
    private int onAckWithoutSack(Segment segment, int priorUna, boolean windowChanged) {
        if (sndUna != priorUna) {
            duplicateAcks = 0;
            if (recovery.recovering() && Seq32.before(sndUna, recovery.point()) && !board.empty()) {
                board.markHeadLost();
            }
            return 0;
        }
        boolean duplicate =
                segment.payloadBytes() == 0
                        && !segment.has(TcpView.FIN)
                        && !windowChanged
                        && !board.empty();
        if (duplicate && ++duplicateAcks == DUPLICATE_ACKS) {
            board.markHeadLost();
        }
        return duplicate ? Math.min(payloadMax(), board.pipeBytes()) : 0;
    }

    private void onDelivered(int delivered, boolean progress, TcpOptions options, long nowNanos) {
        tailProbe.onHeard();
        long sample = loss.takeSample();
        if (sample > 0) {
            // A valid sample ends the back-off (RFC 6298 s5.7), also when SACK alone brought it.
            rtt.sample(sample, nowNanos);
            tcp.figures().onRoundTrip(tcp.portIndex(), sample);
            backoff = 0;
        }
        if (progress) {
            undoIfSpurious(options, nowNanos);
            backoff = 0;
            endProbe(nowNanos);
        }
        boolean roundStart = Seq32.atOrAfter(sndUna, roundEndSeq);
        detectLoss(nowNanos);
        if (recovery.recovering()) {
            recovery.onDelivered(delivered, payloadMax(), sndUna);
        } else if (windowWasUsed()) {
            congestion.onAcked(delivered, sample, rtt.srttNanos(), roundStart, nowNanos);
        }
        if (recovery.lost()) {
            congestion.onAcked(delivered, sample, rtt.srttNanos(), roundStart, nowNanos);
            recovery.endIfPast(sndUna);
        }
        if (roundStart) {
            roundEndSeq = sndNxt;
            roundPipeMax = board.pipeBytes();
        }
        rearm(progress || sample > 0, nowNanos);
        tcp.mark();
    }

    /**
     * An echoed timestamp from before the retransmission: the original was not lost, only late
     * (Eifel, RFC 3522).
     */
    private void undoIfSpurious(TcpOptions options, long nowNanos) {
        if (recovery.active()
                && tcp.timestamps()
                && options.hasTimestamp
                && recovery.wasSpurious(options.tsEcr)) {
            board.forgetLosses(nowNanos);
            congestion.onSpurious();
            recovery.end();
            stack.count(TcpCounter.SPURIOUS_RECOVERIES);
        }
    }

    private void detectLoss(long nowNanos) {
        long again = loss.detect(board, recovery.recovering(), payloadMax(), nowNanos);
        if (again > 0) {
            tcp.arm(TimerKind.REORDER, nowNanos + again);
        } else {
            tcp.timers().cancel(TimerKind.REORDER);
        }
        if (board.lostBytes() > 0 && !recovery.active()) {
            recovery.enter(sndNxt, nowNanos);
            stack.count(TcpCounter.FAST_RECOVERIES);
            tcp.figures().onRecovery(tcp.portIndex());
        }
    }

    private boolean windowWasUsed() {
        int pipe = Math.max(roundPipeMax, board.pipeBytes());
        boolean slowStart = congestion.cwnd() < congestion.ssthresh();
        return slowStart ? congestion.cwnd() < 2L * pipe : pipe + payloadMax() >= congestion.cwnd();
    }

    private void endProbe(long nowNanos) {
        if (tailProbe.answeredBy(sndUna) && !recovery.active()) {
            congestion.onLoss(board.outBytes(), nowNanos);
            congestion.setCwnd(congestion.ssthresh());
        }
    }

    // ---- timers

    void onRetransmitTimeout(long nowNanos) {
        if (board.empty()) {
            probeWindow(nowNanos);
            return;
        }
        if (++backoff > RETRIES_MAX) {
            stack.count(TcpCounter.TIMED_OUT);
            tcp.fail(CloseCause.TIMED_OUT, nowNanos);
            return;
        }
        stack.count(TcpCounter.RETRANSMIT_TIMEOUTS);
        tcp.figures().onTimeout(tcp.portIndex());
        tailProbe.reset();
        if (backoff == 1 && !recovery.lost()) {
            congestion.onTimeout(board.outBytes(), nowNanos);
        } else {
            congestion.setCwnd(payloadMax());
        }
        board.markAllLost();
        recovery.enterLost(sndNxt);
        armRetransmit(nowNanos);
        tcp.mark();
    }

    /** The back-off counted a path that was not there: it starts anew. */
    void onLinkReturned(long nowNanos) {
        if (backoff > 0) {
            backoff = 0;
            onRetransmitTimeout(nowNanos);
        }
    }

    /**
     * RFC 8985 s7.3: the last segment once more; and if it has gone already, it had no answer in
     * time.
     */
    void onLossProbeTimeout(long nowNanos) {
        if (board.empty() || recovery.active()) {
            return;
        }
        if (tailProbe.outstanding()) {
            tailProbe.expire();
            return;
        }
        int r = board.lastSegment();
        tailProbe.sent(sndNxt);
        stack.count(TcpCounter.LOSS_PROBES);
        retransmit(r, nowNanos);
        armRetransmit(nowNanos);
        armLossProbe(nowNanos);
    }

    void onReorderTimeout(long nowNanos) {
        detectLoss(nowNanos);
        tcp.mark();
    }

    private void rearm(boolean progress, long nowNanos) {
        if (board.empty()) {
            tcp.timers().cancel(TimerKind.RETRANSMIT);
            tcp.timers().cancel(TimerKind.LOSS_PROBE);
            windowProbe.stop();
        } else if (progress) {
            armRetransmit(nowNanos);
            armLossProbe(nowNanos);
        }
    }

    private void armRetransmit(long nowNanos) {
        long rto =
                Math.min(
                        rtt.rtoNanos() << Math.min(backoff, BACKOFF_SHIFT_MAX),
                        RttEstimator.RTO_MAX_NANOS);
        tcp.arm(TimerKind.RETRANSMIT, nowNanos + rto);
    }

    private void armLossProbe(long nowNanos) {
        if (recovery.active() || rtt.srttNanos() == 0 || !tcp.sackPermitted()) {
            tcp.timers().cancel(TimerKind.LOSS_PROBE);
        } else if (tailProbe.outstanding()) {
            tcp.arm(TimerKind.LOSS_PROBE, nowNanos + TailProbe.silenceNanos(rtt));
        } else {
            long timeout = TailProbe.timeoutNanos(rtt, board.oneSegment());
            tcp.arm(TimerKind.LOSS_PROBE, nowNanos + timeout);
        }
    }

    // ---- commands

    /**
     * The window is closed, nothing is outstanding and data waits: ask for the window until it
     * opens (RFC 9293 s3.8.6.1).
     */
    public void waitForWindow(long nowNanos) {
        if (board.empty() && !windowProbe.asking() && tcp.state().maySend()) {
            windowProbe.start();
            armRetransmit(nowNanos);
        }
    }

    private void probeWindow(long nowNanos) {
        if (!windowProbe.asking()) {
            return;
        }
        backoff++;
        if (windowProbe.next() > RETRIES_MAX) {
            stack.count(TcpCounter.TIMED_OUT);
            tcp.fail(CloseCause.TIMED_OUT, nowNanos);
            return;
        }
        if (window.bytes() > 0) {
            windowProbe.allowSmall();
            tcp.mark();
        }
        stack.count(TcpCounter.WINDOW_PROBES);
        stack.builder().sendProbe(tcp, sndUna - 1, nowNanos);
        armRetransmit(nowNanos);
    }

    private void stopProbing() {
        if (window.bytes() > 0) {
            windowProbe.stop();
            tcp.timers().cancel(TimerKind.RETRANSMIT);
        }
        backoff = 0;
        tcp.mark();
    }

    /** Sends lost records again as far as the congestion window allows. */
    void retransmitLost(long nowNanos) {
        int r = board.nextLost();
        while (r != TransmitRecords.NONE && (recovery.mayRetransmit(records.length(r)))) {
            if (!retransmit(r, nowNanos)) {
                return;
            }
            recovery.onRetransmitted(records.length(r), tcp.timestampNow(nowNanos));
            if (!tcp.timers().armed(TimerKind.RETRANSMIT)) {
                armRetransmit(nowNanos);
            }
            r = board.nextLost();
        }
    }

    private boolean retransmit(int r, long nowNanos) {
        if (!stack.builder().sendRecord(tcp, r, nowNanos)) {
            return false;
        }
        board.retransmitted(r, nowNanos);
        retransmittedSegments++;
        tcp.figures().onRetransmitted(tcp.portIndex(), records.bytes(r));
        stack.count(TcpCounter.RETRANSMITTED_SEGMENTS);
        lastSentNanos = nowNanos;
        return true;
    }

    /**
     * Payload bytes that the next frame should carry of the {@code room} that {@link #newDataBytes}
     * gives for {@code waiting}: a segment, or a super-segment of whole ones where the device cuts
     * them.
     */
    public int frameBytes(int room, long waiting) {
        int segment = payloadMax();
        if (room <= segment || !tcp.route().port().cutsSegments() || !tcp.extension().mayMerge()) {
            return Math.min(room, segment);
        }
        int most =
                SuperSegments.bytes(
                        congestion.cwnd(),
                        congestion.cwnd() < congestion.ssthresh(),
                        rtt.srttNanos(),
                        rtt.minRttNanos(),
                        segment);
        int bytes = Math.min(room, most);
        return bytes == waiting ? bytes : bytes - bytes % segment;
    }

    /**
     * Sends new data by reference, in one frame of at most {@link #frameBytes}. A frame that the
     * port drops is as lost as one on the wire.
     *
     * @param buffer first payload buffer, 0 for none
     * @param roomOffset where in its data room the bytes begin
     * @param fin FIN follows these bytes
     * @return payload bytes sent, which are all; {@link #NOT_SENT} when there was no record
     */
    public int send(
            long buffer, int roomOffset, int bytes, long streamOffset, boolean fin, long nowNanos) {
        int r = records.open(buffer, roomOffset, bytes, payloadMax(), streamOffset);
        if (r == TransmitRecords.NONE) {
            stack.count(TcpCounter.NO_TRANSMIT_RECORD);
            return NOT_SENT;
        }
        if (fin) {
            records.set(r, TransmitRecords.FIN);
            finSent = true;
        }
        boolean first = board.empty();
        if (first && nowNanos - lastSentNanos > rtt.rtoNanos()) {
            congestion.onIdle(nowNanos);
        }
        take(r, nowNanos);
        stack.builder().sendNew(tcp, r, nowNanos);
        if (first) {
            windowProbe.onSent();
            backoff = 0;
            armRetransmit(nowNanos);
        }
        if (!tailProbe.outstanding()) {
            armLossProbe(nowNanos);
        }
        return bytes;
    }

    private void take(int r, long nowNanos) {
        int bytes = records.bytes(r);
        records.setSeq(r, sndNxt);
        sndNxt = records.endSeq(r);
        board.append(r, nowNanos);
        recovery.onNewData(records.length(r));
        roundPipeMax = Math.max(roundPipeMax, board.pipeBytes());
        sentBytes += bytes;
        stack.count(TcpCounter.PAYLOAD_BYTES_SENT, bytes);
        tcp.figures().onSent(tcp.portIndex(), bytes);
        lastSentNanos = nowNanos;
    }

    /** Sends FIN by itself, after everything else. */
    public void sendFin(long nowNanos) {
        if (!finSent && tcp.state().maySend()) {
            if (send(0, 0, 0, ackedOffset, true, nowNanos) != NOT_SENT) {
                tcp.onFinSent(nowNanos);
            }
        }
    }

    /** The path takes smaller segments now: what is outstanding goes again in smaller pieces. */
    void onPathMtu(long nowNanos) {
        congestion.onMssChange(payloadMax());
        for (int r = board.head(); r != TransmitRecords.NONE; r = records.next(r)) {
            if (records.firstSegmentBytes(r) > payloadMax()) {
                board.markLost(r);
            }
        }
        tcp.mark();
    }
}
