package io.mptcplb.stack.tcp;

import static io.mptcplb.stack.tcp.ScriptedPeer.MILLI;
import static io.mptcplb.wire.TcpView.ACK;
import static io.mptcplb.wire.TcpView.FIN;
import static io.mptcplb.wire.TcpView.RST;
import static io.mptcplb.wire.TcpView.SYN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.frame.MemoryPort;
import io.mptcplb.stack.tcp.ScriptedPeer.Out;
import io.mptcplb.wire.DropReason;
import org.junit.jupiter.api.Test;

/**
 * RFC 9293 s3.10.7 and its companions, segment by segment. Numbers in brackets are cases of the
 * interference checklist.
 */
class TcpEndpointTest {
    @Test
    void closed_segmentForNobody_resetWithItsAck() {
        try (ScriptedPeer peer = new ScriptedPeer()) {
            peer.in(ACK, 5, 77, 10);
            Out reset = peer.out();
            assertTrue(reset.has(RST));
            assertEquals(77, reset.seq());
            assertEquals(1, peer.dropped(DropReason.NO_FLOW));
            peer.in(RST, 5, 0, 0);
            peer.assertSilent();
        }
    }

    @Test
    void synReceived_synAgain_sameAnswer() {
        try (ScriptedPeer peer = new ScriptedPeer()) {
            peer.in(SYN, 0, 0, 0);
            Out first = peer.out();
            int iss = peer.iss;
            peer.in(SYN, 0, 0, 0);
            Out second = peer.out();
            assertEquals(first.window(), second.window());
            assertEquals(iss, peer.iss);
            assertEquals(1460, second.mss());
        }
    }

    @Test
    void synReceived_ackTooHigh_reset() {
        try (ScriptedPeer peer = new ScriptedPeer()) {
            peer.in(SYN, 0, 0, 0);
            peer.out();
            peer.in(ACK, 1, 99, 0);
            Out reset = peer.out();
            assertTrue(reset.has(RST));
            assertEquals(99, reset.seq());
            assertNull(peer.stream);
        }
    }

    @Test
    void synReceived_noThirdAck_repeatsThenForgets() {
        try (ScriptedPeer peer = new ScriptedPeer()) {
            peer.in(SYN, 0, 0, 0);
            peer.pass(70_000 * MILLI);
            assertEquals(6, peer.drain(), "one answer and five repetitions");
            assertEquals(0, peer.stack.inState(TcpState.SYN_RECEIVED));
        }
    }

    @Test
    void portsQueue_isSmall_windowIsNoLargerAndMovesOnWithEveryAcknowledgement() {
        try (ScriptedPeer peer = new ScriptedPeer(20_000)) {
            peer.in(SYN, 0, 0, 0);
            assertEquals(16_384, peer.out().window(), "a first flight");
            peer.in(ACK, 1, 1, 0);
            peer.in(ACK, 1, 1, 1000);
            Out first = peer.out();
            assertEquals(1001, first.ack());
            assertEquals(20_000, first.window());
            peer.in(ACK, 1001, 1, 1000);
            Out second = peer.out();
            assertEquals(2001, second.ack());
            assertEquals(20_000, second.window());
        }
    }

    @Test
    void onlyReceives_echoedTimestamps_boundTheRoundTripAndNeverWidenIt() {
        try (ScriptedPeer peer = new ScriptedPeer()) {
            peer.withTimestamps = true;
            peer.handshake();
            RttEstimator rtt = ((PlainStream) peer.stream()).tcp().sender().rtt();
            assertEquals(20 * MILLI, rtt.minRttNanos(), "the handshake's");
            peer.in(ACK, 1, 1, 1000);
            assertEquals(1001, peer.out().ack());
            peer.pass(3 * MILLI);
            peer.in(ACK, 1001, 1, 1000);
            assertEquals(
                    4 * MILLI, rtt.minRttNanos(), "three ticks, of which the last was not over");
            assertEquals(2001, peer.out().ack());
            peer.pass(50 * MILLI);
            peer.in(ACK, 2001, 1, 1000);
            assertEquals(4 * MILLI, rtt.minRttNanos(), "it waited for the peer");
            peer.out();
            peer.echo += 1000;
            peer.in(ACK, 3001, 1, 1000);
            peer.echo -= Integer.MAX_VALUE;
            peer.in(ACK, 4001, 1, 1000);
            assertEquals(4 * MILLI, rtt.minRttNanos(), "of no time that there was");
            peer.drain();
        }
    }

    @Test
    void portsMtu_lowered_whatIsOutstandingGoesAgainInPiecesThatFit() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            peer.write(2920);
            assertEquals(2, peer.drain());
            peer.cable.change(MemoryPort.plain(1000));
            assertTrue(peer.port.lookAtDevice());
            peer.stack.onPortMtu(0, peer.now);
            peer.pass(MILLI);
            Out piece = peer.out();
            assertEquals(1, piece.seq());
            assertEquals(960, piece.payloadBytes());
            assertEquals(500, peer.out().payloadBytes());
        }
    }

    @Test
    void synReceived_thirdAckWithData_delivered() {
        try (ScriptedPeer peer = new ScriptedPeer()) {
            peer.in(SYN, 0, 0, 0);
            peer.out();
            peer.in(ACK, 1, 1, 100);
            assertEquals(100, peer.received.endOffset());
            assertEquals(101, peer.out().ack());
        }
    }

    @Test
    void established_data_acknowledgedAndDelivered() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            peer.in(ACK, 1, 1, 1000);
            assertEquals(1001, peer.out().ack());
            assertEquals(1000, peer.received.endOffset());
        }
    }

    @Test
    void established_everySecondSegment_acknowledgedWithWhatTheNextCycleBrings() {
        try (ScriptedPeer peer = new ScriptedPeer()) {
            peer.handshake();
            int next = 1;
            for (; next < 16_001; next += 1000) {
                peer.in(ACK, next, 1, 1000);
                assertEquals(next + 1000, peer.out().ack(), "while the peer starts slowly");
            }
            peer.read();
            peer.drain();
            peer.in(ACK, next, 1, 1000);
            peer.in(ACK, next + 1000, 1, 1000);
            peer.assertSilent();
            peer.in(ACK, next + 2000, 1, 1000);
            assertEquals(next + 3000, peer.out().ack(), "three at once");
            peer.in(ACK, next + 3000, 1, 1000);
            peer.in(ACK, next + 4000, 1, 1000);
            peer.assertSilent();
            peer.pass(MILLI);
            assertEquals(next + 5000, peer.out().ack(), "nothing more came");
        }
    }

    @Test
    void established_hole_sackTellsWhatCame_latestFirst() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            peer.in(ACK, 2001, 1, 1000);
            Out first = peer.out();
            assertEquals(1, first.ack());
            assertArrayEquals(new int[] {2001, 3001}, first.sack().get(0));
            peer.in(ACK, 4001, 1, 1000);
            Out second = peer.out();
            assertArrayEquals(new int[] {4001, 5001}, second.sack().get(0));
            assertArrayEquals(new int[] {2001, 3001}, second.sack().get(1));
            peer.in(ACK, 1, 1, 1000);
            peer.in(ACK, 1001, 1, 1000);
            peer.out();
            assertEquals(3001, peer.out().ack());
        }
    }

    @Test
    void established_duplicate_reportedByDsack() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            peer.in(ACK, 1, 1, 1000);
            peer.out();
            peer.in(ACK, 1, 1, 1000);
            Out answer = peer.out();
            assertEquals(1001, answer.ack());
            assertArrayEquals(new int[] {1, 1001}, answer.sack().get(0));
            assertEquals(1, peer.dropped(DropReason.DUPLICATE));
            assertEquals(1000, peer.received.endOffset());
        }
    }

    @Test
    void established_beyondTheWindow_droppedAndAcknowledged() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            peer.in(ACK, 10_000_000, 1, 100);
            assertEquals(1, peer.out().ack());
            assertEquals(1, peer.dropped(DropReason.OUT_OF_WINDOW));
        }
    }

    /** [54] */
    @Test
    void established_ackOfUnsent_challengedAndDropped() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            peer.in(ACK, 1, 500, 100);
            assertEquals(1, peer.out().ack());
            assertEquals(1, peer.dropped(DropReason.BAD_ACK));
            assertEquals(0, peer.received.endOffset());
        }
    }

    /** [63] */
    @Test
    void established_resetNotExact_challengedOnly() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            peer.in(RST, 2, 0, 0);
            assertTrue(peer.out().has(ACK));
            assertEquals(1, peer.dropped(DropReason.BAD_RST));
            peer.in(RST, 10_000_000, 0, 0);
            peer.assertSilent();
            assertNull(peer.cause);
        }
    }

    /** [63] */
    @Test
    void established_challenges_areRateLimited() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            for (int i = 0; i < 1000; i++) {
                peer.in(RST, 2, 0, 0);
            }
            assertEquals(1, peer.drain());
        }
    }

    /** [64] */
    @Test
    void established_exactReset_ends() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            peer.in(RST | ACK, 1, 1, 0);
            assertEquals(CloseCause.RESET_BY_PEER, peer.cause);
            peer.assertSilent();
        }
    }

    /** [65] */
    @Test
    void established_synInside_challenged() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            peer.in(SYN, 1, 0, 0);
            Out answer = peer.out();
            assertTrue(answer.has(ACK));
            assertFalse(answer.has(RST));
            assertNull(peer.cause);
        }
    }

    @Test
    void established_badChecksum_countedAndIgnored() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            peer.damaged = true;
            peer.in(ACK, 1, 1, 100);
            peer.assertSilent();
            assertEquals(1, peer.dropped(DropReason.BAD_TCP_CHECKSUM));
            assertEquals(0, peer.received.endOffset());
        }
    }

    @Test
    void closing_peerFirst_everyStateInOrder() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            peer.in(ACK | FIN, 1, 1, 10);
            assertEquals(12, peer.out().ack());
            assertTrue(peer.received.finished());
            assertEquals(1, peer.stack.inState(TcpState.CLOSE_WAIT));
            peer.write(100);
            assertEquals(100, peer.out().payloadBytes());
            peer.finish();
            Out fin = peer.out();
            assertTrue(fin.has(FIN));
            assertEquals(101, fin.seq());
            assertEquals(1, peer.stack.inState(TcpState.LAST_ACK));
            peer.in(ACK, 12, 102, 0);
            assertEquals(CloseCause.FINISHED, peer.cause);
            assertEquals(16, peer.stack.freeEndpoints());
        }
    }

    @Test
    void closing_weFirst_halfClosePassesData_thenTimeWait() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            peer.finish();
            assertTrue(peer.out().has(FIN));
            assertEquals(1, peer.stack.inState(TcpState.FIN_WAIT_1));
            peer.in(ACK, 1, 2, 0);
            assertEquals(1, peer.stack.inState(TcpState.FIN_WAIT_2));
            peer.in(ACK, 1, 2, 500);
            assertEquals(500, peer.received.endOffset());
            peer.out();
            peer.in(ACK | FIN, 501, 2, 0);
            assertEquals(502, peer.out().ack());
            assertEquals(1, peer.stack.inState(TcpState.TIME_WAIT));
            assertEquals(CloseCause.FINISHED, peer.cause);
            peer.in(ACK | FIN, 501, 2, 0);
            assertEquals(502, peer.out().ack(), "a FIN again is acknowledged again");
            peer.pass(11_000 * MILLI);
            assertEquals(0, peer.stack.inState(TcpState.TIME_WAIT));
        }
    }

    @Test
    void closing_bothAtOnce_timeWait() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            peer.finish();
            peer.out();
            peer.in(ACK | FIN, 1, 1, 0);
            assertEquals(2, peer.out().ack());
            assertEquals(1, peer.stack.inState(TcpState.CLOSING));
            peer.in(ACK, 2, 2, 0);
            assertEquals(1, peer.stack.inState(TcpState.TIME_WAIT));
            assertEquals(CloseCause.FINISHED, peer.cause);
        }
    }

    @Test
    void closing_finBeforeEarlierData_waitsForTheHole() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            peer.in(ACK | FIN, 101, 1, 100);
            assertFalse(peer.received.finished());
            peer.out();
            peer.in(ACK, 1, 1, 100);
            assertTrue(peer.received.finished());
            assertEquals(202, peer.out().ack());
        }
    }

    @Test
    void timeWait_newSyn_opensAnew() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            peer.finish();
            peer.out();
            peer.in(ACK | FIN, 1, 2, 0);
            peer.out();
            assertEquals(1, peer.stack.inState(TcpState.TIME_WAIT));
            peer.in(SYN, 5000, 0, 0);
            Out answer = peer.out();
            assertTrue(answer.has(SYN));
            assertEquals(5001, answer.ack());
        }
    }
}
