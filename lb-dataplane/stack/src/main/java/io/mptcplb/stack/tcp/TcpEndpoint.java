package io.mptcplb.stack.tcp;

import io.mptcplb.stack.buffer.StreamQueue;
import io.mptcplb.stack.congestion.Cubic;
import io.mptcplb.stack.ip.NetPort;
import io.mptcplb.stack.ip.Route;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.Seq32;
import io.mptcplb.wire.TcpOptions;
import io.mptcplb.wire.TcpView;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection: a subflow, or a backend connection. The state machine of RFC 9293 s3.10,
 * around a receiver and a sender. All endpoints of a worker are made at start and reused.
 */
public final class TcpEndpoint {
    private static final int SYN_RETRIES_MAX = 5;
    private static final long CHALLENGE_INTERVAL_NANOS = 5_000_000L;
    private static final long NOT_ARMED = Long.MAX_VALUE;
    private static final SegmentExtension NOTHING_ABOVE = new NothingAbove();

    private final int id;
    private final TcpStack stack;
    private final Route route = new Route();
    private final TimerTable timers = new TimerTable();
    private final TcpReceiver receiver;
    private final TcpSender sender;
    private TcpState state = TcpState.CLOSED;
    private SegmentExtension extension = NOTHING_ABOVE;
    private @Nullable Listener listener;
    private int localPort;
    private int remotePort;
    private boolean activeOpen;
    private boolean timestamps;
    private boolean sackPermitted;
    private boolean windowScaling;
    private int timestampOffset;
    private int offeredMssBytes;
    private int synRetries;
    private long synSentNanos;
    private long challengedNanos;
    private long armedNanos = NOT_ARMED;
    private boolean marked;

    TcpEndpoint(int id, TcpStack stack) {
        this.id = id;
        this.stack = stack;
        receiver = new TcpReceiver(this, stack, stack.settings().runsMax());
        sender = new TcpSender(this, stack, new Cubic());
    }

    // ---- getters

    /** Column index of this endpoint in the worker; extensions keep their own state beside it. */
    public int id() {
        return id;
    }

    public TcpState state() {
        return state;
    }

    public TcpReceiver receiver() {
        return receiver;
    }

    public TcpSender sender() {
        return sender;
    }

    /** Addresses, port and next hop. */
    public Route route() {
        return route;
    }

    /** The NIC port that this endpoint sends through. */
    public NetPort netPort() {
        return route.port();
    }

    /** Where this endpoint's figures are added up. */
    PathFigures figures() {
        return activeOpen ? stack.backendPaths() : stack.clientPaths();
    }

    int portIndex() {
        return route.port().index();
    }

    public int localPort() {
        return localPort;
    }

    public int remotePort() {
        return remotePort;
    }

    /** We opened it. */
    public boolean activeOpen() {
        return activeOpen;
    }

    /** Where the client came in; null for an active open. */
    public @Nullable Listener listener() {
        return listener;
    }

    /** Times our SYN or SYN/ACK went out again. */
    public int synRetries() {
        return synRetries;
    }

    boolean timestamps() {
        return timestamps;
    }

    boolean sackPermitted() {
        return sackPermitted;
    }

    TimerTable timers() {
        return timers;
    }

    SegmentExtension extension() {
        return extension;
    }

    int budget() {
        return extension.budget(this);
    }

    int offeredMssBytes() {
        return offeredMssBytes;
    }

    boolean offersTimestamps() {
        return activeOpen ? state == TcpState.SYN_SENT || timestamps : timestamps;
    }

    boolean offersSack() {
        return activeOpen || sackPermitted;
    }

    boolean offersWindowScale() {
        return activeOpen || windowScaling;
    }

    /** Payload of a full segment on this path before options. */
    int pathMssBytes() {
        return route.mtuBytes() - (route.ipv6() ? 40 : 20) - TcpView.HEADER_BYTES;
    }

    /** Option bytes of an ordinary data segment. */
    int dataOptionBytes() {
        return (timestamps ? TcpStack.TIMESTAMP_BYTES : 0) + extension.dataOptionBytes();
    }

    /**
     * Payload of the next frame, at most {@code most}, from {@code skip} of {@code buffer} on.
     * Where we sum the payload ourselves a segment is whole buffers, whose sums are known, as far
     * as they fit; a part of one only where it must be (invariant 4).
     */
    public int payloadOfNextFrame(StreamQueue from, long buffer, int skip, int most) {
        if (!route.port().finishesChecksums()) {
            return from.segmentBytes(buffer, skip, most);
        }
        int bytes = from.gatherableBytes(buffer, skip, most);
        int segment = sender.payloadMax();
        return bytes == most || bytes <= segment ? bytes : bytes - bytes % segment;
    }

    /** TSval of a segment sent now: milliseconds from a secret origin (RFC 7323 s4.1, s7.1). */
    int timestampNow(long nowNanos) {
        return (int) (nowNanos / 1_000_000L) + timestampOffset;
    }

    // ---- opening

    /** The route is bound; the peer's SYN says what it can. */
    void openPassive(Segment syn, @Nullable Listener from, long nowNanos) {
        listener = from;
        localPort = syn.localPort;
        remotePort = syn.remotePort;
        open(pathMssBytes(), false, nowNanos);
        TcpOptions options = syn.options;
        timestamps = options.hasTimestamp;
        sackPermitted = options.sackPermitted;
        windowScaling = options.windowShift >= 0;
        acceptPeer(syn, nowNanos);
    }

    /** What the peer's SYN told. */
    private void acceptPeer(Segment syn, long nowNanos) {
        TcpOptions options = syn.options;
        int shift = windowScaling ? stack.settings().windowShift() : 0;
        receiver.reset(syn.seq, shift, nowNanos);
        sender.onPeerOptions(options.mss, windowScaling ? Math.min(options.windowShift, 14) : 0);
        if (options.hasTimestamp) {
            receiver.onPeerTimestamp(options, nowNanos);
        }
    }

    /** The extension is set; the SYN/ACK may go. */
    void answerSyn(SegmentExtension above, long nowNanos) {
        extension = above;
        become(TcpState.SYN_RECEIVED);
        sendSyn(nowNanos);
    }

    /** The route is bound, a source port taken. */
    void bindActive(int local, int remote) {
        listener = null;
        localPort = local;
        remotePort = remote;
        activeOpen = true;
    }

    /**
     * Sends the SYN of an active open that {@link TcpStack#prepareEndpoint} made.
     *
     * @param mssBytes what the peer may send in one segment, if the path takes it
     */
    public void connect(int mssBytes, SegmentExtension above, long nowNanos) {
        openActive(mssBytes, above, nowNanos);
    }

    /** Sends the SYN of an active open after {@link #bindActive}. */
    void openActive(int mssBytes, SegmentExtension above, long nowNanos) {
        open(Math.min(mssBytes, pathMssBytes()), true, nowNanos);
        timestamps = false;
        sackPermitted = false;
        windowScaling = false;
        extension = above;
        receiver.reset(0, 0, nowNanos);
        become(TcpState.SYN_SENT);
        arm(TimerKind.LINGER, nowNanos + stack.settings().connectNanos());
        sendSyn(nowNanos);
    }

    private void open(int mssBytes, boolean active, long nowNanos) {
        activeOpen = active;
        offeredMssBytes = mssBytes;
        timestampOffset = stack.timestampOffset(route, localPort, remotePort);
        synRetries = 0;
        challengedNanos = nowNanos - CHALLENGE_INTERVAL_NANOS;
        sender.reset(stack.initialSequence(route, localPort, remotePort, nowNanos));
    }

    private void sendSyn(long nowNanos) {
        synSentNanos = nowNanos;
        stack.builder().sendSyn(this, nowNanos);
        sender.onSynSent(nowNanos);
    }

    // ---- handle

    void onSegment(Segment segment, long nowNanos) {
        DropReason refusal =
                switch (state) {
                    case CLOSED -> DropReason.NO_FLOW;
                    case SYN_SENT -> onSynSent(segment, nowNanos);
                    case TIME_WAIT -> onTimeWait(segment, nowNanos);
                    default -> onOpen(segment, nowNanos);
                };
        if (refusal != DropReason.NONE) {
            stack.drop(segment, refusal);
        }
    }

    /**
     * RFC 9293 s3.10.7.3. A SYN without ACK is refused: nobody opens towards a load balancer's
     * source port.
     */
    private DropReason onSynSent(Segment segment, long nowNanos) {
        boolean acksSyn = segment.has(TcpView.ACK) && segment.ack == sender.sndNxt();
        if (segment.has(TcpView.RST)) {
            if (acksSyn) {
                end(CloseCause.REFUSED, nowNanos);
            }
            return acksSyn ? DropReason.NONE : DropReason.BAD_RST;
        }
        if (!acksSyn) {
            stack.builder().refuse(segment, nowNanos);
            return DropReason.BAD_ACK;
        }
        if (!segment.has(TcpView.SYN)) {
            return DropReason.BAD_TCP_FLAGS;
        }
        TcpOptions options = segment.options;
        timestamps = options.hasTimestamp;
        sackPermitted = options.sackPermitted;
        windowScaling = options.windowShift >= 0;
        acceptPeer(segment, nowNanos);
        DropReason refusal = extension.onOptions(this, segment, nowNanos);
        if (refusal != DropReason.NONE || state == TcpState.CLOSED) {
            return refusal;
        }
        sender.onSynAcked(segment, synSentNanos, nowNanos);
        timers.cancel(TimerKind.LINGER);
        stack.count(TcpCounter.ACTIVE_OPENS);
        become(TcpState.ESTABLISHED);
        receiver.ackAtOnce();
        extension.onEstablished(this, nowNanos);
        return DropReason.NONE;
    }

    /**
     * RFC 1337: a RST does not end TIME-WAIT; whatever takes sequence space is acknowledged again.
     */
    private DropReason onTimeWait(Segment segment, long nowNanos) {
        if (segment.has(TcpView.RST) || segment.length() == 0) {
            return DropReason.NONE;
        }
        arm(TimerKind.LINGER, nowNanos + stack.timeWaitNanos(this));
        receiver.ackAtOnce();
        return DropReason.NONE;
    }

    /** RFC 9293 s3.10.7.4 for every state from SYN-RECEIVED on. */
    private DropReason onOpen(Segment segment, long nowNanos) {
        if (state == TcpState.SYN_RECEIVED
                && segment.has(TcpView.SYN)
                && segment.seq == receiver.irs()) {
            stack.builder().sendSyn(this, nowNanos); // the peer did not get our answer
            return DropReason.NONE;
        }
        DropReason refusal = receiver.checkTimestamp(segment, nowNanos);
        if (refusal == DropReason.NONE) {
            refusal = receiver.checkSequence(segment, nowNanos);
        }
        if (refusal == DropReason.NONE) {
            refusal = checkFlags(segment, nowNanos);
        }
        if (refusal != DropReason.NONE || state == TcpState.CLOSED) {
            return refusal;
        }
        boolean opening = state == TcpState.SYN_RECEIVED;
        refusal = opening ? checkThirdAck(segment, nowNanos) : checkAck(segment, nowNanos);
        if (refusal == DropReason.NONE) {
            refusal = extension.onOptions(this, segment, nowNanos);
        }
        if (refusal != DropReason.NONE || state == TcpState.CLOSED) {
            return refusal;
        }
        if (opening) {
            establish(segment, nowNanos);
        } else {
            onAcceptable(segment, nowNanos);
        }
        if (state != TcpState.CLOSED && (segment.payloadBytes > 0 || segment.has(TcpView.FIN))) {
            return onData(segment, nowNanos);
        }
        return DropReason.NONE;
    }

    private DropReason checkFlags(Segment segment, long nowNanos) {
        if (segment.has(TcpView.RST)) {
            if (segment.seq != receiver.rcvNxt()) {
                challenge(nowNanos);
                return DropReason.BAD_RST;
            }
            stack.count(TcpCounter.RESETS_RECEIVED);
            extension.onOptions(this, segment, nowNanos);
            end(CloseCause.RESET_BY_PEER, nowNanos);
            return DropReason.NONE;
        }
        if (segment.has(TcpView.SYN)) {
            challenge(nowNanos);
            return DropReason.UNEXPECTED_SYN;
        }
        return segment.has(TcpView.ACK) ? DropReason.NONE : DropReason.MISSING_ACK;
    }

    private DropReason checkThirdAck(Segment segment, long nowNanos) {
        if (segment.ack != sender.sndNxt()) {
            stack.builder().refuse(segment, nowNanos);
            return DropReason.BAD_ACK;
        }
        return DropReason.NONE;
    }

    private DropReason checkAck(Segment segment, long nowNanos) {
        if (Seq32.after(segment.ack, sender.sndNxt())) {
            challenge(nowNanos);
            return DropReason.BAD_ACK;
        }
        return DropReason.NONE;
    }

    private void establish(Segment segment, long nowNanos) {
        sender.onSynAcked(segment, synSentNanos, nowNanos);
        stack.count(TcpCounter.PASSIVE_OPENS);
        become(TcpState.ESTABLISHED);
        extension.onEstablished(this, nowNanos);
    }

    private void onAcceptable(Segment segment, long nowNanos) {
        int before = sender.sndUna();
        sender.onAck(segment, segment.options, nowNanos);
        if (state == TcpState.CLOSED) {
            return;
        }
        if (sender.sndUna() != before) {
            stack.ip().confirm(route, nowNanos);
            extension.onAcked(this, nowNanos);
        }
        if (sender.finSent() && sender.allAcked() && state != TcpState.CLOSED) {
            onFinAcked(nowNanos);
        }
    }

    private DropReason onData(Segment segment, long nowNanos) {
        if (!state.mayReceive()) {
            if (segment.payloadBytes > 0) {
                receiver.ackAtOnce();
                return DropReason.AFTER_CLOSE;
            }
            return DropReason.NONE;
        }
        receiver.onData(segment, nowNanos);
        return DropReason.NONE;
    }

    /** RFC 5961: ask a peer that may be forged to say it again with the right number. */
    private void challenge(long nowNanos) {
        if (nowNanos - challengedNanos >= CHALLENGE_INTERVAL_NANOS) {
            challengedNanos = nowNanos;
            stack.count(TcpCounter.CHALLENGE_ACKS);
            receiver.ackAtOnce();
        }
    }

    void onFinReceived(long nowNanos) {
        switch (state) {
            case ESTABLISHED -> become(TcpState.CLOSE_WAIT);
            case FIN_WAIT_1 -> become(TcpState.CLOSING);
            case FIN_WAIT_2 -> {
                extension.onFinReceived(this, nowNanos);
                if (state != TcpState.CLOSED) {
                    enterTimeWait(nowNanos);
                }
                return;
            }
            default -> throw new IllegalStateException("FIN received in " + state);
        }
        extension.onFinReceived(this, nowNanos);
    }

    void onFinSent(long nowNanos) {
        become(state == TcpState.CLOSE_WAIT ? TcpState.LAST_ACK : TcpState.FIN_WAIT_1);
    }

    private void onFinAcked(long nowNanos) {
        switch (state) {
            case FIN_WAIT_1 -> become(TcpState.FIN_WAIT_2);
            case CLOSING -> enterTimeWait(nowNanos);
            case LAST_ACK -> end(CloseCause.FINISHED, nowNanos);
            default -> {}
        }
    }

    private void enterTimeWait(long nowNanos) {
        become(TcpState.TIME_WAIT);
        detach(CloseCause.FINISHED, nowNanos);
        timers.clear();
        arm(TimerKind.LINGER, nowNanos + stack.timeWaitNanos(this));
        stack.onTimeWait(this);
    }

    void onIcmpUnreachable(long nowNanos) {
        if (state == TcpState.SYN_SENT) {
            end(CloseCause.UNREACHABLE, nowNanos);
        }
    }

    void onPathMtu(int mtuBytes, long nowNanos) {
        int before = route.mtuBytes();
        route.lowerMtu(mtuBytes);
        if (route.mtuBytes() != before && state.synchronised()) {
            sender.onPathMtu(nowNanos);
        }
    }

    /** Our port's device takes other frames than before. */
    void onPortMtu(long nowNanos) {
        onPathMtu(netPort().mtuBytes(), nowNanos);
    }

    /** The link has come back: what had timed out without it is tried again at once. */
    public void onLinkReturned(long nowNanos) {
        if (state.synchronised() && state != TcpState.TIME_WAIT) {
            sender.onLinkReturned(nowNanos);
        }
    }

    void onTimer(long nowNanos) {
        armedNanos = NOT_ARMED;
        if (timers.take(TimerKind.LINGER, nowNanos)) {
            end(state == TcpState.TIME_WAIT ? CloseCause.FINISHED : CloseCause.TIMED_OUT, nowNanos);
            return;
        }
        if (timers.take(TimerKind.DELAYED_ACK, nowNanos)) {
            stack.count(TcpCounter.DELAYED_ACKS);
            receiver.ackAtOnce();
        }
        if (timers.take(TimerKind.REORDER, nowNanos)) {
            sender.onReorderTimeout(nowNanos);
        }
        if (timers.take(TimerKind.LOSS_PROBE, nowNanos)) {
            sender.onLossProbeTimeout(nowNanos);
            if (sender.unanswered()) {
                extension.onSilence(this, nowNanos);
            }
        }
        if (timers.take(TimerKind.RETRANSMIT, nowNanos)) {
            onRetransmitTimeout(nowNanos);
        }
        if (timers.take(TimerKind.USER, nowNanos)) {
            extension.onUserTimer(this, nowNanos);
        }
        armWheel();
    }

    private void onRetransmitTimeout(long nowNanos) {
        stack.ip().doubt(route, nowNanos);
        if (state == TcpState.SYN_SENT || state == TcpState.SYN_RECEIVED) {
            if (++synRetries > SYN_RETRIES_MAX) {
                end(CloseCause.TIMED_OUT, nowNanos);
                return;
            }
            stack.builder().sendSyn(this, nowNanos);
            long wait = RttEstimator.RTO_INITIAL_NANOS << Math.min(synRetries, SYN_RETRIES_MAX);
            arm(TimerKind.RETRANSMIT, nowNanos + wait);
            return;
        }
        sender.onRetransmitTimeout(nowNanos);
        if (state != TcpState.CLOSED && sender.backoff() > 0) {
            extension.onSilence(this, nowNanos);
        }
    }

    // ---- commands

    /** Something is to be sent or acknowledged: decided once, at the end of the cycle. */
    public void mark() {
        if (!marked) {
            marked = true;
            stack.enqueueMarked(this);
        }
    }

    /**
     * An acknowledgement goes out at the end of this cycle, with whatever options the extension has
     * to send.
     */
    public void ackAtOnce() {
        receiver.ackAtOnce();
    }

    /** Tells the peer of a larger window if it is worth a segment. */
    public void considerWindowUpdate(long worthBytes) {
        if (state.mayReceive()) {
            receiver.considerWindowUpdate(worthBytes);
        }
    }

    /** Deadline of whatever is above; {@code Long.MAX_VALUE} cancels. */
    public void armUser(long deadlineNanos) {
        arm(TimerKind.USER, deadlineNanos);
    }

    /**
     * Sends an acknowledgement now, outside of the end of the cycle: for options that must leave in
     * order.
     */
    public void sendAckNow(long nowNanos) {
        if (state.synchronised()) {
            stack.builder().sendAck(this, nowNanos);
        }
    }

    /** Finishes our direction after what was sent. */
    public void finish(long nowNanos) {
        sender.sendFin(nowNanos);
    }

    /** Ends the connection with RST; the extension hears {@code onClosed(cause)}. */
    public void abort(CloseCause cause, long nowNanos) {
        if (state == TcpState.CLOSED) {
            return;
        }
        if (state != TcpState.SYN_SENT && state != TcpState.TIME_WAIT) {
            stack.builder().sendReset(this, nowNanos);
        }
        end(cause, nowNanos);
    }

    /** The peer does not answer any more. */
    void fail(CloseCause cause, long nowNanos) {
        abort(cause, nowNanos);
    }

    void arm(TimerKind kind, long deadlineNanos) {
        timers.set(kind, deadlineNanos);
        armWheel();
    }

    private void armWheel() {
        long next = timers.nextNanos();
        if (next != TimerTable.NONE && (armedNanos == NOT_ARMED || next - armedNanos < 0)) {
            armedNanos = next;
            stack.timers().arm(id, next);
        }
    }

    // ---- poll

    /**
     * End of cycle: what was lost, then what is new, then an acknowledgement if nothing carried it.
     */
    void output(long nowNanos) {
        marked = false;
        if (state.maySend() || state.synchronised() && state != TcpState.TIME_WAIT) {
            sender.retransmitLost(nowNanos);
            extension.pump(this, nowNanos);
        }
        if (receiver.ackNow() && state.synchronised()) {
            stack.builder().sendAck(this, nowNanos);
        }
    }

    // ---- closing

    /** TIME-WAIT ends before its time because endpoints ran out. */
    void recycle(long nowNanos) {
        end(CloseCause.FINISHED, nowNanos);
    }

    private void end(CloseCause cause, long nowNanos) {
        boolean opening = state == TcpState.SYN_SENT;
        if (opening) {
            stack.count(TcpCounter.FAILED_OPENS);
        }
        become(TcpState.CLOSED);
        detach(cause, nowNanos);
        timers.clear();
        stack.timers().cancel(id);
        armedNanos = NOT_ARMED;
        stack.release(this);
    }

    private void detach(CloseCause cause, long nowNanos) {
        SegmentExtension above = extension;
        extension = NOTHING_ABOVE;
        above.onClosed(this, cause, nowNanos);
        sender.clear();
        receiver.clear();
    }

    private void become(TcpState next) {
        assert state.mayBecome(next) : state + " to " + next;
        stack.onStateChange(state, next);
        if (next == TcpState.ESTABLISHED) {
            figures().onOpened(portIndex());
        } else if (state.synchronised()
                && (next == TcpState.TIME_WAIT || next == TcpState.CLOSED)) {
            if (state != TcpState.TIME_WAIT) {
                figures().onClosed(portIndex());
            }
        }
        state = next;
    }
}
