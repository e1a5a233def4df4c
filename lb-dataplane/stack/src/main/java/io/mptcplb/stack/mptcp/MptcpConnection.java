package io.mptcplb.stack.mptcp;

import io.mptcplb.stack.buffer.StreamQueue;
import io.mptcplb.stack.ip.NetPort;
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
    private final int id;
    private final MptcpStack stack;
    private final ConnectionTimers timers;
    private final Agreement agreement = new Agreement();
    private final SubflowSet subflows = new SubflowSet();
    private final DataSender sender;
    private final DataReceiver receiver;
    private final Announcer announcer;
    private final Fallback fallback;
    private final PathPolicy paths;
    private final Offer offer = new Offer();
    private ConnectionState state = ConnectionState.FREE;
    private @Nullable Listener from;
    private @Nullable StreamListener listener;
    private boolean fastclosing;
    private boolean pathless;
    private long number;
    private int subflowNumber;
    private CloseCause lastCause = CloseCause.FINISHED;

    MptcpConnection(int id, MptcpStack stack) {
        this.id = id;
        this.stack = stack;
        timers = new ConnectionTimers(stack.tcp(), id);
        sender = new DataSender(stack, this, stack.tcp().records());
        receiver = new DataReceiver(stack, stack.buffers(), stack.settings().runsMax());
        announcer = new Announcer(stack, this);
        fallback = new Fallback(stack, this);
        paths = new PathPolicy(stack, this);
    }

    // ---- getters

    /** Index of this connection in its worker. */
    public int id() {
        return id;
    }

    /** What the peer names this connection by in MP_JOIN; 0 when it may no more. */
    public int localToken() {
        return agreement.localToken();
    }

    /** Both keys are known, and it is not plain TCP. */
    public boolean established() {
        return state == ConnectionState.ESTABLISHED;
    }

    /** True once it is plain TCP. */
    public boolean fellBack() {
        return state == ConnectionState.FALLBACK;
    }

    /** Subflows of any state, half-open joins included. */
    public int subflowCount() {
        return subflows.count();
    }

    /** One of them, 0 to {@link #subflowCount} - 1, in no lasting order. */
    public Subflow subflow(int index) {
        return subflows.get(index);
    }

    /** Names it in events; 0 until somebody has taken it. */
    public long number() {
        return number;
    }

    /** Whoever takes it gives it a name, before anything else is told of it. */
    public void number(long given) {
        number = given;
    }

    /** What the client offered, what we answered, and why it is plain TCP if it is. */
    public Offer offer() {
        return offer;
    }

    /** High half of the address that the first subflow came from. */
    public long clientHi() {
        return agreement.clientHi();
    }

    public long clientLo() {
        return agreement.clientLo();
    }

    public int clientPort() {
        return agreement.clientPort();
    }

    /** High half of the address that the first subflow went to. */
    public long initialHi() {
        return agreement.initialHi();
    }

    public long initialLo() {
        return agreement.initialLo();
    }

    public int initialPort() {
        return agreement.initialPort();
    }

    ConnectionState state() {
        return state;
    }

    MptcpPolicy policy() {
        return paths.policy();
    }

    PathPolicy paths() {
        return paths;
    }

    int nextSubflowNumber() {
        return subflowNumber++;
    }

    Agreement agreement() {
        return agreement;
    }

    SubflowSet subflows() {
        return subflows;
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

    Fallback fallback() {
        return fallback;
    }

    /** Both directions have ended and were acknowledged; its subflows end by themselves. */
    boolean closing() {
        return state == ConnectionState.CLOSING;
    }

    /** The connection is being aborted: every RST says so. */
    boolean fastclosing() {
        return fastclosing;
    }

    // ---- opening

    void open(
            Subflow first,
            TcpEndpoint tcp,
            PolicySource source,
            MptcpPolicy agreed,
            long key,
            boolean withChecksums) {
        agreement.begin(stack.crypto(), tcp, key, agreed, withChecksums);
        sender.reset(stack.crypto().initialDsn());
        receiver.reset();
        announcer.reset();
        fallback.reset();
        state = ConnectionState.OPENING;
        paths.begin(source, agreed);
        number = 0;
        subflowNumber = 0;
        from = tcp.listener();
        listener = null;
        fastclosing = false;
        lastCause = CloseCause.FINISHED;
        first.begin(this, tcp, SubflowState.CAPABLE, 0, 0, 0);
        subflows.add(first);
    }

    /** As client: sends the SYN; the connection must be attached. */
    public void connect(long nowNanos) {
        TcpEndpoint tcp = subflow(0).tcp();
        tcp.connect(tcp.route().mtuBytes(), subflow(0), nowNanos);
    }

    void learnPeersKey(long key) {
        agreement.learn(stack.crypto(), key);
        receiver.start(stack.crypto().initialDsn());
    }

    void onSubflowEstablished(Subflow subflow, boolean joined, long nowNanos) {
        if (!joined) {
            onFirstEstablished(nowNanos);
        } else if (!agreement.client()) {
            stack.count(MptcpCounter.JOINS_ESTABLISHED);
            onJoined(subflow, nowNanos);
            // The fourth ACK: the client repeats its third until this comes (s3.2).
            subflow.tcp().sendAckNow(nowNanos);
            paths.declare(subflow, nowNanos);
            announcer.start(nowNanos);
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
            from.acceptor().onAccepted(this, from, nowNanos);
        } else if (listener != null) {
            listener.onConnected(this, nowNanos);
        }
        if (state == ConnectionState.ESTABLISHED && !agreement.client()) {
            paths.follow(nowNanos);
            paths.declare(subflow(0), nowNanos);
            announcer.start(nowNanos);
        }
        subflows.markAll();
    }

    /** The peer has proven that it knows the keys: data may go, also what a stalled path holds. */
    private void onJoined(Subflow subflow, long nowNanos) {
        subflow.become(SubflowState.OPEN);
        fallback.onJoined();
        agreement.verify();
        timers.cancel(ConnectionTimer.LINGER);
        if (pathless) {
            pathless(false);
            stack.count(MptcpCounter.REVIVED);
            paths.onRevived(nowNanos);
        }
        for (int i = 0; i < subflows.count(); i++) {
            Subflow other = subflows.get(i);
            if (other != subflow && other.state() == SubflowState.OPEN && other.stalled()) {
                sender.reinject(other);
            }
        }
        if (sender.finPending()) {
            subflow.tcp().ackAtOnce();
        }
        subflows.markAll();
    }

    /** As client: the fourth ACK. */
    void onJoinConfirmed(Subflow subflow, long nowNanos) {
        subflow.tcp().armUser(Long.MAX_VALUE);
        onJoined(subflow, nowNanos);
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
        subflows.markAll();
    }

    @Override
    public void windowMayHaveGrown(long nowNanos) {
        Subflow on = subflows.forWindowUpdate();
        if (on != null) {
            on.tcp().considerWindowUpdate(stack.tcp().settings().initialWindowBytes() / 2);
        }
    }

    @Override
    public long bandwidthDelayBytes() {
        return subflows.bandwidthDelayBytes();
    }

    @Override
    public int payloadMax() {
        return subflows.payloadMax();
    }

    @Override
    public void abort(long nowNanos) {
        tearDown(CloseCause.ABORTED, nowNanos);
    }

    @Override
    public void armTimer(long deadlineNanos) {
        timers.arm(ConnectionTimer.SESSION, deadlineNanos);
    }

    // ---- commands of policy

    /**
     * Goes over to what policy and links are now: tells the peer what it must know, moves data away
     * from links that are down, and tries those that are back. Agreed flags stay.
     */
    public void follow(long nowNanos) {
        paths.follow(nowNanos);
        for (int i = subflows.count() - 1; i >= 0; i--) {
            Subflow subflow = subflows.get(i);
            if (subflow.established() && subflow.followLink(nowNanos)) {
                onLink(subflow, nowNanos);
            }
        }
    }

    private void onLink(Subflow subflow, long nowNanos) {
        if (subflow.stalled()) {
            onSilence(subflow);
        } else if (subflow.backupByUs()) {
            // What was told meanwhile met no link.
            paths.repeatPriority(subflow, nowNanos);
        }
        subflows.markAll();
    }

    /** Says what is true now: its subflows, and the addresses that its peer was told. */
    public void tell(ConnectionEvents to, long nowNanos) {
        for (int i = 0; i < subflows.count(); i++) {
            Subflow subflow = subflows.get(i);
            if (subflow.established()) {
                to.onSubflowOpened(this, subflow, nowNanos);
                if (subflow.silent()) {
                    to.onSubflowStalled(this, subflow, true, nowNanos);
                }
            }
        }
        announcer.tell(to, nowNanos);
    }

    /** Declares a subflow backup, or regular again: told by MP_PRIO and obeyed here (s3.3.8). */
    public void prioritise(Subflow subflow, boolean backup, long nowNanos) {
        paths.prioritise(subflow, backup, nowNanos);
    }

    /** Tells the peer that an address is gone (s3.4.2) and ends the subflows that use it. */
    public void withdraw(int addressId, long nowNanos) {
        paths.withdraw(addressId, nowNanos);
    }

    // ---- handle: data

    void onData(Subflow subflow, long m, long nowNanos) {
        subflows.heard(subflow);
        if (receiver.take(m, subflow.tcp().netPort())) {
            tellReceived(nowNanos);
        }
    }

    void onPlainData(long m, NetPort port, long nowNanos) {
        if (receiver.takePlain(m, port)) {
            tellReceived(nowNanos);
        }
    }

    void onDataFin(long offset, long nowNanos) {
        if (receiver.onDataFin(offset)) {
            subflows.ackOnAll();
            tellReceived(nowNanos);
        }
    }

    private void tellReceived(long nowNanos) {
        if (receiver.finished()) {
            subflows.markAll();
        }
        if (listener != null) {
            listener.onReceived(this, nowNanos);
        }
    }

    void onDataAck(long dataAck, boolean octets8, long windowBytes, long nowNanos) {
        boolean news = sender.onDataAck(dataAck, octets8, windowBytes, nowNanos);
        if (news || sender.hasUnsent()) {
            subflows.markAll();
        }
        if (news && listener != null) {
            listener.onReleased(this, nowNanos);
        }
    }

    void onSubflowAcked(Subflow subflow, long nowNanos) {
        if (subflow.state() == SubflowState.PLAIN
                && sender.onPlainAck(subflow.tcp().sender().ackedOffset(), nowNanos)
                && listener != null) {
            listener.onReleased(this, nowNanos);
        }
    }

    /** A subflow's FIN ends its direction there; the stream ends with DATA_FIN only (s3.3.3). */
    void onSubflowFin(Subflow subflow, long nowNanos) {
        if (subflow.state() == SubflowState.PLAIN) {
            if (receiver.onPlainFin()) {
                tellReceived(nowNanos);
            }
            return;
        }
        if (subflows.usableBeside(subflow)) {
            subflow.tcp().finish(nowNanos);
        } else if (!receiver.finished() && !timers.armed(ConnectionTimer.LINGER)) {
            timers.arm(ConnectionTimer.LINGER, nowNanos + policy().pathlessNanos());
        }
        subflows.markAll();
    }

    long receiveWindowBytes() {
        return receiver.windowBytes(stack.tcp().settings().initialWindowBytes());
    }

    long offeredWindowBytes() {
        return receiver.offeredBytes();
    }

    void onWindowOffered(long bytes) {
        receiver.onWindowOffered(bytes);
    }

    // ---- handle: paths

    /** A subflow fell silent: another one takes over what it carried (s3.3.6). */
    void onSilence(Subflow subflow) {
        if (state != ConnectionState.ESTABLISHED || !subflows.usableBeside(subflow)) {
            return;
        }
        if (sender.reinject(subflow) > 0) {
            stack.count(MptcpCounter.PATHS_STALLED);
            subflows.markAll();
        }
    }

    void onSubflowClosed(Subflow subflow, SubflowState last, CloseCause cause, long nowNanos) {
        subflows.remove(subflow);
        switch (state) {
            case FREE, ENDING -> {}
            case OPENING, FALLBACK -> end(cause, nowNanos);
            case CLOSING -> {
                if (subflows.count() == 0) {
                    end(CloseCause.FINISHED, nowNanos);
                }
            }
            case ESTABLISHED -> {
                if (last != SubflowState.JOINING) {
                    onPathLost(subflow, cause, nowNanos);
                }
            }
        }
    }

    private void onPathLost(Subflow subflow, CloseCause cause, long nowNanos) {
        sender.reinject(subflow);
        lastCause = cause;
        if (subflows.anyOpen()) {
            subflows.markAll();
        } else if (sender.allDataAcked() && receiver.finished()) {
            // Only the DATA_ACK of our DATA_FIN was lost: the peer has closed.
            subflows.resetAllBut(null, nowNanos);
            end(CloseCause.FINISHED, nowNanos);
        } else if (agreement.verified()) {
            stack.count(MptcpCounter.PATHLESS);
            pathless(true);
            timers.arm(ConnectionTimer.LINGER, nowNanos + policy().pathlessNanos());
        } else {
            tearDown(cause, nowNanos);
        }
    }

    /**
     * Subflows to removed addresses end at once; the one that brought the message plainly works,
     * and closes from the other side.
     */
    void onRemoveAddr(Subflow by, MptcpOptions options, long nowNanos) {
        for (int i = 0; i < options.removeCount; i++) {
            stack.events().onAddressRemoved(this, options.removeIds[i], true, nowNanos);
        }
        for (int i = subflows.count() - 1; i >= 0; i--) {
            Subflow subflow = subflows.get(i);
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

    // ---- handle: ends

    /** {@link Fallback#enter} has decided. */
    void becomePlain() {
        state = ConnectionState.FALLBACK;
        stack.forgetToken(this);
        timers.cancel(ConnectionTimer.DATA_TIMEOUT);
        timers.cancel(ConnectionTimer.ANNOUNCE);
        timers.cancel(ConnectionTimer.REPEAT);
        timers.cancel(ConnectionTimer.LINGER);
    }

    void onFastclose(long nowNanos) {
        tearDown(CloseCause.RESET_BY_PEER, nowNanos);
    }

    /** MP_FASTCLOSE on a RST: TCP ends that subflow itself. */
    void onFastcloseReset(Subflow by, long nowNanos) {
        state = ConnectionState.ENDING;
        subflows.resetAllBut(by, nowNanos);
        subflows.remove(by);
        by.leave();
        end(CloseCause.RESET_BY_PEER, nowNanos);
    }

    /** The path's answer to MP_FAIL has not come, or another rule leaves no way on. */
    void giveUp(CloseCause cause, long nowNanos) {
        tearDown(cause, nowNanos);
    }

    /**
     * Ends every subflow with RST; towards a peer that has not closed by itself with MP_FASTCLOSE
     * first (s3.5).
     */
    private void tearDown(CloseCause cause, long nowNanos) {
        if (state == ConnectionState.FREE || state == ConnectionState.ENDING) {
            return;
        }
        boolean tell = state == ConnectionState.ESTABLISHED && cause != CloseCause.RESET_BY_PEER;
        Subflow on = tell ? subflows.forSignal() : null;
        state = ConnectionState.ENDING;
        fastclosing = tell;
        if (on != null) {
            stack.count(MptcpCounter.FASTCLOSE_SENT);
            stack.optionOutput().sendFastclose(on, agreement.remoteKey(), nowNanos);
        }
        subflows.resetAllBut(null, nowNanos);
        end(cause, nowNanos);
    }

    /** Gives back everything, then says the last word. */
    private void end(CloseCause cause, long nowNanos) {
        state = ConnectionState.ENDING;
        pathless(false);
        stack.forgetToken(this);
        timers.cancelAll();
        sender.clear();
        receiver.clear();
        agreement.forget();
        from = null;
        state = ConnectionState.FREE;
        stack.release(this);
        sayLastWord(cause, nowNanos);
    }

    private void pathless(boolean now) {
        if (pathless != now) {
            pathless = now;
            stack.countPathless(now ? 1 : -1);
        }
    }

    private void sayLastWord(CloseCause cause, long nowNanos) {
        StreamListener told = listener;
        listener = null;
        if (told != null) {
            told.onClosed(this, cause, nowNanos);
        }
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
        if (timers.take(ConnectionTimer.REPEAT, nowNanos)) {
            paths.onTimer(nowNanos);
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
            subflows.resetAllBut(null, nowNanos);
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

    /**
     * Both directions are finished and acknowledged: nothing is left to say to the session. The
     * subflows close by themselves, and tell a peer that has missed it so; a silent one only if it
     * is the last.
     */
    private void close(long nowNanos) {
        state = ConnectionState.CLOSING;
        stack.forgetToken(this);
        timers.cancelAll();
        timers.arm(ConnectionTimer.LINGER, nowNanos + policy().pathlessNanos());
        for (int i = subflows.count() - 1; i >= 0; i--) {
            Subflow subflow = subflows.get(i);
            boolean silent = subflow.stalled() && subflows.usableBeside(subflow);
            if (subflow.state() != SubflowState.OPEN || silent) {
                subflow.drop(ResetReason.UNSPECIFIED, nowNanos);
            } else {
                subflow.mappings().clear();
                subflow.tcp().receiver().disown();
                subflow.tcp().finish(nowNanos);
            }
        }
        sender.clear();
        receiver.clear();
        sayLastWord(CloseCause.FINISHED, nowNanos);
    }

    void finishPlain(long nowNanos) {
        if (subflows.count() > 0) {
            subflow(0).tcp().finish(nowNanos);
        }
    }

    /** Nothing is outstanding and no window is open: some subflow asks for it. */
    void waitForWindow(long nowNanos) {
        Subflow on = state == ConnectionState.FALLBACK ? subflow(0) : subflows.forSignal();
        if (on != null) {
            on.tcp().sender().waitForWindow(nowNanos);
        }
    }
}
