package io.mptcplb.proxy;

import io.mptcplb.stack.buffer.HeldBuffers;
import io.mptcplb.stack.mptcp.MptcpConnection;
import io.mptcplb.stack.tcp.Acceptor;
import io.mptcplb.stack.tcp.Stream;
import io.mptcplb.stack.time.PhaseClock;
import org.jspecify.annotations.Nullable;

/**
 * All sessions of a worker: takes clients, or refuses them by name, gets sessions back when they
 * have ended, and lets live ones follow what has changed, a bounded number at a time.
 */
public final class Sessions {
    /** What timestamps take of every segment, padding included (RFC 7323 appendix A). */
    static final int TIMESTAMPS_BYTES = 12;

    private static final int REAPED_PER_CYCLE = 256;
    private static final BalancerEvents NOBODY_LISTENS = new BalancerEvents() {};

    /** Unused sessions that a snapshot may pass for each one that it tells of. */
    private static final int PASSED_PER_TOLD = 64;

    /** A worker's number stands above its clients'. */
    private static final int NUMBER_BITS = 48;

    private final HeldBuffers buffers;
    private final BackendConnector connector;
    private final int worker;
    private final Session[] all;
    private final Session[] unused;
    private int unusedCount;

    /** A ring of sessions whose last buffers are still on their way back. */
    private final Session[] ended;

    private int endedHead;
    private int endedCount;
    private final long[] refusals = new long[SessionRefusal.count()];
    private final long[] ends = new long[SessionEnd.count()];
    private final OpenSessions open;
    private long opened;
    private BalancerEvents events = NOBODY_LISTENS;

    Sessions(
            int capacity,
            HeldBuffers buffers,
            BackendConnector connector,
            int worker,
            PhaseClock phases) {
        this.buffers = buffers;
        this.connector = connector;
        this.worker = worker;
        all = new Session[capacity];
        unused = new Session[capacity];
        ended = new Session[capacity];
        open = new OpenSessions(capacity);
        for (int i = capacity - 1; i >= 0; i--) {
            all[i] = new Session(this, buffers, phases);
            unused[unusedCount++] = all[i];
        }
    }

    // ---- getters

    /** Sessions that can be open at once. */
    public int capacity() {
        return all.length;
    }

    /** Sessions with at least one stream. */
    public int open() {
        return open.count();
    }

    /** Sessions begun since start. */
    public long opened() {
        return opened;
    }

    /** Clients refused for this reason since start. */
    public long refused(SessionRefusal reason) {
        return refusals[reason.code()];
    }

    /** Sessions that ended in this way since start. */
    public long ended(SessionEnd how) {
        return ends[how.code()];
    }

    /** Sessions that have ended and wait for their last buffers. */
    public int waitingForBuffers() {
        return endedCount;
    }

    BackendConnector connector() {
        return connector;
    }

    BalancerEvents events() {
        return events;
    }

    /** Some sessions have not yet followed what has changed. */
    boolean walking() {
        return open.behind();
    }

    // ---- handle

    /** Takes the clients of a virtual server. */
    Acceptor acceptor(VirtualServer server) {
        return (stream, listener, nowNanos) -> accept(server, stream, nowNanos);
    }

    private void accept(VirtualServer server, Stream stream, long nowNanos) {
        SessionRefusal refusal = refusalFor(server);
        if (refusal != null) {
            refusals[refusal.code()]++;
            server.countRefused();
            stream.abort(nowNanos);
            return;
        }
        boolean multipath = stream instanceof MptcpConnection asked && !asked.fellBack();
        opened++;
        server.onOpened(multipath);
        Session session = unused[--unusedCount];
        open.add(session);
        session.number((long) worker << NUMBER_BITS | opened);
        session.begin(server, stream, multipath, nowNanos);
    }

    private @Nullable SessionRefusal refusalFor(VirtualServer server) {
        if (server.full()) {
            return SessionRefusal.VIRTUAL_SERVER_LIMIT;
        }
        if (unusedCount == 0) {
            return SessionRefusal.SESSION_LIMIT;
        }
        if (buffers.underPressure()) {
            return SessionRefusal.MEMORY_PRESSURE;
        }
        return server.pool().serving() ? null : SessionRefusal.NO_BACKEND;
    }

    void onEnded(Session session, SessionEnd how, long nowNanos) {
        events.onConnectionClosed(session, how, nowNanos);
        ends[how.code()]++;
        open.remove(session);
        int at = endedHead + endedCount;
        ended[at >= ended.length ? at - ended.length : at] = session;
        endedCount++;
    }

    // ---- commands

    /**
     * Makes ended sessions ready again once their buffers have come back: a port may have had some
     * in its ring, and a stream ends before it lets go of what it had sent. Bounded; returns how
     * many.
     */
    int reap() {
        int reaped = 0;
        for (int looks = Math.min(endedCount, REAPED_PER_CYCLE); looks > 0; looks--) {
            Session session = ended[endedHead];
            endedHead = endedHead + 1 == ended.length ? 0 : endedHead + 1;
            endedCount--;
            if (buffers.held(session.clientBudget()) + buffers.held(session.backendBudget()) > 0) {
                int at = endedHead + endedCount;
                ended[at >= ended.length ? at - ended.length : at] = session;
                endedCount++;
                continue;
            }
            buffers.closeBudget(session.clientBudget());
            buffers.closeBudget(session.backendBudget());
            session.recycle();
            unused[unusedCount++] = session;
            reaped++;
        }
        return reaped;
    }

    void events(@Nullable BalancerEvents listener) {
        events = listener == null ? NOBODY_LISTENS : listener;
    }

    /** Something has changed: every session is to be visited from now on. */
    void startWalk() {
        open.startWalk();
    }

    /** Lets at most {@code max} sessions follow; returns how many there were. */
    int walk(long nowNanos, int max) {
        return open.walk(nowNanos, max);
    }

    /**
     * Tells of at most {@code max} sessions from {@code from} on; returns where to go on, or -1
     * after the last.
     */
    int tell(int from, int max, BalancerEvents to, long nowNanos) {
        int at = from;
        int told = 0;
        for (int looks = 0; at < all.length && told < max && looks < PASSED_PER_TOLD * max; at++) {
            if (all[at].live()) {
                all[at].tell(to, nowNanos);
                told++;
            } else {
                looks++;
            }
        }
        return at == all.length ? -1 : at;
    }

    /** Resets both sides of every session. */
    void abortAll(long nowNanos) {
        for (Session session : all) {
            session.abort(SessionEnd.SHUTDOWN, nowNanos);
        }
    }
}
