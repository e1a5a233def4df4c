package io.mptcplb.stack.tcp;

import static io.mptcplb.stack.tcp.ScriptedPeer.MILLI;
import static io.mptcplb.wire.TcpView.ACK;
import static io.mptcplb.wire.TcpView.FIN;
import static io.mptcplb.wire.TcpView.RST;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.stack.tcp.ScriptedPeer.Out;
import org.junit.jupiter.api.Test;

/** What goes out when: windows, timeouts, recovery. */
class TcpSenderTest {
    @Test
    void firstFlight_tenSegments() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            peer.write(50 * 1460);
            assertEquals(10, peer.drain(), "RFC 6928");
        }
    }

    @Test
    void slowStart_twoForEachAcknowledged() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            peer.write(50 * 1460);
            peer.drain();
            peer.pass(20 * MILLI);
            peer.in(ACK, 1, 1 + 2 * 1460, 0);
            assertEquals(4, peer.drain());
        }
    }

    @Test
    void nothingAcknowledged_headAgainAfterRto_thenBackOff() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            peer.write(3 * 1460);
            peer.drain();
            peer.pass(150 * MILLI);
            int probes = peer.drain();
            peer.pass(130 * MILLI);
            Out again = peer.out();
            assertEquals(1, again.seq(), "the first segment goes again");
            peer.drain();
            peer.pass(300 * MILLI);
            peer.assertSilent();
            peer.pass(200 * MILLI);
            assertEquals(1, peer.out().seq(), "after twice the time");
            assertTrue(probes <= 1, "at most one tail loss probe: " + probes);
        }
    }

    @Test
    void sackBeyondAHole_holeGoesAgainWithoutTimeout() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            peer.write(10 * 1460);
            assertEquals(10, peer.drain());
            peer.pass(20 * MILLI);
            peer.sack(1, 1 + 1460, 1 + 10 * 1460);
            Out again = peer.out();
            assertEquals(1, again.seq());
            assertEquals(1460, again.payloadBytes());
            peer.assertSilent();
        }
    }

    @Test
    void threeDuplicateAcks_withoutSack_headGoesAgain() {
        try (ScriptedPeer peer = new ScriptedPeer()) {
            peer.withSack = false;
            peer.handshake();
            peer.write(10 * 1460);
            assertEquals(10, peer.drain());
            for (int i = 0; i < 3; i++) {
                peer.in(ACK, 1, 1, 0);
            }
            assertEquals(1, peer.out().seq());
        }
    }

    @Test
    void closedWindow_probedWithBackOff_openedSendsOn() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            peer.in(ACK, 1, 1, 0, 0);
            peer.write(1460);
            peer.assertSilent();
            peer.pass(1_500 * MILLI);
            int probes = peer.drain();
            assertTrue(probes >= 1 && probes <= 4, "probes " + probes);
            peer.in(ACK, 1, 1, 0, 10_000);
            assertEquals(1460, peer.out().payloadBytes());
        }
    }

    @Test
    void closedWindow_peerAnswersProbes_staysOpenForMinutes() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            peer.in(ACK, 1, 1, 0, 0);
            peer.write(1460);
            for (int minute = 0; minute < 20; minute++) {
                peer.pass(61_000 * MILLI);
                assertTrue(peer.drain() > 0, "no probe in a minute");
                peer.in(ACK, 1, 1, 0, 0);
            }
            assertEquals(null, peer.cause);
        }
    }

    @Test
    void peerGone_endsByNameAndReset() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            peer.write(1460);
            peer.pass(900_000 * MILLI);
            assertEquals(CloseCause.TIMED_OUT, peer.cause);
            assertTrue(peer.drain() > 10, "retransmissions");
            assertTrue((peer.lastFlags & RST) != 0, "the last word is RST");
        }
    }

    @Test
    void smallWindow_waitsForAWorthwhileOne() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            peer.write(20_000);
            peer.drain();
            peer.in(ACK, 1, 1 + 14_600, 0, 100);
            peer.assertSilent();
        }
    }

    @Test
    void lastSegment_carriesFin() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            peer.source.finish();
            peer.write(100);
            Out only = peer.out();
            assertTrue(only.has(FIN));
            assertEquals(100, only.payloadBytes());
            peer.assertSilent();
        }
    }

    @Test
    void tailLost_probeBeforeTimeout() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            peer.afterARoundTrip(20 * MILLI);
            peer.write(4 * 1460);
            assertEquals(4, peer.drain());
            peer.pass(100 * MILLI);
            Out probe = peer.out();
            assertEquals(1 + 4 * 1460, probe.seq(), "the last segment, long before the timeout");
            peer.assertSilent();
        }
    }

    @Test
    void tailProbeUnanswered_saysSoBeforeTheTimeout_heardAgainTakesItBack() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            TcpSender sender = peer.afterARoundTrip(20 * MILLI);
            peer.write(4 * 1460);
            peer.pass(90 * MILLI);
            assertFalse(sender.unanswered(), "the probe went after 42 ms");
            peer.pass(20 * MILLI);
            assertTrue(sender.unanswered());
            assertEquals(0, sender.backoff());
            peer.in(ACK, 1, 1461 + 1460, 0);
            assertFalse(sender.unanswered());
        }
    }

    @Test
    void tailProbeUnanswered_newDataMeanwhile_saysSoAllTheSame() {
        try (ScriptedPeer peer = ScriptedPeer.established()) {
            TcpSender sender = peer.afterARoundTrip(20 * MILLI);
            peer.write(4 * 1460);
            peer.pass(50 * MILLI);
            for (int i = 0; i < 6; i++) {
                peer.write(100);
                peer.pass(10 * MILLI);
            }
            assertTrue(sender.unanswered());
        }
    }
}
