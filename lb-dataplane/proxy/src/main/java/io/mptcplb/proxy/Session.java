package io.mptcplb.proxy;

import io.mptcplb.contract.TimeoutConfig;
import io.mptcplb.stack.buffer.HeldBuffers;
import io.mptcplb.stack.buffer.StreamQueue;
import io.mptcplb.stack.mptcp.MptcpConnection;
import io.mptcplb.stack.tcp.CloseCause;
import io.mptcplb.stack.tcp.Stream;
import io.mptcplb.stack.tcp.StreamListener;
import io.mptcplb.stack.time.Phase;
import io.mptcplb.stack.time.PhaseClock;
import org.jspecify.annotations.Nullable;

/**
 * A client's stream joined to a backend's. What one receives is what the other sends; each one's
 * acknowledgements let the other's peer send on; each one's end is passed to the other: a finished
 * direction as a FIN, anything else as a reset.
 *
 * <p>As long as no backend has answered, the client's bytes stay queued, and the next backend gets
 * them from the first one on.
 *
 * <p>One instance per session of the worker, made at start and used again and again. Streams may
 * call back while they are being called, so every method leaves the session consistent before it
 * calls one.
 */
public final class Session implements StreamListener {
    /** Backends that one session tries. */
    static final int TRIES_MAX = 3;

    private static final long SIZING_NANOS = 5_000_000L;

    /**
     * Bandwidth-delay products held for a side: one under way, one that waits for its turn, and as
     * much again to grow into.
     */
    private static final int DELAYS_HELD = 4;

    private final Sessions owner;
    private final HeldBuffers buffers;
    private final PhaseClock phases;
    private final StreamQueue toBackend;
    private final StreamQueue toClient;
    private final @Nullable Backend[] tried = new Backend[TRIES_MAX];
    private SessionState state = SessionState.UNUSED;
    private int place;
    private long followed;
    private @Nullable VirtualServer server;
    private @Nullable Stream client;
    private @Nullable Stream backendStream;
    private @Nullable Backend backend;
    private @Nullable Pool pool;
    private @Nullable TimeoutConfig agreed;
    private long number;
    private @Nullable SessionEnd end;
    private int triedCount;

    /** What each side has sent and the other not yet acknowledged is charged apart. */
    private int clientBudget = -1;

    private int backendBudget = -1;
    private boolean multipath;
    private boolean connected;
    private boolean connectTimedOut;
    private long activityNanos;
    private long sizedNanos;
    private long fromClientBytes;
    private long fromBackendBytes;
    private long ackedByBackendBytes;
    private long ackedByClientBytes;

    Session(Sessions owner, HeldBuffers buffers, PhaseClock phases) {
        this.owner = owner;
        this.buffers = buffers;
        this.phases = phases;
        toBackend = new StreamQueue(buffers);
        toClient = new StreamQueue(buffers);
    }

    SessionState state() {
        return state;
    }

    /** Names this client; no other one since start has it. */
    public long number() {
        return number;
    }

    void number(long given) {
        number = given;
    }

    /** What the client came to. */
    public VirtualServer virtualServer() {
        return server();
    }

    /** The client's side, MPTCP or plain; null once it has gone. */
    public @Nullable Stream client() {
        return client;
    }

    /** Where the server was chosen from; null before that. */
    public @Nullable Pool pool() {
        return pool;
    }

    /** The server, once it has answered; null before that. */
    public @Nullable Backend chosen() {
        return pool == null ? null : backend;
    }

    /** Payload bytes from the client. */
    public long rxBytes() {
        return fromClientBytes;
    }

    /** Payload bytes that the client acknowledged. */
    public long txBytes() {
        return ackedByClientBytes;
    }

    /** Where {@link OpenSessions} has it; its own affair, as is the change followed last. */
    int place() {
        return place;
    }

    void place(int value) {
        place = value;
    }

    long followed() {
        return followed;
    }

    void followed(long change) {
        followed = change;
    }

    /** A client is here. */
    boolean live() {
        return (state == SessionState.CONNECTING || state == SessionState.OPEN) && client != null;
    }

    int clientBudget() {
        return clientBudget;
    }

    int backendBudget() {
        return backendBudget;
    }

    // ---- commands

    /** Takes a client that has completed its handshake, and tries the first backend. */
    void begin(VirtualServer newServer, Stream newClient, boolean isMultipath, long nowNanos) {
        server = newServer;
        client = newClient;
        clientBudget = buffers.openBudget();
        backendBudget = buffers.openBudget();
        multipath = isMultipath;
        activityNanos = nowNanos;
        agreed = newServer.timeouts();
        become(SessionState.CONNECTING);
        newClient.attach(this, toBackend, toClient, clientBudget);
        newClient.armTimer(nowNanos + timeouts().idleNanos());
        if (newClient instanceof MptcpConnection connection) {
            connection.number(number);
        }
        owner.events().onConnectionOpened(this, nowNanos);
        tryNextBackend(nowNanos);
    }

    /** Goes over to what is in force now. */
    void follow(long nowNanos) {
        if (!live()) {
            return;
        }
        if (client instanceof MptcpConnection connection) {
            connection.follow(nowNanos);
        }
        if (live() && agreed != timeouts()) {
            agreed = timeouts();
            armIdle();
        }
    }

    /** Says what is true now. */
    void tell(BalancerEvents to, long nowNanos) {
        to.onConnectionOpened(this, nowNanos);
        if (pool != null) {
            to.onBackendChosen(this, nowNanos);
        }
        if (client instanceof MptcpConnection connection) {
            connection.tell(to, nowNanos);
        }
    }

    /** Resets both sides. */
    void abort(SessionEnd reason, long nowNanos) {
        if (state == SessionState.CONNECTING || state == SessionState.OPEN) {
            end = reason;
            become(SessionState.ENDING);
            abortStreams(nowNanos);
        }
    }

    /** Makes an ended session, to which nothing is charged any more, ready for the next client. */
    void recycle() {
        become(SessionState.UNUSED);
        server = null;
        backend = null;
        pool = null;
        agreed = null;
        end = null;
        for (int i = 0; i < triedCount; i++) {
            tried[i] = null;
        }
        triedCount = 0;
        clientBudget = -1;
        backendBudget = -1;
        multipath = false;
        connectTimedOut = false;
        fromClientBytes = 0;
        fromBackendBytes = 0;
        ackedByBackendBytes = 0;
        ackedByClientBytes = 0;
    }

    // ---- handle: what streams tell

    @Override
    public void onConnected(Stream stream, long nowNanos) {
        if (state != SessionState.CONNECTING || stream != backendStream) {
            return;
        }
        become(SessionState.OPEN);
        activityNanos = nowNanos;
        connected = true;
        backend().onConnected();
        pool = server().pool();
        owner.events().onBackendChosen(this, nowNanos);
        stream.armTimer(Long.MAX_VALUE);
        if (toBackend.endOffset() > 0 || toBackend.finished()) {
            stream.sourceChanged(nowNanos);
        }
    }

    @Override
    public void onReceived(Stream stream, long nowNanos) {
        Phase before = phases.enter(Phase.PROXY);
        passOn(stream, nowNanos);
        phases.enter(before);
    }

    private void passOn(Stream stream, long nowNanos) {
        activityNanos = nowNanos;
        boolean ofClient = stream == client;
        if (ofClient) {
            server().countReceived(toBackend.endOffset() - fromClientBytes);
            fromClientBytes = toBackend.endOffset();
        } else {
            long bytes = toClient.endOffset() - fromBackendBytes;
            backend().countReceived(bytes);
            fromBackendBytes = toClient.endOffset();
        }
        StreamQueue received = ofClient ? toBackend : toClient;
        Stream other = ofClient ? backendStream : client;
        if (received.finished()) {
            armIdle();
        }
        if (state == SessionState.OPEN && other != null) {
            other.sourceChanged(nowNanos);
        }
    }

    @Override
    public void onReleased(Stream stream, long nowNanos) {
        Phase before = phases.enter(Phase.PROXY);
        inviteMore(stream, nowNanos);
        phases.enter(before);
    }

    private void inviteMore(Stream stream, long nowNanos) {
        activityNanos = nowNanos;
        boolean byClient = stream == client;
        if (byClient) {
            server().countSent(toClient.headOffset() - ackedByClientBytes);
            ackedByClientBytes = toClient.headOffset();
        } else {
            backend().countSent(toBackend.headOffset() - ackedByBackendBytes);
            ackedByBackendBytes = toBackend.headOffset();
        }
        Stream other = byClient ? backendStream : client;
        if (state == SessionState.OPEN && other != null) {
            sizeBudgets(stream, other, nowNanos);
            other.windowMayHaveGrown(nowNanos);
        }
    }

    /** A side that sends may have so much under way as the side that takes it has use for. */
    private void sizeBudgets(Stream one, Stream other, long nowNanos) {
        if (nowNanos - sizedNanos >= SIZING_NANOS) {
            sizedNanos = nowNanos;
            sizeFor(one);
            sizeFor(other);
        }
    }

    private void sizeFor(Stream taker) {
        int sendersBudget = taker == client ? backendBudget : clientBudget;
        buffers.want(sendersBudget, DELAYS_HELD * taker.bandwidthDelayBytes());
    }

    @Override
    public void onTimer(Stream stream, long nowNanos) {
        if (state == SessionState.CONNECTING && stream == backendStream) {
            connectTimedOut = true;
            stream.abort(nowNanos);
        } else if (state == SessionState.CONNECTING || state == SessionState.OPEN) {
            onIdleTimer(nowNanos);
        }
    }

    @Override
    public void onClosed(Stream stream, CloseCause cause, long nowNanos) {
        if (stream == client) {
            onClientClosed(cause, nowNanos);
        } else if (stream == backendStream) {
            backendStream = null;
            if (state == SessionState.CONNECTING) {
                onConnectFailed(cause, nowNanos);
            } else {
                onBackendClosed(cause, nowNanos);
            }
        }
    }

    // ---- the backend

    private void tryNextBackend(long nowNanos) {
        while (triedCount < TRIES_MAX) {
            Backend next = server().pool().pick(tried, triedCount);
            if (next == null) {
                break;
            }
            if (triedCount > 0) {
                backend().countRetry();
            }
            tried[triedCount++] = next;
            backend = next;
            Stream prepared = owner.connector().prepare(next, nowNanos);
            if (prepared == null) {
                next.countRefused();
                continue;
            }
            backendStream = prepared;
            connectTimedOut = false;
            prepared.attach(this, toClient, toBackend, backendBudget);
            prepared.armTimer(nowNanos + timeouts().backendConnectNanos());
            owner.connector().connect(prepared, mssBytes(), nowNanos);
            return;
        }
        abort(SessionEnd.BACKEND_UNAVAILABLE, nowNanos);
    }

    /**
     * What a backend may put into one segment so that it reaches the client uncut: the client's
     * payload, and room for the timestamps that the backend counts into its MSS (RFC 6691 s3).
     */
    private int mssBytes() {
        Stream to = client;
        return to == null ? 0 : to.payloadMax() + Sessions.TIMESTAMPS_BYTES;
    }

    private void onConnectFailed(CloseCause cause, long nowNanos) {
        if (connectTimedOut || cause == CloseCause.TIMED_OUT) {
            backend().countTimeout();
        } else {
            backend().countRefused();
        }
        tryNextBackend(nowNanos);
    }

    private void onBackendClosed(CloseCause cause, long nowNanos) {
        if (connected) {
            connected = false;
            backend().onDisconnected();
        }
        if (cause == CloseCause.FINISHED) {
            onOneFinished(client, nowNanos);
            return;
        }
        if (cause == CloseCause.RESET_BY_PEER) {
            backend().countReset();
        }
        passOn(
                switch (cause) {
                    case RESET_BY_PEER -> SessionEnd.BACKEND_RESET;
                    case TIMED_OUT -> SessionEnd.BACKEND_TIMED_OUT;
                    default -> SessionEnd.BACKEND_FAILED;
                },
                nowNanos);
    }

    // ---- the client

    private void onClientClosed(CloseCause cause, long nowNanos) {
        client = null;
        server().onClosed(multipath);
        if (cause == CloseCause.FINISHED) {
            onOneFinished(backendStream, nowNanos);
            return;
        }
        passOn(
                switch (cause) {
                    case RESET_BY_PEER -> SessionEnd.CLIENT_RESET;
                    case TIMED_OUT -> SessionEnd.CLIENT_TIMED_OUT;
                    default -> SessionEnd.CLIENT_FAILED;
                },
                nowNanos);
    }

    // ---- the end

    /** One stream ended cleanly: the other may still have bytes to deliver, within its time. */
    private void onOneFinished(@Nullable Stream other, long nowNanos) {
        if (other == null) {
            if (end == null) {
                end = SessionEnd.FINISHED;
            }
            conclude(nowNanos);
        } else {
            armIdle();
        }
    }

    /** One stream ended otherwise: so does the other. */
    private void passOn(SessionEnd reason, long nowNanos) {
        if (end == null) {
            end = reason;
        }
        if (state != SessionState.ENDING) {
            become(SessionState.ENDING);
            abortStreams(nowNanos);
        } else {
            conclude(nowNanos);
        }
    }

    private void abortStreams(long nowNanos) {
        Stream toAbort = backendStream;
        if (toAbort != null) {
            toAbort.abort(nowNanos);
        }
        toAbort = client;
        if (toAbort != null) {
            toAbort.abort(nowNanos);
        }
        conclude(nowNanos);
    }

    private void conclude(long nowNanos) {
        if (client == null && backendStream == null && state != SessionState.ENDED) {
            become(SessionState.ENDED);
            toBackend.clear();
            toClient.clear();
            owner.onEnded(this, end == null ? SessionEnd.FINISHED : end, nowNanos);
        }
    }

    // ---- time

    private void onIdleTimer(long nowNanos) {
        if (nowNanos - idleDeadlineNanos() < 0) {
            armIdle();
        } else {
            abort(halfClosed() ? SessionEnd.HALF_CLOSED : SessionEnd.IDLE, nowNanos);
        }
    }

    /** The client's stream keeps the session's time; once it has gone, the backend's. */
    private void armIdle() {
        Stream keeper = client != null ? client : backendStream;
        if (keeper != null && state != SessionState.ENDING) {
            keeper.armTimer(idleDeadlineNanos());
        }
    }

    private long idleDeadlineNanos() {
        TimeoutConfig limits = timeouts();
        return activityNanos + (halfClosed() ? limits.halfClosedNanos() : limits.idleNanos());
    }

    private boolean halfClosed() {
        return toBackend.finished() || toClient.finished();
    }

    // ---- small things

    private VirtualServer server() {
        VirtualServer known = server;
        if (known == null) {
            throw new IllegalStateException("no virtual server in " + state);
        }
        return known;
    }

    private Backend backend() {
        Backend known = backend;
        if (known == null) {
            throw new IllegalStateException("no backend in " + state);
        }
        return known;
    }

    private TimeoutConfig timeouts() {
        return server().timeouts();
    }

    private void become(SessionState next) {
        assert state.mayBecome(next) : state + " to " + next;
        state = next;
    }
}
