package io.mptcplb.stack.mptcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.stack.tcp.TcpCounter;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.MptcpOptions;
import io.mptcplb.wire.TcpView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Two workers in one process: what reaches the wrong one goes on to its owner with its mbuf, by way
 * of its home where nobody but that one knows the owner.
 */
class HandOverTest {
    private final CrewOfTwo crew = new CrewOfTwo();
    private final Bench owner = crew.workers[0];
    private final Bench other = crew.workers[1];

    /** At home with the owner of the connection, the second subflow with the other worker. */
    private final TestPeer first = crew.peer(0, 0);

    private final TestPeer second = crew.peer(1, 1);

    @AfterEach
    void everythingIsBack() {
        for (Bench bench : crew.workers) {
            if (bench.stream != null) {
                bench.stream.abort(bench.now);
            }
            bench.cycle();
            bench.received.clear();
        }
        crew.deliver();
        crew.pass(70 * Bench.SECOND);
        for (Bench bench : crew.workers) {
            assertEquals(0, bench.tcp.flowCount());
            assertEquals(0, bench.tcp.flowsElsewhere());
            bench.cables[0].clear();
            bench.cables[1].clear();
        }
        assertEquals(crew.pool.capacity(), crew.pool.available());
        crew.close();
    }

    private static long handedOver(Bench worker) {
        return worker.tcp.counter(TcpCounter.HANDED_OVER);
    }

    private int token() {
        return TestPeer.token(first.serverKey);
    }

    @Test
    void tokens_nameTheirWorker() {
        first.establish();
        assertEquals(0, KeyPool.workerOf(token(), 1));
        assertEquals(0, handedOver(owner) + handedOver(other));
        assertEquals(0, other.tcp.flowsElsewhere(), "a flow at home needs no word");
    }

    @Test
    void joinAtItsHome_goesOnToTheOwner_andSoDoesAllThatFollows() {
        first.establish();
        second.join(first);
        assertEquals(1, owner.mptcp.counter(MptcpCounter.JOINS_ESTABLISHED));
        assertEquals(1, other.mptcp.counter(MptcpCounter.JOINS_HANDED_OVER));
        assertEquals(2, handedOver(other), "SYN and third ACK");
        assertEquals(1, other.tcp.flowsElsewhere());
        second.send(TcpView.ACK, second.map(0, 4), "abcd");
        assertEquals("abcd", owner.text());
        assertEquals(3, handedOver(other));
        assertEquals(0, handedOver(owner));
        assertEquals(1, other.tcp.counter(TcpCounter.SEGMENTS_RECEIVED), "the SYN, for its token");
    }

    @Test
    void framesAtTheWrongWorker_goHome_andFromThereToTheOwner() {
        crew.arrivesAt = 1;
        first.establish();
        assertEquals(2, handedOver(other), "SYN and third ACK, to their home");
        crew.arrivesAt = 0;
        second.join(first);
        assertEquals(1, handedOver(owner), "home first, although the join is its own");
        assertEquals(3, handedOver(other));
        assertEquals(1, owner.mptcp.counter(MptcpCounter.JOINS_ESTABLISHED));
        second.send(TcpView.ACK, second.map(0, 4), "abcd");
        assertEquals(1, handedOver(owner), "what it knows to be its own goes nowhere");
        assertEquals("abcd", owner.text());
    }

    @Test
    void subflowEnds_itsHomeForgetsIt_andTakesTheNextForItself() {
        first.establish();
        second.join(first);
        second.send(TcpView.RST, TestPeer.NO_OPTIONS, "");
        crew.deliver();
        assertEquals(0, other.tcp.flowsElsewhere());
        second.seq = second.iss;
        second.send(TcpView.SYN, TestPeer.NO_OPTIONS, "");
        assertEquals(1, other.tcp.flowCount());
    }

    @Test
    void unknownToken_refusedByTheOneItNames_homeIsToldOfTheEnd() {
        first.establish();
        TestPeer.Reply answer = second.joinSyn(first, token() ^ 1);
        assertTrue(answer.is(TcpView.RST) && answer.has(MptcpOptions.MP_TCPRST));
        assertEquals(1, owner.mptcp.counter(MptcpCounter.JOIN_UNKNOWN_TOKEN));
        assertEquals(0, other.tcp.flowsElsewhere());
    }

    @Test
    void ringFull_frameIsDroppedAndCounted_endpointIsBack() {
        first.establish();
        crew.framesRefused = true;
        int free = other.tcp.freeEndpoints();
        int available = crew.pool.available();
        second.joinSynUnanswered(first, token());
        assertEquals(1, other.ip.port(1).drops(DropReason.HANDOVER_FULL));
        assertEquals(free, other.tcp.freeEndpoints());
        assertEquals(available, crew.pool.available());
    }

    @Test
    void homeCannotBeTold_joinIsRefusedByName() {
        first.establish();
        crew.flowsRefused = true;
        int free = owner.tcp.freeEndpoints();
        second.joinSynUnanswered(first, token());
        assertEquals(1, owner.ip.port(1).drops(DropReason.HANDOVER_FULL));
        assertEquals(free, owner.tcp.freeEndpoints());
        assertEquals(1, owner.tcp.flowCount());
    }

    @Test
    void neighbour_heardByOne_isKnownToBoth() {
        crew.peer(0, 1).send(TcpView.SYN, TestPeer.NO_OPTIONS, "");
        assertEquals(1, other.ip.waitingFrames(0), "its SYN/ACK");
        first.establish();
        assertEquals(0, other.ip.waitingFrames(0));
    }
}
