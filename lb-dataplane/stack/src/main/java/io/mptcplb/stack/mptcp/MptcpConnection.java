package io.mptcplb.stack.mptcp;

import io.mptcplb.stack.buffer.StreamQueue;
import io.mptcplb.stack.tcp.Acceptor;
import io.mptcplb.stack.tcp.CloseCause;
import io.mptcplb.stack.tcp.Listener;
import io.mptcplb.stack.tcp.Stream;
import io.mptcplb.stack.tcp.StreamListener;
import io.mptcplb.stack.tcp.TcpEndpoint;
import io.mptcplb.wire.MptcpOptions;
import io.mptcplb.wire.ResetReason;
import org.jspecify.annotations.Nullable;

/**
 * One MPTCP connection: a stream over up to nine subflows, which may come and go, or plain TCP on
 * its only one after fallback. All connections of a worker are made at start and reused.
 */
public final class MptcpConnection implements Stream {
    private static final int SLOTS = MptcpPolicy.SUBFLOWS_MAX + 1;

    /** How long subflows may take to close once both directions are finished. */
    private static final long CLOSING_NANOS = 3_000_000_000L;

    private static final int SMALLEST_PAYLOAD_BYTES = 536;

    private final int id;
    private final MptcpStack stack;
    private final ConnectionTimers timers;
    private final DataSender sender;
    private final DataReceiver receiver;
    private final Announcer announcer;
    private final Subflow[] subflows = new Subflow[SLOTS];
    private int subflowCount;
    private ConnectionState state = ConnectionState.FREE;
    private MptcpPolicy policy = MptcpPolicy.defaults();
    private @Nullable Listener from;
    private @Nullable StreamListener listener;
    private @Nullable Subflow lastHeard;
    private boolean client;
    private boolean checksums;
    private boolean verified;
    private boolean peerUsesDsn8;
    private boolean serverDeniesInitial;
    private boolean everJoined;
    private boolean fastclosing;
    private boolean dataAcksCeased;
    private boolean thirdAckSent;
    private long infiniteFromOffset;
    private long localKey;
    private long remoteKey;
    private int localToken;
    private int peersToken;
    private long initialHi;
    private long initialLo;
    private int initialPort;
    private CloseCause lastCause = CloseCause.FINISHED;

    MptcpConnection(int id, MptcpStack stack) {
        this.id = id;
        this.stack = stack;
        timers = new ConnectionTimers(stack.tcp(), id);
        sender = new DataSender(stack, this, stack.tcp().records());
        receiver = new DataReceiver(stack, stack.buffers(), stack.settings().runsMax());
        announcer = new Announcer(stack, this);
    }

    // ---- getters

    /** Index of this connection in its worker. */
    public int id() {
        return id;
    }

    /** What the peer names this connection by in MP_JOIN; 0 after fallback. */
    public int localToken() {
        return localToken;
    }

    /** True once it is plain TCP. */
    public boolean fellBack() {
        return state == ConnectionState.FALLBACK;
    }

    /** Subflows of any state, half-open joins included. */
    public int subflowCount() {
        return subflowCount;
    }

    /** One of them, 0 to {@link #subflowCount} - 1, in no lasting order. */
    public Subflow subflow(int index) {
        return subflows[index];
    }

    ConnectionState state() {
        return state;
    }

    MptcpPolicy policy() {
        return policy;
    }

    ConnectionTimers timers() {
        return timers;
    }

    DataSender sender() {
        return sender;
    }

    DataReceiver receiver() {
        return receiver;
    }

    Announcer announcer() {
        return announcer;
    }

    boolean checksums() {
        return checksums;
    }

    /** The peer has shown that it sees our options. */
    boolean verified() {
        return verified;
    }

    boolean peerUsesDsn8() {
        return peerUsesDsn8;
    }

    boolean fastclosing() {
        return fastclosing;
    }

    long localKey() {
        return localKey;
    }

    long remoteKey() {
        return remoteKey;
    }

    int peersToken() {
        return peersToken;
    }

    long peersFirstDsn() {
        return receiver.firstDsn();
    }

    int budget() {
        return receiver.budget();
    }

    /** As client: the server may not have seen the third ACK. */
    boolean mustProveFirstData() {
        return client && !verified;
    }

    /**
     * As client: the next acknowledgement is the third ACK, or repeats it while there is nothing
     * else to say.
     */
    boolean takesThirdAck() {
        boolean takes = mustProveFirstData() && !(thirdAckSent && sender.finPending());
        thirdAckSent |= takes;
        return takes;
    }

    /** Flags of our MP_CAPABLE. */
    int capableFlags() {
        return MptcpOptions.FLAG_HMAC_SHA256
                | (checksums ? MptcpOptions.FLAG_CHECKSUM : 0)
                | (policy.denyJoinInitial() && !client ? MptcpOptions.FLAG_DENY_JOIN_INITIAL : 0);
    }

    /** True for the address and port of the first subflow; port 0 stands for its own. */
    boolean isInitial(long hi, long lo, int port) {
        return hi == initialHi && lo == initialLo && (port == 0 || port == initialPort);
    }

    boolean isInitialAddress(long hi, long lo) {
        return hi == initialHi && lo == initialLo;
    }

    long initialHi() {
        return initialHi;
    }

    long initialLo() {
        return initialLo;
    }

    int initialPort() {
        return initialPort;
    }

    /** Joins are welcome, before any look at limits. */
    boolean acceptsJoins() {
        return state == ConnectionState.ESTABLISHED;
    }

    @Nullable Subflow signalSubflow() {
        return Announcer.best(this);
    }

    // ---- opening

    // Over ParameterNumber: what a handshake agrees on, once per connection.
    void open(
            Subflow first,
            TcpEndpoint tcp,
            @Nullable Listener by,
            MptcpPolicy agreed,
            long key,
            boolean withChecksums) {
        stack.crypto().hashKey(key);
        localKey = key;
        localToken = stack.crypto().token();
        sender.reset(stack.crypto().initialDsn());
        receiver.reset();
        announcer.reset();
        state = ConnectionState.OPENING;
        policy = agreed;
        from = by;
        client = by == null;
        listener = null;
        lastHeard = null;
        checksums = withChecksums;
        verified = false;
        peerUsesDsn8 = false;
        serverDeniesInitial = false;
        everJoined = false;
        fastclosing = false;
        dataAcksCeased = false;
        thirdAckSent = false;
        infiniteFromOffset = Long.MAX_VALUE;
        remoteKey = 0;
        peersToken = 0;
        initialHi = client ? tcp.route().remoteHi() : tcp.route().localHi();
        initialLo = client ? tcp.route().remoteLo() : tcp.route().localLo();
        initialPort = client ? tcp.remotePort() : tcp.localPort();
        first.begin(this, tcp, SubflowState.CAPABLE, 0, 0);
        add(first);
    }

    /** As client: sends the SYN; the connection must be attached. */
    public void connect(long nowNanos) {
        TcpEndpoint tcp = subflows[0].tcp();
        tcp.connect(tcp.route().mtuBytes(), subflows[0], nowNanos);
    }

    void learnPeersKey(long key) {
        remoteKey = key;
        stack.crypto().hashKey(key);
        peersToken = stack.crypto().token();
        receiver.start(stack.crypto().initialDsn());
    }

    /** As client: what the server's MP_CAPABLE asks for. */
    void onServerFlags(int flags) {
        checksums |= (flags & MptcpOptions.FLAG_CHECKSUM) != 0;
        serverDeniesInitial = (flags & MptcpOptions.FLAG_DENY_JOIN_INITIAL) != 0;
    }

    boolean serverDeniesInitial() {
        return serverDeniesInitial;
    }

    void onPeersWindow(long bytes) {
        sender.onInitialWindow(bytes);
    }

    void add(Subflow subflow) {
        subflows[subflowCount++] = subflow;
    }

    boolean full() {
        return subflowCount == SLOTS;
    }

    private void remove(Subflow gone) {
        for (int i = 0; i < subflowCount; i++) {
            if (subflows[i] == gone) {
                subflows[i] = subflows[--subflowCount];
                break;
            }
        }
        if (lastHeard == gone) {
            lastHeard = null;
        }
    }

    void onSubflowEstablished(Subflow subflow, boolean joined, long nowNanos) {
        if (!joined) {
            onFirstEstablished(nowNanos);
        } else if (!client) {
            stack.count(MptcpCounter.JOINS_ESTABLISHED);
            onJoined(subflow, nowNanos);
            if (subflow.state() == SubflowState.OPEN) {
                // The fourth ACK: the client repeats its third until this comes (s3.2).
                subflow.tcp().sendAckNow(nowNanos);
            }
        } else {
            subflow.tcp().armUser(nowNanos + subflow.tcp().sender().rtt().rtoNanos());
        }
    }

    private void onFirstEstablished(long nowNanos) {
        if (state == ConnectionState.OPENING) {
            state = ConnectionState.ESTABLISHED;
            stack.count(MptcpCounter.CAPABLE_ESTABLISHED);
        }
        if (from != null) {
            Acceptor acceptor = from.acceptor();
            acceptor.onAccepted(this, from, nowNanos);
        } else if (listener != null) {
            listener.onConnected(this, nowNanos);
        }
        if (state == ConnectionState.ESTABLISHED && !client) {
            announcer.start(nowNanos);
        }
        markAll();
    }

    /** The peer has proven that it knows the keys. */
    private void onJoined(Subflow subflow, long nowNanos) {
        subflow.become(SubflowState.OPEN);
        everJoined = true;
        verified = true;
        if (timers.armed(ConnectionTimer.LINGER) && state == ConnectionState.ESTABLISHED) {
            timers.cancel(ConnectionTimer.LINGER);
            stack.count(MptcpCounter.REVIVED);
        }
        for (int i = 0; i < subflowCount; i++) {
            if (subflows[i] != subflow
                    && subflows[i].state() == SubflowState.OPEN
                    && subflows[i].stalled()) {
                sender.reinject(subflows[i]);
            }
        }
        if (sender.finPending()) {
            subflow.tcp().ackAtOnce();
        }
        announcer.start(nowNanos);
        markAll();
    }

    /** As client: the fourth ACK. */
    void onJoinConfirmed(Subflow subflow, long nowNanos) {
        subflow.tcp().armUser(Long.MAX_VALUE);
        onJoined(subflow, nowNanos);
    }

    /** As client: the third ACK of a join goes again until the fourth comes. */
    void onJoinTimer(Subflow subflow, long nowNanos) {
        subflow.tcp().sendAckNow(nowNanos);
        subflow.tcp().armUser(nowNanos + 2 * subflow.tcp().sender().rtt().rtoNanos());
    }

    // ---- Stream

    @Override
    public void attach(
            StreamListener newListener, StreamQueue received, StreamQueue source, int budget) {
        listener = newListener;
        receiver.attach(received, budget);
        sender.attach(source);
    }

    @Override
    public void sourceChanged(long nowNanos) {
        markAll();
    }

    @Override
    public void windowMayHaveGrown(long nowNanos) {
        Subflow on =
                lastHeard != null && lastHeard.synchronised() && !lastHeard.stalled()
                        ? lastHeard
                        : signalSubflow();
        if (on == null && subflowCount > 0) {
            on = subflows[0];
        }
        if (on != null) {
            on.tcp().considerWindowUpdate(stack.tcp().settings().initialWindowBytes() / 2);
        }
    }

    @Override
    public int payloadMax() {
        int most = 0;
        for (int i = 0; i < subflowCount; i++) {
            if (subflows[i].mayCarryData()) {
                int here = subflows[i].tcp().sender().payloadMax();
                most = most == 0 ? here : Math.min(most, here);
            }
        }
        return most == 0 ? SMALLEST_PAYLOAD_BYTES : most;
    }

    @Override
    public void abort(long nowNanos) {
        tearDown(CloseCause.ABORTED, nowNanos);
    }

    @Override
    public void armTimer(long deadlineNanos) {
        timers.arm(ConnectionTimer.SESSION, deadlineNanos);
    }

    // ---- handle: data

    void verify() {
        verified = true;
    }

    void peerUsesDsn8(boolean used) {
        peerUsesDsn8 = used;
    }

    void onData(Subflow subflow, long m, long nowNanos) {
        lastHeard = subflow;
        if (receiver.take(m)) {
            tellReceived(nowNanos);
        }
    }

    void onPlainData(long m, long nowNanos) {
        if (receiver.takePlain(m)) {
            tellReceived(nowNanos);
        }
    }

    void onDataFin(long offset, long nowNanos) {
        if (receiver.onDataFin(offset)) {
            ackOnAll();
            tellReceived(nowNanos);
        }
    }

    private void tellReceived(long nowNanos) {
        if (receiver.finished()) {
            markAll();
        }
        if (listener != null) {
            listener.onReceived(this, nowNanos);
        }
    }

    void onDataAck(long dataAck, boolean octets8, long windowBytes, long nowNanos) {
        boolean news = sender.onDataAck(dataAck, octets8, windowBytes, nowNanos);
        if (news || sender.hasUnsent()) {
            markAll();
        }
        if (news && listener != null) {
            listener.onReleased(this, nowNanos);
        }
    }

    /** Every acknowledgement that came: with a DATA_ACK or without. */
    void onAcknowledgement(boolean withDataAck) {
        dataAcksCeased = !withDataAck;
    }

    void onSubflowAcked(Subflow subflow, long nowNanos) {
        if (subflow.state() == SubflowState.PLAIN
                && sender.onPlainAck(subflow.tcp().sender().ackedOffset(), nowNanos)
                && listener != null) {
            listener.onReleased(this, nowNanos);
        }
    }

    void onSubflowFin(Subflow subflow, long nowNanos) {
        if (subflow.state() == SubflowState.PLAIN) {
            if (receiver.onPlainFin()) {
                tellReceived(nowNanos);
            }
            return;
        }
        if (usableBeside(subflow)) {
            subflow.tcp().finish(nowNanos);
        } else if (!receiver.finished() && !timers.armed(ConnectionTimer.LINGER)) {
            timers.arm(ConnectionTimer.LINGER, nowNanos + stack.settings().pathlessNanos());
        }
        markAll();
    }

    private boolean usableBeside(Subflow subflow) {
        for (int i = 0; i < subflowCount; i++) {
            Subflow other = subflows[i];
            if (other != subflow && other.mayCarryData() && !other.stalled()) {
                return true;
            }
        }
        return false;
    }

    long receiveWindowBytes() {
        return receiver.windowBytes(stack.tcp().settings().initialWindowBytes());
    }

    // ---- handle: paths

    /** A subflow fell silent: another one takes over what it carried. */
    void onSubflowTimeout(Subflow subflow, long nowNanos) {
        if (state != ConnectionState.ESTABLISHED || !usableBeside(subflow)) {
            return;
        }
        if (sender.reinject(subflow) > 0) {
            stack.count(MptcpCounter.PATHS_STALLED);
            markAll();
        }
    }

    void onSubflowClosed(Subflow subflow, SubflowState last, CloseCause cause, long nowNanos) {
        remove(subflow);
        if (state == ConnectionState.ENDING || last == SubflowState.JOINING) {
            return;
        }
        if (state == ConnectionState.OPENING || state == ConnectionState.FALLBACK) {
            end(cause, nowNanos);
            return;
        }
        if (state == ConnectionState.CLOSING) {
            if (subflowCount == 0) {
                end(CloseCause.FINISHED, nowNanos);
            }
            return;
        }
        sender.reinject(subflow);
        lastCause = cause;
        if (hasOpenSubflow()) {
            markAll();
        } else if (verified) {
            stack.count(MptcpCounter.PATHLESS);
            timers.arm(ConnectionTimer.LINGER, nowNanos + stack.settings().pathlessNanos());
        } else {
            tearDown(cause, nowNanos);
        }
    }

    private boolean hasOpenSubflow() {
        for (int i = 0; i < subflowCount; i++) {
            if (subflows[i].state() == SubflowState.OPEN) {
                return true;
            }
        }
        return false;
    }

    /**
     * Subflows to removed addresses end at once; the one that brought the message plainly works,
     * and closes from the other side.
     */
    void onRemoveAddr(Subflow by, MptcpOptions options, long nowNanos) {
        for (int i = subflowCount - 1; i >= 0; i--) {
            Subflow subflow = subflows[i];
            if (subflow != by
                    && subflow.state() == SubflowState.OPEN
                    && listed(options, subflow.remoteId())) {
                stack.count(MptcpCounter.REMOVED_SUBFLOWS);
                subflow.drop(ResetReason.UNSPECIFIED, nowNanos);
            }
        }
    }

    private static boolean listed(MptcpOptions options, int remoteId) {
        for (int i = 0; i < options.removeCount; i++) {
            if (options.removeIds[i] == remoteId) {
                return true;
            }
        }
        return false;
    }

    // ---- handle: fallback (s3.7)

    /**
     * Both sides still number the stream alike: one subflow ever, nothing sent twice on purpose, no
     * hole. Linux draws the same line.
     */
    boolean mayFallBack() {
        return state == ConnectionState.ESTABLISHED
                && subflowCount == 1
                && !everJoined
                && !sender.everReinjected()
                && !receiver.hasHole();
    }

    void fallBack(FallbackCause cause, long nowNanos) {
        stack.countFallback(cause);
        boolean established = state == ConnectionState.ESTABLISHED;
        state = ConnectionState.FALLBACK;
        stack.forgetToken(this);
        Subflow only = subflows[0];
        only.become(SubflowState.PLAIN);
        timers.cancel(ConnectionTimer.DATA_TIMEOUT);
        timers.cancel(ConnectionTimer.ANNOUNCE);
        boolean repeat = cause == FallbackCause.MP_FAIL;
        long sent = only.tcp().sender().sentBytes();
        if (established && sent > 0) {
            infiniteFromOffset = repeat ? sender.unaOffset() : sender.nxtOffset();
        }
        sender.becomePlain(sent, repeat);
        receiver.onFallback();
        if (established) {
            only.tcp().armUser(Long.MAX_VALUE);
            if (sender.onPlainAck(only.tcp().sender().ackedOffset(), nowNanos)
                    && listener != null) {
                listener.onReleased(this, nowNanos);
            }
        }
        for (long m = only.mappings().pollPlain(); m != 0; m = only.mappings().pollPlain()) {
            onPlainData(m, nowNanos);
        }
        markAll();
    }

    /** The first segment after fallback tells the peer that mappings have ended. */
    boolean takesInfiniteMapping(long streamOffset) {
        return streamOffset == infiniteFromOffset;
    }

    void onInfiniteMapping(Subflow subflow, long nowNanos) {
        if (mayFallBack()) {
            fallBack(FallbackCause.INFINITE_MAPPING, nowNanos);
        } else {
            subflow.reset(ResetReason.MIDDLEBOX_INTERFERENCE, nowNanos);
        }
    }

    void onFail(Subflow subflow, long nowNanos) {
        if (mayFallBack()) {
            fallBack(FallbackCause.MP_FAIL, nowNanos);
        } else {
            subflow.reset(ResetReason.MIDDLEBOX_INTERFERENCE, nowNanos);
        }
    }

    void onBadChecksum(Subflow subflow, long nowNanos) {
        stack.count(MptcpCounter.CHECKSUM_FAILURES);
        if (mayFallBack() && receiver.nextOffset() == 0) {
            fallBack(FallbackCause.CHECKSUM_FAILED, nowNanos);
            return;
        }
        long dsn = receiver.firstDsn() + subflow.mappings().mappingStreamOffset();
        stack.count(MptcpCounter.FAIL_SENT);
        stack.optionOutput().sendFail(subflow, dsn, nowNanos);
        subflow.reset(ResetReason.MIDDLEBOX_INTERFERENCE, nowNanos);
    }

    /**
     * Everything is acknowledged by TCP and nothing by DATA_ACK, and no option comes any more:
     * somebody began to strip them.
     */
    boolean fallsBackForWantOfDataAcks(long nowNanos) {
        if (!dataAcksCeased
                || !mayFallBack()
                || subflows[0].tcp().sender().outstandingBytes() > 0) {
            return false;
        }
        fallBack(FallbackCause.DATA_ACKS_CEASED, nowNanos);
        return true;
    }

    // ---- handle: ends

    void onFastclose(long nowNanos) {
        tearDown(CloseCause.RESET_BY_PEER, nowNanos);
    }

    /** MP_FASTCLOSE on a RST: TCP ends that subflow itself. */
    void onFastcloseReset(Subflow by, long nowNanos) {
        state = ConnectionState.ENDING;
        resetAllBut(by, nowNanos);
        remove(by);
        by.leave();
        end(CloseCause.RESET_BY_PEER, nowNanos);
    }

    /**
     * Ends every subflow with RST; towards a peer that has not closed by itself with MP_FASTCLOSE
     * first (s3.5).
     */
    private void tearDown(CloseCause cause, long nowNanos) {
        boolean tell = state == ConnectionState.ESTABLISHED && cause != CloseCause.RESET_BY_PEER;
        Subflow on = tell ? signalSubflow() : null;
        if (state == ConnectionState.FREE || state == ConnectionState.ENDING) {
            return;
        }
        state = ConnectionState.ENDING;
        fastclosing = tell;
        if (on != null) {
            stack.count(MptcpCounter.FASTCLOSE_SENT);
            stack.optionOutput().sendFastclose(on, remoteKey, nowNanos);
        }
        resetAllBut(null, nowNanos);
        end(cause, nowNanos);
    }

    private void resetAllBut(@Nullable Subflow spared, long nowNanos) {
        for (int i = subflowCount - 1; i >= 0; i--) {
            if (subflows[i] != spared) {
                subflows[i].drop(ResetReason.UNSPECIFIED, nowNanos);
            }
        }
    }

    /** Gives back everything, then says the last word. */
    private void end(CloseCause cause, long nowNanos) {
        state = ConnectionState.ENDING;
        StreamListener told = listener;
        stack.forgetToken(this);
        timers.cancelAll();
        sender.clear();
        receiver.clear();
        listener = null;
        from = null;
        localKey = 0;
        remoteKey = 0;
        state = ConnectionState.FREE;
        stack.release(this);
        if (told != null) {
            told.onClosed(this, cause, nowNanos);
        }
    }

    void forgetToken() {
        localToken = 0;
    }

    // ---- timers

    void onTimer(long nowNanos) {
        timers.onFired();
        if (timers.take(ConnectionTimer.DATA_TIMEOUT, nowNanos) && !sender.onTimeout(nowNanos)) {
            tearDown(CloseCause.TIMED_OUT, nowNanos);
            return;
        }
        if (timers.take(ConnectionTimer.ANNOUNCE, nowNanos)) {
            announcer.onTimer(nowNanos);
        }
        if (timers.take(ConnectionTimer.LINGER, nowNanos)) {
            onLinger(nowNanos);
            return;
        }
        if (timers.take(ConnectionTimer.SESSION, nowNanos) && listener != null) {
            listener.onTimer(this, nowNanos);
        }
        timers.rearm();
    }

    private void onLinger(long nowNanos) {
        if (state == ConnectionState.CLOSING) {
            state = ConnectionState.ENDING;
            resetAllBut(null, nowNanos);
            end(CloseCause.FINISHED, nowNanos);
            return;
        }
        stack.count(MptcpCounter.PATHLESS_EXPIRED);
        boolean clean = lastCause == CloseCause.FINISHED;
        tearDown(clean ? CloseCause.TIMED_OUT : lastCause, nowNanos);
    }

    // ---- poll

    /** End of cycle: sends what may be sent; closes what is done. */
    void pump(long nowNanos) {
        if (state == ConnectionState.ESTABLISHED || state == ConnectionState.FALLBACK) {
            sender.pump(nowNanos);
        }
        if (state == ConnectionState.ESTABLISHED && sender.finAcked() && receiver.finished()) {
            close(nowNanos);
        }
    }

    private void close(long nowNanos) {
        state = ConnectionState.CLOSING;
        stack.forgetToken(this);
        timers.cancel(ConnectionTimer.DATA_TIMEOUT);
        timers.cancel(ConnectionTimer.ANNOUNCE);
        for (int i = subflowCount - 1; i >= 0; i--) {
            Subflow subflow = subflows[i];
            if (subflow.state() != SubflowState.OPEN || subflow.stalled()) {
                subflow.drop(ResetReason.UNSPECIFIED, nowNanos);
            } else {
                subflow.tcp().finish(nowNanos);
            }
        }
        if (state == ConnectionState.CLOSING) {
            timers.arm(ConnectionTimer.LINGER, nowNanos + CLOSING_NANOS);
        }
    }

    void finishPlain(long nowNanos) {
        if (subflowCount > 0) {
            subflows[0].tcp().finish(nowNanos);
        }
    }

    /** Nothing is outstanding and no window is open: some subflow asks for it. */
    void waitForWindow(long nowNanos) {
        Subflow on = state == ConnectionState.FALLBACK ? subflows[0] : signalSubflow();
        if (on != null) {
            on.tcp().sender().waitForWindow(nowNanos);
        }
    }

    void markAll() {
        for (int i = 0; i < subflowCount; i++) {
            if (subflows[i].synchronised()) {
                subflows[i].tcp().mark();
            }
        }
    }

    /** An acknowledgement on every subflow: DATA_FIN, or its DATA_ACK, is not left to one path. */
    void ackOnAll() {
        for (int i = 0; i < subflowCount; i++) {
            if (subflows[i].state() == SubflowState.OPEN && subflows[i].synchronised()) {
                subflows[i].tcp().ackAtOnce();
            }
        }
    }
}
