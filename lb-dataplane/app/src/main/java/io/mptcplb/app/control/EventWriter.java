package io.mptcplb.app.control;

import io.mptcplb.proxy.Backend;
import io.mptcplb.proxy.BalancerEvents;
import io.mptcplb.proxy.Pool;
import io.mptcplb.proxy.Session;
import io.mptcplb.proxy.SessionEnd;
import io.mptcplb.stack.ip.Route;
import io.mptcplb.stack.mptcp.FallbackCause;
import io.mptcplb.stack.mptcp.MptcpConnection;
import io.mptcplb.stack.mptcp.MptcpCounter;
import io.mptcplb.stack.mptcp.MptcpStack;
import io.mptcplb.stack.mptcp.Offer;
import io.mptcplb.stack.mptcp.Subflow;
import io.mptcplb.stack.tcp.CloseCause;
import io.mptcplb.stack.tcp.PlainStream;
import io.mptcplb.stack.tcp.Stream;
import io.mptcplb.stack.tcp.TcpEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * Writes a worker's events into its ring, as numbers and references that {@link EventReader} reads
 * in the same places. Owner: the worker thread.
 */
final class EventWriter implements BalancerEvents {
    static final int OF_SNAPSHOT = 0;
    static final int CONNECTION = 1;
    static final int NOW_NANOS = 2;

    /** The first number, and the first reference, of the kind's own. */
    static final int OWN = 3;

    static final int KIND = 0;
    static final int OWN_REFERENCE = 1;

    private final EventRing ring;
    private final MptcpStack mptcp;
    private final int ofSnapshot;
    private int number;
    private int reference;

    /** Two write into one ring: one for what happens, one for what a snapshot says. */
    EventWriter(EventRing ring, MptcpStack mptcp, boolean ofSnapshot) {
        this.ring = ring;
        this.mptcp = mptcp;
        this.ofSnapshot = ofSnapshot ? 1 : 0;
    }

    // ---- sessions

    @Override
    public void onConnectionOpened(Session session, long nowNanos) {
        Stream client = session.client();
        if (!begin(EventKind.CONNECTION_OPENED, session.number(), nowNanos)) {
            return;
        }
        if (client instanceof MptcpConnection connection) {
            addresses(
                    connection.clientHi(),
                    connection.clientLo(),
                    connection.initialHi(),
                    connection.initialLo());
            offer(
                    connection.clientPort(),
                    connection.initialPort(),
                    connection.localToken(),
                    connection.offer());
        } else if (client instanceof PlainStream stream) {
            TcpEndpoint tcp = stream.tcp();
            Route route = tcp.route();
            addresses(route.remoteHi(), route.remoteLo(), route.localHi(), route.localLo());
            offer(tcp.remotePort(), tcp.localPort(), 0, mptcp.offer(tcp));
        }
        add(session.virtualServer().name());
        ring.end();
    }

    private void offer(int clientPort, int localPort, int token, Offer offer) {
        add(clientPort);
        add(localPort);
        add(token);
        add(offer.version());
        add(offer.flags());
        add(offer.answeredFlags());
        add(offer.cause());
    }

    @Override
    public void onBackendChosen(Session session, long nowNanos) {
        Pool pool = session.pool();
        Backend backend = session.chosen();
        if (pool != null
                && backend != null
                && begin(EventKind.BACKEND_CHOSEN, session.number(), nowNanos)) {
            add(pool.name());
            add(backend.name());
            ring.end();
        }
    }

    @Override
    public void onConnectionClosed(Session session, SessionEnd how, long nowNanos) {
        if (begin(EventKind.CONNECTION_CLOSED, session.number(), nowNanos)) {
            add(session.rxBytes());
            add(session.txBytes());
            add(how);
            ring.end();
        }
    }

    @Override
    public void onPolicySettled(long generation, long nowNanos) {
        if (begin(EventKind.POLICY_SETTLED, 0, nowNanos)) {
            add(generation);
            ring.end();
        }
    }

    @Override
    public void onPortLink(int portIndex, boolean up, long nowNanos) {
        if (begin(EventKind.PORT_LINK, 0, nowNanos)) {
            add(portIndex);
            add(up);
            ring.end();
        }
    }

    // ---- connections

    @Override
    public void onFellBack(MptcpConnection connection, FallbackCause cause, long nowNanos) {
        if (begin(EventKind.CONNECTION_FELL_BACK, connection.number(), nowNanos)) {
            add(cause);
            ring.end();
        }
    }

    @Override
    public void onSubflowOpened(MptcpConnection connection, Subflow subflow, long nowNanos) {
        if (begin(EventKind.SUBFLOW_OPENED, connection.number(), nowNanos)) {
            TcpEndpoint tcp = subflow.tcp();
            Route route = tcp.route();
            add(subflow.number());
            add(subflow.portIndex());
            addresses(route.localHi(), route.localLo(), route.remoteHi(), route.remoteLo());
            add(tcp.localPort());
            add(tcp.remotePort());
            add(subflow.remoteId());
            priority(subflow);
            ring.end();
        }
    }

    @Override
    public void onSubflowPriority(MptcpConnection connection, Subflow subflow, long nowNanos) {
        if (begin(EventKind.SUBFLOW_PRIORITY, connection.number(), nowNanos)) {
            add(subflow.number());
            priority(subflow);
            ring.end();
        }
    }

    private void priority(Subflow subflow) {
        add(subflow.backupByUs());
        add(subflow.backupByPeer());
    }

    @Override
    public void onSubflowStalled(
            MptcpConnection connection, Subflow subflow, boolean stalled, long nowNanos) {
        if (begin(EventKind.SUBFLOW_STALLED, connection.number(), nowNanos)) {
            add(subflow.number());
            add(stalled);
            ring.end();
        }
    }

    @Override
    public void onSubflowClosed(
            MptcpConnection connection, Subflow subflow, CloseCause cause, long nowNanos) {
        if (begin(EventKind.SUBFLOW_CLOSED, connection.number(), nowNanos)) {
            add(subflow.number());
            add(cause);
            add(subflow.peersReason());
            ring.end();
        }
    }

    @Override
    public void onJoinRefused(
            @Nullable MptcpConnection connection,
            long remoteHi,
            long remoteLo,
            int remotePort,
            MptcpCounter reason,
            long nowNanos) {
        long number = connection == null ? 0 : connection.number();
        if (begin(EventKind.JOIN_REFUSED, number, nowNanos)) {
            add(remoteHi);
            add(remoteLo);
            add(remotePort);
            add(reason);
            ring.end();
        }
    }

    @Override
    // Over ParameterNumber: an address is two longs, and the packet path makes no record of them.
    public void onAddressAnnounced(
            MptcpConnection connection,
            int addressId,
            long hi,
            long lo,
            int tcpPort,
            boolean byPeer,
            long nowNanos) {
        if (begin(EventKind.ADDRESS_ANNOUNCED, connection.number(), nowNanos)) {
            add(addressId);
            add(hi);
            add(lo);
            add(tcpPort);
            add(byPeer);
            ring.end();
        }
    }

    @Override
    public void onAddressEchoed(MptcpConnection connection, int addressId, long nowNanos) {
        if (begin(EventKind.ADDRESS_ECHOED, connection.number(), nowNanos)) {
            add(addressId);
            ring.end();
        }
    }

    @Override
    public void onAddressRemoved(
            MptcpConnection connection, int addressId, boolean byPeer, long nowNanos) {
        if (begin(EventKind.ADDRESS_REMOVED, connection.number(), nowNanos)) {
            add(addressId);
            add(byPeer);
            ring.end();
        }
    }

    // ---- entries

    private boolean begin(EventKind kind, long connection, long nowNanos) {
        if (!ring.begin()) {
            return false;
        }
        ring.reference(KIND, kind);
        ring.number(OF_SNAPSHOT, ofSnapshot);
        ring.number(CONNECTION, connection);
        ring.number(NOW_NANOS, nowNanos);
        number = OWN;
        reference = OWN_REFERENCE;
        return true;
    }

    private void addresses(long firstHi, long firstLo, long secondHi, long secondLo) {
        add(firstHi);
        add(firstLo);
        add(secondHi);
        add(secondLo);
    }

    private void add(long value) {
        ring.number(number++, value);
    }

    private void add(boolean value) {
        add(value ? 1L : 0L);
    }

    private void add(@Nullable String value) {
        ring.reference(reference++, value);
    }

    private void add(@Nullable Enum<?> value) {
        ring.reference(reference++, value);
    }
}
