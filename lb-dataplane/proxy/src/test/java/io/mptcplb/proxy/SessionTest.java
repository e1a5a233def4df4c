package io.mptcplb.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.contract.BackendConfig;
import io.mptcplb.contract.Balance;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.PoolConfig;
import io.mptcplb.contract.TimeoutConfig;
import io.mptcplb.contract.VirtualServerConfig;
import io.mptcplb.frame.ArenaBufferPool;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.stack.buffer.HeldBuffers;
import io.mptcplb.stack.mptcp.MptcpPolicy;
import io.mptcplb.stack.tcp.Acceptor;
import io.mptcplb.stack.tcp.CloseCause;
import io.mptcplb.stack.tcp.Listener;
import io.mptcplb.stack.tcp.Stream;
import io.mptcplb.stack.time.PhaseClock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a session does for its two streams; the streams are ours, the queues and buffers real. */
class SessionTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long IDLE = 60 * SECOND;
    private static final long CONNECT = 5 * SECOND;
    private static final long HALF_CLOSED = 10 * SECOND;
    private static final int SESSIONS = 4;
    private static final int BUFFERS = 256;

    private final ArenaBufferPool pool = new ArenaBufferPool(BUFFERS, Mbuf.DEFAULT_ROOM_BYTES);
    private final HeldBuffers buffers = new HeldBuffers(pool, 2 * SESSIONS, 128, 192);
    private final FakeBackends backends = new FakeBackends(buffers);
    private final VirtualServer server = new VirtualServer("web");
    private Sessions sessions = sessions(2, 100);
    private long now = 7 * SECOND;

    private Sessions sessions(int backendCount, int connectionsMax) {
        return sessions(backendCount, connectionsMax, 1);
    }

    private Sessions sessions(int backendCount, int connectionsMax, int weight) {
        List<BackendConfig> members = new ArrayList<>();
        for (int i = 0; i < backendCount; i++) {
            IpAddress address = IpAddress.parse("203.0.113." + (10 + i));
            members.add(new BackendConfig("s" + i, address, 80, weight));
        }
        VirtualServerConfig config =
                new VirtualServerConfig(
                        "web",
                        List.of(IpAddress.parse("192.0.2.1")),
                        80,
                        "pool",
                        MptcpConfig.defaults(),
                        new TimeoutConfig(IDLE, CONNECT, HALF_CLOSED, SECOND),
                        connectionsMax);
        PoolConfig behind = new PoolConfig("pool", Balance.ROUND_ROBIN, members);
        Roster roster = new Roster();
        PoolSetting setting = roster.setting(behind);
        for (int i = 0; i < backendCount; i++) {
            setting.backends()[i].become(members.get(i));
        }
        Pool serving = roster.pool("pool");
        serving.become(setting);
        server.become(
                new ServerSetting(
                        config,
                        ServerOverrides.NONE,
                        serving,
                        connectionsMax,
                        MptcpPolicy.defaults(),
                        List.of()));
        return new Sessions(SESSIONS, buffers, backends, 0, new PhaseClock());
    }

    @AfterEach
    void nothingIsLeft() {
        sessions.abortAll(now);
        sessions.reap();
        assertEquals(0, sessions.open());
        assertEquals(0, buffers.heldTotal(), "buffers still charged");
        assertEquals(0, buffers.budgetsOpen(), "budgets still open");
        assertEquals(BUFFERS, pool.available(), "buffers lost");
        pool.close();
    }

    private FakeStream accept() {
        FakeStream client = new FakeStream(buffers);
        offer(client);
        return client;
    }

    private void offer(Stream client) {
        Acceptor acceptor = sessions.acceptor(server);
        Listener listener = new Listener(0, 0, 80, (tcp, syn, by, nowNanos) -> null, acceptor);
        acceptor.onAccepted(client, listener, now);
    }

    private FakeStream acceptAndConnect() {
        FakeStream client = accept();
        backends.last().connected(now);
        return client;
    }

    // ---- opening

    @Test
    void accepted_backendAnswers_bytesOfBothGoAcross() {
        FakeStream client = accept();
        FakeStream backend = backends.last();
        assertEquals(FakeStream.PAYLOAD_MAX + 12, backends.mssBytes);
        backend.connected(now);

        client.receive(100, now);
        assertEquals(1, backend.sourceChanges);
        assertEquals(100, backend.waitingBytes());
        backend.receive(300, now);
        assertEquals(300, client.waitingBytes());
        backend.acknowledgeAll(now);
        assertEquals(1, client.windowChances);
        client.acknowledgeAll(now);
        assertEquals(1, backend.windowChances);
    }

    @Test
    void accepted_clientSpeaksFirst_bytesWaitForTheBackend() {
        FakeStream client = accept();
        client.receive(500, now);
        client.receive(200, now);
        FakeStream backend = backends.last();
        assertEquals(0, backend.sourceChanges);
        backend.connected(now);
        assertEquals(1, backend.sourceChanges);
        assertEquals(700, backend.waitingBytes());
    }

    @Test
    void connecting_backendRefuses_nextOneGetsEveryByte() {
        FakeStream client = accept();
        client.receive(500, now);
        backends.last().close(CloseCause.REFUSED, now);
        assertEquals(2, backends.streams.size());
        assertNotEquals(backends.tried.getFirst(), backends.tried.getLast());
        backends.last().connected(now);
        assertEquals(500, backends.last().waitingBytes());
        assertEquals(1, backends.tried.getFirst().refused());
        assertEquals(1, backends.tried.getFirst().retries());
    }

    @Test
    void connecting_backendSilent_nextOneIsTriedInTime() {
        accept();
        FakeStream first = backends.last();
        assertEquals(now + CONNECT, first.timerNanos);
        first.timer(now + CONNECT);
        assertEquals(1, first.aborts);
        assertEquals(2, backends.streams.size());
        assertEquals(1, backends.tried.getFirst().timeouts());
        assertEquals(0, backends.tried.getFirst().refused());
    }

    @Test
    void connecting_everyBackendRefuses_clientIsReset() {
        FakeStream client = accept();
        client.receive(500, now);
        backends.last().close(CloseCause.REFUSED, now);
        backends.last().close(CloseCause.UNREACHABLE, now);
        assertEquals(1, client.aborts);
        assertEquals(1, sessions.ended(SessionEnd.BACKEND_UNAVAILABLE));
    }

    @Test
    void connecting_manyBackendsRefuse_triesAreBounded() {
        sessions = sessions(10, 100);
        FakeStream client = accept();
        for (int i = 0; i < Session.TRIES_MAX; i++) {
            assertEquals(0, client.aborts);
            backends.last().close(CloseCause.REFUSED, now);
        }
        assertEquals(1, client.aborts);
        assertEquals(Session.TRIES_MAX, backends.tried.size());
    }

    @Test
    void connecting_noWayToTheFirst_secondIsTriedAtOnce() {
        backends.unreachable.add("s0");
        accept();
        assertEquals(2, backends.tried.size());
        backends.last().connected(now);
        assertEquals(1, backends.tried.getLast().connections());
    }

    @Test
    void connecting_noWayToAny_clientIsResetInsideAccept() {
        backends.unreachable.add("s0");
        backends.unreachable.add("s1");
        FakeStream client = accept();
        assertEquals(1, client.aborts);
        assertEquals(1, sessions.ended(SessionEnd.BACKEND_UNAVAILABLE));
    }

    @Test
    void connecting_clientResets_attemptIsGivenUp() {
        FakeStream client = accept();
        client.receive(100, now);
        client.close(CloseCause.RESET_BY_PEER, now);
        assertEquals(1, backends.last().aborts);
        assertEquals(1, backends.streams.size(), "nobody is left to serve");
        assertEquals(1, sessions.ended(SessionEnd.CLIENT_RESET));
        assertEquals(0, backends.tried.getFirst().refused());
    }

    // ---- ending

    @Test
    void open_clientFinishes_backendStillSends() {
        FakeStream client = acceptAndConnect();
        FakeStream backend = backends.last();
        client.finish(now);
        assertTrue(backend.sourceFinished());
        assertEquals(1, backend.sourceChanges);
        backend.receive(900, now);
        assertEquals(900, client.waitingBytes());
        assertFalse(client.sourceFinished());
        backend.finish(now);
        assertTrue(client.sourceFinished());
        client.acknowledgeAll(now);
        client.close(CloseCause.FINISHED, now);
        assertEquals(0, backend.aborts, "a clean end is no reason to reset");
        assertEquals(1, sessions.open());
        backend.close(CloseCause.FINISHED, now);
        assertEquals(1, sessions.ended(SessionEnd.FINISHED));
    }

    @Test
    void open_backendResets_clientIsReset() {
        FakeStream client = acceptAndConnect();
        client.receive(100, now);
        backends.last().receive(100, now);
        backends.last().close(CloseCause.RESET_BY_PEER, now);
        assertEquals(1, client.aborts);
        assertEquals(1, sessions.ended(SessionEnd.BACKEND_RESET));
        assertEquals(1, backends.tried.getFirst().resets());
        assertEquals(0, backends.tried.getFirst().connections());
    }

    @Test
    void open_clientTimesOut_backendIsReset() {
        FakeStream client = acceptAndConnect();
        client.close(CloseCause.TIMED_OUT, now);
        assertEquals(1, backends.last().aborts);
        assertEquals(1, sessions.ended(SessionEnd.CLIENT_TIMED_OUT));
    }

    @Test
    void finishedClient_backendResets_sessionEndsWithoutClient() {
        FakeStream client = acceptAndConnect();
        backends.last().finish(now);
        client.finish(now);
        client.close(CloseCause.FINISHED, now);
        backends.last().close(CloseCause.RESET_BY_PEER, now);
        assertEquals(0, client.aborts);
        assertEquals(1, sessions.ended(SessionEnd.BACKEND_RESET));
    }

    // ---- time

    @Test
    void open_nothingMoves_idleTimeoutResetsBoth() {
        FakeStream client = acceptAndConnect();
        assertEquals(now + IDLE, client.timerNanos);
        assertEquals(Long.MAX_VALUE, backends.last().timerNanos, "connect timer still armed");
        client.timer(now + IDLE);
        assertEquals(1, client.aborts);
        assertEquals(1, backends.last().aborts);
        assertEquals(1, sessions.ended(SessionEnd.IDLE));
    }

    @Test
    void open_bytesMovedMeanwhile_idleTimerIsMovedOn() {
        FakeStream client = acceptAndConnect();
        long later = now + IDLE / 2;
        backends.last().receive(10, later);
        client.timer(now + IDLE);
        assertEquals(0, client.aborts);
        assertEquals(later + IDLE, client.timerNanos);
        long acknowledged = later + IDLE / 2;
        client.acknowledgeAll(acknowledged);
        client.timer(later + IDLE);
        assertEquals(acknowledged + IDLE, client.timerNanos);
    }

    @Test
    void halfClosed_otherSideSilent_resetEarlierThanIdle() {
        FakeStream client = acceptAndConnect();
        client.finish(now);
        assertEquals(now + HALF_CLOSED, client.timerNanos);
        client.timer(now + HALF_CLOSED);
        assertEquals(1, client.aborts);
        assertEquals(1, sessions.ended(SessionEnd.HALF_CLOSED));
    }

    @Test
    void halfClosed_clientGone_backendKeepsTheTime() {
        FakeStream client = acceptAndConnect();
        FakeStream backend = backends.last();
        client.receive(100, now);
        backend.finish(now);
        client.finish(now);
        client.close(CloseCause.FINISHED, now);
        assertEquals(now + HALF_CLOSED, backend.timerNanos);
        backend.timer(now + HALF_CLOSED);
        assertEquals(1, backend.aborts);
        assertEquals(1, sessions.ended(SessionEnd.HALF_CLOSED));
    }

    // ---- limits

    @Test
    void accepted_virtualServerFull_refusedByName() {
        sessions = sessions(1, 1);
        accept();
        refuse(SessionRefusal.VIRTUAL_SERVER_LIMIT);
    }

    @Test
    void accepted_allSessionsInUse_refusedByName() {
        for (int i = 0; i < SESSIONS; i++) {
            accept();
        }
        refuse(SessionRefusal.SESSION_LIMIT);
    }

    @Test
    void accepted_poolEmpty_refusedByName() {
        sessions = sessions(0, 10);
        refuse(SessionRefusal.NO_BACKEND);
    }

    @Test
    void accepted_noBackendHasWeight_refusedByName() {
        sessions = sessions(2, 10, 0);
        refuse(SessionRefusal.NO_BACKEND);
    }

    @Test
    void accepted_memoryShort_refusedByName() {
        FakeStream client = acceptAndConnect();
        for (int i = 0; i < 180; i++) {
            client.receive(1_400, now);
        }
        refuse(SessionRefusal.MEMORY_PRESSURE);
    }

    private void refuse(SessionRefusal reason) {
        int open = sessions.open();
        AbortedUnattached refused = new AbortedUnattached();
        offer(refused);
        assertEquals(1, refused.aborts);
        assertEquals(1, sessions.refused(reason));
        assertEquals(open, sessions.open());
    }

    // ---- buffers

    @Test
    void ended_senderStillHoldsABuffer_burdensTheWorkerOnly() {
        FakeStream client = acceptAndConnect();
        client.receive(1_400, now);
        long inFlight = backends.last().holdFirst();
        client.close(CloseCause.RESET_BY_PEER, now);
        assertEquals(1, sessions.reap());
        assertEquals(0, sessions.waitingForBuffers());
        assertEquals(1, buffers.heldTotal());
        buffers.release(inFlight);
    }

    @Test
    void recycled_nextClient_startsFromNothing() {
        for (int round = 0; round < 3 * SESSIONS; round++) {
            FakeStream client = acceptAndConnect();
            client.receive(40, now);
            assertEquals(40, backends.last().waitingBytes());
            client.close(CloseCause.RESET_BY_PEER, now);
            assertEquals(1, sessions.reap());
        }
        assertEquals(3 * SESSIONS, sessions.opened());
    }
}
