package io.mptcplb.stack.mptcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.frame.ArenaBufferPool;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.MptcpOptions;
import io.mptcplb.wire.TcpView;
import java.util.ArrayDeque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Two workers in one process: a join that reaches the wrong one goes on to its owner with its mbuf.
 */
class HandOverTest {
    private final ArenaBufferPool pool = new ArenaBufferPool(2048, Mbuf.DEFAULT_ROOM_BYTES);
    private final Bench owner = new Bench(MptcpPolicy.defaults(), worker(0), pool);
    private final Bench other = new Bench(MptcpPolicy.defaults(), worker(1), pool);
    private final ArrayDeque<Long> ring = new ArrayDeque<>();
    private final TestPeer first = new TestPeer(owner, 0);
    private final TestPeer second = new TestPeer(owner, 1);

    private static MptcpSettings worker(int id) {
        return new MptcpSettings(4, id, 1, 8, 64);
    }

    @AfterEach
    void everyBufferIsBack() {
        for (Bench bench : new Bench[] {owner, other}) {
            if (bench.stream != null) {
                bench.stream.abort(bench.now);
            }
            bench.pass(70 * Bench.SECOND);
            bench.cables[0].clear();
            bench.cables[1].clear();
        }
        assertEquals(pool.capacity(), pool.available());
        pool.close();
    }

    @Test
    void tokens_nameTheirWorker() {
        first.establish();
        TestPeer client = new TestPeer(other, 0);
        client.establish();
        assertEquals(0, KeyPool.workerOf(TestPeer.token(first.serverKey), 1));
        assertEquals(1, KeyPool.workerOf(TestPeer.token(client.serverKey), 1));
    }

    @Test
    void joinAtTheWrongWorker_goesOnWithItsMbuf_andJoins() {
        first.establish();
        other.mptcp.joinHandOver((syn, workerId) -> ring.add(syn.takeFrame()));
        long[] arrived = new long[1];
        owner.arrival =
                (port, m, nowNanos) -> {
                    arrived[0] = m;
                    other.dispatcher.onFrame(port, m, nowNanos);
                    owner.dispatcher.onFrame(port, ring.remove(), nowNanos);
                    owner.arrival = owner.dispatcher::onFrame;
                };
        TestPeer.Reply answer = second.joinSyn(first, TestPeer.token(first.serverKey));
        assertTrue(answer.is(TcpView.SYN), "SYN/ACK from the owner");
        assertTrue(answer.has(MptcpOptions.MP_JOIN));
        assertNotEquals(0, arrived[0]);
        second.joinAck(0);
        assertEquals(1, owner.mptcp.counter(MptcpCounter.JOINS_ESTABLISHED));
        assertEquals(1, other.mptcp.counter(MptcpCounter.JOINS_HANDED_OVER));
        assertEquals(0, other.mptcp.counter(MptcpCounter.JOIN_UNKNOWN_TOKEN));
    }

    @Test
    void ringFull_frameStaysAndIsReleased_endpointIsBack() {
        first.establish();
        other.mptcp.joinHandOver((syn, workerId) -> syn.port().countDrop(DropReason.HANDOVER_FULL));
        int free = other.tcp.freeEndpoints();
        int available = pool.available();
        owner.arrival = other.dispatcher::onFrame;
        second.joinSynUnanswered(first, TestPeer.token(first.serverKey));
        assertEquals(1, other.ip.port(1).drops(DropReason.HANDOVER_FULL));
        assertEquals(free, other.tcp.freeEndpoints());
        assertEquals(available, pool.available());
    }
}
