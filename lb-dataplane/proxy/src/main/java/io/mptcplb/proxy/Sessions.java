package io.mptcplb.proxy;

import io.mptcplb.stack.buffer.HeldBuffers;
import io.mptcplb.stack.mptcp.MptcpConnection;
import io.mptcplb.stack.tcp.Acceptor;
import io.mptcplb.stack.tcp.Listener;
import io.mptcplb.stack.tcp.Stream;
import io.mptcplb.stack.time.PhaseClock;
import org.jspecify.annotations.Nullable;

/**
 * All sessions of a worker: takes clients, or refuses them by name, and gets sessions back when
 * they have ended. Listener ids are the numbers of virtual servers.
 */
public final class Sessions implements Acceptor {
    /** What timestamps take of every segment, padding included (RFC 7323 appendix A). */
    static final int TIMESTAMPS_BYTES = 12;

    private static final int REAPED_PER_CYCLE = 256;

    private final HeldBuffers buffers;
    private final BackendConnector connector;
    private final VirtualServer[] servers;
    private final Session[] all;
    private final Session[] unused;
    private int unusedCount;

    /** A ring of sessions whose last buffers are still on their way back. */
    private final Session[] ended;

    private int endedHead;
    private int endedCount;
    private final long[] refusals = new long[SessionRefusal.count()];
    private final long[] ends = new long[SessionEnd.count()];
    private int open;
    private long opened;

    Sessions(
            int capacity,
            HeldBuffers buffers,
            BackendConnector connector,
            VirtualServer[] servers,
            PhaseClock phases) {
        this.buffers = buffers;
        this.connector = connector;
        this.servers = servers;
        all = new Session[capacity];
        unused = new Session[capacity];
        ended = new Session[capacity];
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
        return open;
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

    // ---- handle

    @Override
    public void onAccepted(Stream stream, Listener listener, long nowNanos) {
        VirtualServer server = servers[listener.id()];
        SessionRefusal refusal = refusalFor(server);
        if (refusal != null) {
            refusals[refusal.code()]++;
            server.countRefused();
            stream.abort(nowNanos);
            return;
        }
        boolean multipath = stream instanceof MptcpConnection asked && !asked.fellBack();
        open++;
        opened++;
        server.onOpened(multipath);
        unused[--unusedCount].begin(server, stream, multipath, nowNanos);
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

    void onEnded(Session session, SessionEnd how) {
        ends[how.code()]++;
        open--;
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

    /** Resets both sides of every session. */
    void abortAll(long nowNanos) {
        for (Session session : all) {
            session.abort(SessionEnd.SHUTDOWN, nowNanos);
        }
    }
}
