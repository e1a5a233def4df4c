package io.mptcplb.stack.ip;

import static io.mptcplb.stack.ip.ArpInputTest.announcement;
import static io.mptcplb.stack.ip.ArpInputTest.reply;
import static io.mptcplb.stack.ip.ArpInputTest.request;
import static io.mptcplb.stack.ip.Bytes.IPV6;
import static io.mptcplb.stack.ip.Bytes.ethernet;
import static io.mptcplb.stack.ip.Bytes.ipv6;
import static io.mptcplb.stack.ip.Bytes.neighbour;
import static io.mptcplb.stack.ip.Bytes.tcp;
import static io.mptcplb.stack.ip.Bytes.u16;
import static io.mptcplb.stack.ip.Bytes.u8;
import static io.mptcplb.stack.ip.IpFixture.BROADCAST;
import static io.mptcplb.stack.ip.IpFixture.FAR_IP;
import static io.mptcplb.stack.ip.IpFixture.FAR_IP6;
import static io.mptcplb.stack.ip.IpFixture.GATEWAY;
import static io.mptcplb.stack.ip.IpFixture.GATEWAY6;
import static io.mptcplb.stack.ip.IpFixture.OTHER_MAC;
import static io.mptcplb.stack.ip.IpFixture.OUR_IP;
import static io.mptcplb.stack.ip.IpFixture.OUR_IP6;
import static io.mptcplb.stack.ip.IpFixture.OUR_MAC;
import static io.mptcplb.stack.ip.IpFixture.PEER_IP;
import static io.mptcplb.stack.ip.IpFixture.PEER_IP6;
import static io.mptcplb.stack.ip.IpFixture.PEER_MAC;
import static io.mptcplb.stack.ip.IpFixture.SECOND;
import static io.mptcplb.stack.ip.IpFixture.VIP6;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.wire.DropReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NeighbourTableTest {
    private static final int ICMPV6 = 58;
    private static final int NS = 135;
    private static final int NA = 136;
    private static final int SOLICITED = 0x40;
    private static final int OVERRIDE = 0x20;
    private static final byte[] QUESTION = request(OUR_MAC, OUR_IP, GATEWAY);

    private final IpFixture f = new IpFixture();
    private final Route route = f.route(OUR_IP, FAR_IP);

    @AfterEach
    void everyBufferIsBack() {
        f.close();
    }

    /** Leaves the gateway REACHABLE and nothing on the cable. */
    private void resolve() {
        f.send(route, 1);
        f.receive(reply(PEER_MAC, GATEWAY));
        f.drain();
        assertEquals(NeighbourState.REACHABLE, f.state(GATEWAY));
    }

    private void assertSentTo(long mac, int srcPort) {
        byte[] sent = f.sent();
        assertNotNull(sent);
        assertEquals(Bytes.IPV4, u16(sent, 12));
        assertEquals(mac, Bytes.mac(sent, 0));
        assertEquals(srcPort, u16(sent, 34));
    }

    @Test
    void unknown_send_asksAndWaits_answerSendsInOrder() {
        for (int port = 1; port <= 3; port++) {
            assertTrue(f.send(route, port));
        }
        assertArrayEquals(QUESTION, f.sent());
        assertNull(f.sent());
        assertEquals(3, f.ip.waitingFrames(0));
        f.receive(reply(PEER_MAC, GATEWAY));
        for (int port = 1; port <= 3; port++) {
            assertSentTo(PEER_MAC, port);
        }
        assertEquals(0, f.ip.waitingFrames(0));
        assertEquals(NeighbourState.REACHABLE, f.state(GATEWAY));
    }

    @Test
    void incomplete_fifthFrame_dropsTheOldest() {
        for (int port = 1; port <= 5; port++) {
            assertTrue(f.send(route, port));
        }
        assertEquals(1, f.drops(DropReason.NEIGHBOUR_UNKNOWN));
        f.drain();
        f.receive(reply(PEER_MAC, GATEWAY));
        for (int port = 2; port <= 5; port++) {
            assertSentTo(PEER_MAC, port);
        }
        assertNull(f.sent());
    }

    @Test
    void incomplete_frameWithPayload_isDroppedByName_payloadStays() {
        long payload = f.load(new byte[100], 100);
        f.frame.begin(f.load(tcp(1, 2, 3, 0), 20));
        f.frame.add(payload, Mbuf.dataOff(payload), 100);
        assertFalse(f.send(route));
        assertEquals(1, f.drops(DropReason.NEIGHBOUR_UNKNOWN));
        assertEquals(1, Mbuf.refcnt(payload));
        f.pool.release(payload);
    }

    @Test
    void incomplete_framesOfManyNeighbours_areBoundedTogether() {
        for (int host = 10; host < 26; host++) {
            f.send(f.route(OUR_IP, "192.0.2." + host), 1);
        }
        assertEquals(16, f.ip.waitingFrames(0));
        assertFalse(f.send(f.route(OUR_IP, "192.0.2.10"), 2));
        assertEquals(1, f.drops(DropReason.NEIGHBOUR_QUEUE_FULL));
    }

    @Test
    void incomplete_threeQuestionsUnanswered_fails_andAsksAgainLater() {
        f.send(route, 1);
        assertArrayEquals(QUESTION, f.sent());
        for (int i = 0; i < 2; i++) {
            f.passTime(SECOND - 50_000_000L);
            assertNull(f.sent(), "too early");
            f.passTime(60_000_000L);
            assertArrayEquals(QUESTION, f.sent());
        }
        f.passTime(SECOND + 10_000_000L);
        assertNull(f.sent());
        assertEquals(NeighbourState.FAILED, f.state(GATEWAY));
        assertEquals(1, f.drops(DropReason.NEIGHBOUR_UNKNOWN), "the frame that waited");
        assertFalse(f.send(route, 2), "refused at once");
        assertEquals(2, f.drops(DropReason.NEIGHBOUR_UNKNOWN));
        f.passTime(SECOND + 10_000_000L);
        assertEquals(0, f.ip.neighbourCount(0));
        assertTrue(f.send(route, 3));
        assertArrayEquals(QUESTION, f.sent());
    }

    @Test
    void failed_announcement_makesItUsable() {
        f.send(route, 1);
        f.passTime(4 * SECOND - 500_000_000L);
        assertEquals(NeighbourState.FAILED, f.state(GATEWAY));
        f.drain();
        f.receive(announcement(OTHER_MAC, GATEWAY));
        assertTrue(f.send(route, 2));
        assertSentTo(OTHER_MAC, 2);
    }

    @Test
    void reachable_longUnconfirmed_isAskedByUnicast_thenByAll_andStaysInUse() {
        resolve();
        f.passTime(46 * SECOND);
        assertEquals(NeighbourState.STALE, f.state(GATEWAY));
        assertNull(f.sent(), "nobody sends, nobody asks");
        assertTrue(f.send(route, 2));
        assertSentTo(PEER_MAC, 2);
        assertEquals(NeighbourState.DELAY, f.state(GATEWAY));
        f.passTime(5 * SECOND + 10_000_000L);
        assertEquals(NeighbourState.PROBE, f.state(GATEWAY));
        byte[] asked = f.sent();
        assertEquals(PEER_MAC, Bytes.mac(asked, 0));
        assertArrayEquals(Bytes.slice(QUESTION, 6, 36), Bytes.slice(asked, 6, 36));
        f.passTime(2 * SECOND + 20_000_000L);
        assertEquals(PEER_MAC, Bytes.mac(f.sent(), 0));
        assertEquals(PEER_MAC, Bytes.mac(f.sent(), 0));
        f.passTime(SECOND);
        assertEquals(NeighbourState.UNREACHABLE, f.state(GATEWAY));
        assertArrayEquals(QUESTION, f.sent());
        assertTrue(f.send(route, 3), "no better way is known");
        assertSentTo(PEER_MAC, 3);
        f.receive(reply(OTHER_MAC, GATEWAY));
        assertEquals(NeighbourState.REACHABLE, f.state(GATEWAY));
        assertTrue(f.send(route, 4));
        assertSentTo(OTHER_MAC, 4);
    }

    /** A station that came back with another MAC, and says nothing as long as nobody asks. */
    @Test
    void doubtedByTcp_isAskedByUnicast_thenByAll_andFoundAgain() {
        resolve();
        f.ip.confirm(route, f.now);
        f.passTime(2 * SECOND - 10_000_000L);
        f.ip.doubt(route, f.now);
        assertEquals(NeighbourState.REACHABLE, f.state(GATEWAY), "confirmed a moment ago");
        f.passTime(10_000_000L);
        f.ip.doubt(route, f.now);
        assertEquals(NeighbourState.PROBE, f.state(GATEWAY));
        assertEquals(PEER_MAC, Bytes.mac(f.sent(), 0));
        f.ip.doubt(route, f.now);
        assertNull(f.sent(), "asked already");
        f.passTime(3 * SECOND + 10_000_000L);
        assertEquals(NeighbourState.UNREACHABLE, f.state(GATEWAY));
        f.drain();
        f.receive(reply(OTHER_MAC, GATEWAY));
        assertTrue(f.send(route, 2));
        assertSentTo(OTHER_MAC, 2);
        assertEquals(NeighbourState.REACHABLE, f.state(GATEWAY));
    }

    /**
     * A path that is dark for long costs ever fewer questions, and one more once traffic is back.
     */
    @Test
    void unreachable_questionsBackOff() {
        resolve();
        f.passTime(46 * SECOND);
        int questions = 0;
        for (int second = 0; second < 7_200; second++) {
            f.send(route, 2);
            f.passTime(SECOND);
            for (byte[] sent = f.sent(); sent != null; sent = f.sent()) {
                questions += u16(sent, 12) == Bytes.ARP ? 1 : 0;
            }
        }
        // 3 by unicast; then at intervals of 1, 2, 4 .. 32 s, and then one a minute.
        assertTrue(questions >= 124 && questions <= 132, questions + " questions");
        assertEquals(NeighbourState.UNREACHABLE, f.state(GATEWAY));
        f.passTime(200 * SECOND);
        assertEquals(NeighbourState.STALE, f.state(GATEWAY), "nobody sends any more");
        f.drain();
        f.passTime(600 * SECOND);
        assertNull(f.sent());
    }

    @Test
    void confirmedByTcp_isNeverAsked() {
        resolve();
        for (int i = 0; i < 600; i++) {
            f.passTime(SECOND / 2);
            assertTrue(f.send(route, 2));
            assertSentTo(PEER_MAC, 2);
            f.ip.confirm(route, f.now);
        }
        assertNull(f.sent());
        assertEquals(NeighbourState.REACHABLE, f.state(GATEWAY));
    }

    @Test
    void reachable_confirmedMeanwhile_lastsFromThatTime() {
        resolve();
        int seconds = 0;
        for (; f.state(GATEWAY) == NeighbourState.REACHABLE; seconds++) {
            f.passTime(SECOND);
        }
        assertTrue(seconds >= 15 && seconds <= 46, seconds + " s: RFC 4861 s6.3.2");
        f.ip.confirm(route, f.now);
        f.passTime((seconds - 3) * SECOND);
        f.ip.confirm(route, f.now);
        f.passTime((seconds - 3) * SECOND);
        assertEquals(NeighbourState.REACHABLE, f.state(GATEWAY));
        f.passTime(4 * SECOND);
        assertEquals(NeighbourState.STALE, f.state(GATEWAY));
    }

    @Test
    void full_newcomer_replacesTheLongestIdle() {
        for (int host = 110; host < 142; host++) {
            f.receive(request(0x02_00_00_00_bb_00L | host, "192.0.2." + host, OUR_IP));
            f.passTime(SECOND);
        }
        f.drain();
        f.passTime(60 * SECOND);
        f.send(f.route(OUR_IP, "192.0.2.110"), 1);
        f.drain();
        f.passTime(100 * SECOND);
        f.drain();
        f.send(route, 1);
        assertEquals(NeighbourState.INCOMPLETE, f.state(GATEWAY));
        assertEquals(NeighbourState.FREE, f.state("192.0.2.111"));
        for (int host = 112; host < 142; host++) {
            assertEquals(NeighbourState.STALE, f.state("192.0.2." + host), "host " + host);
        }
        assertEquals(NeighbourState.STALE, f.state("192.0.2.110"), "used since");
        f.drain();
    }

    @Test
    void delay_confirmedByTcp_isReachableAgain() {
        resolve();
        f.passTime(46 * SECOND);
        f.send(route, 2);
        f.ip.confirm(route, f.now);
        assertEquals(NeighbourState.REACHABLE, f.state(GATEWAY));
        f.drain();
        f.passTime(10 * SECOND);
        assertNull(f.sent());
    }

    @Test
    void known_announcementOfAnotherMac_isFollowed_butNotTwiceInASecond() {
        resolve();
        f.receive(announcement(OTHER_MAC, GATEWAY));
        f.send(route, 2);
        assertSentTo(PEER_MAC, 2);
        f.passTime(2 * SECOND);
        f.receive(announcement(OTHER_MAC, GATEWAY));
        f.send(route, 3);
        assertSentTo(OTHER_MAC, 3);
        assertEquals(NeighbourState.DELAY, f.state(GATEWAY), "announced, not proven");
    }

    @Test
    void questionsForInventedStations_takeHalfTheTable() {
        resolve();
        int sent = 0;
        for (int host = 110; host < 160; host++) {
            sent += f.send(f.route(OUR_IP, "192.0.2." + host), 1) ? 1 : 0;
            f.drain();
        }
        assertEquals(16, sent);
        assertEquals(34, f.drops(DropReason.NEIGHBOUR_TABLE_FULL));
        assertTrue(f.send(route, 7), "the gateway is not touched");
        assertSentTo(PEER_MAC, 7);
    }

    @Test
    void entryGivenToAnother_routeResolvesAnew() {
        Route peer = f.route(OUR_IP, PEER_IP);
        f.receive(request(PEER_MAC, PEER_IP, OUR_IP));
        f.send(peer, 1);
        f.receive(reply(PEER_MAC, PEER_IP));
        f.passTime(60 * SECOND);
        assertEquals(NeighbourState.STALE, f.state(PEER_IP));
        for (int host = 110; host < 250; host++) {
            f.receive(request(0x02_00_00_00_bb_00L | host, "192.0.2." + host, OUR_IP));
            f.passTime(SECOND);
            f.drain();
        }
        assertEquals(NeighbourState.FREE, f.state(PEER_IP), "the longest idle went");
        assertTrue(f.send(peer, 2));
        assertArrayEquals(request(OUR_MAC, OUR_IP, PEER_IP), f.sent());
        f.receive(reply(OTHER_MAC, PEER_IP));
        assertSentTo(OTHER_MAC, 2);
    }

    @Test
    void send_offloadFacts_surviveTheWait() {
        f.frame.begin(f.load(tcp(1, 2, 3, 0), 20));
        f.frame.leaveChecksumToPort();
        assertTrue(f.send(route));
        f.drain();
        f.receive(reply(PEER_MAC, GATEWAY));
        long m = f.cables[0].takeSent();
        assertEquals(Mbuf.RX_L4_PARTIAL, Mbuf.olFlags(m));
        f.pool.release(m);
    }

    // IPv6

    private static byte[] advertisement(long mac, String ip, int flags) {
        byte[] message = neighbour(ip, OUR_IP6, NA, flags, ip, mac);
        return ethernet(OUR_MAC, PEER_MAC, IPV6, ipv6(ip, OUR_IP6, ICMPV6, 255, message));
    }

    private static byte[] solicitation(
            String src, String dst, long dstMac, String target, long mac) {
        byte[] message = neighbour(src, dst, NS, 0, target, mac);
        return ethernet(dstMac, PEER_MAC, IPV6, ipv6(src, dst, ICMPV6, 255, message));
    }

    /** What we say: traffic class and flow label 0. */
    private static byte[] ours(byte[] frame) {
        frame[15] = 0;
        return frame;
    }

    private static byte[] question6() {
        String group = "ff02::1:ff00:fe";
        byte[] message = neighbour(OUR_IP6, group, NS, 0, GATEWAY6, OUR_MAC);
        byte[] packet = ipv6(OUR_IP6, group, ICMPV6, 255, message);
        return ours(ethernet(0x3333_ff00_00feL, OUR_MAC, IPV6, packet));
    }

    private void assertSent6To(long mac, int srcPort) {
        byte[] sent = f.sent();
        assertNotNull(sent);
        assertEquals(IPV6, u16(sent, 12));
        assertEquals(6, u8(sent, 20));
        assertEquals(mac, Bytes.mac(sent, 0));
        assertEquals(srcPort, u16(sent, 54));
    }

    @Test
    void unknownV6_send_solicitsAndWaits_advertisementSends() {
        Route far = f.route(OUR_IP6, FAR_IP6);
        assertTrue(f.send(far, 1));
        assertArrayEquals(question6(), f.sent());
        assertNull(f.sent());
        f.receive(advertisement(OTHER_MAC, GATEWAY6, SOLICITED | OVERRIDE));
        assertSent6To(OTHER_MAC, 1);
        assertEquals(NeighbourState.REACHABLE, f.state(GATEWAY6));
    }

    @Test
    void incompleteV6_unsolicitedAdvertisement_isUsedButNotTrusted() {
        Route far = f.route(OUR_IP6, FAR_IP6);
        f.send(far, 1);
        f.drain();
        f.receive(advertisement(-1, GATEWAY6, SOLICITED));
        assertNull(f.sent(), "it does not say where");
        f.receive(advertisement(OTHER_MAC, GATEWAY6, OVERRIDE));
        assertSent6To(OTHER_MAC, 1);
        assertEquals(NeighbourState.STALE, f.state(GATEWAY6));
    }

    @Test
    void reachableV6_otherMacWithoutOverride_isNotTaken() {
        Route far = f.route(OUR_IP6, FAR_IP6);
        f.send(far, 1);
        f.receive(advertisement(PEER_MAC, GATEWAY6, SOLICITED | OVERRIDE));
        f.drain();
        f.receive(advertisement(OTHER_MAC, GATEWAY6, SOLICITED));
        assertEquals(NeighbourState.STALE, f.state(GATEWAY6), "RFC 4861 s7.2.5");
        f.send(far, 2);
        assertSent6To(PEER_MAC, 2);
        f.receive(advertisement(OTHER_MAC, GATEWAY6, OVERRIDE));
        f.send(far, 3);
        assertSent6To(OTHER_MAC, 3);
    }

    @Test
    void probeV6_advertisementWithoutAddress_confirms() {
        Route far = f.route(OUR_IP6, FAR_IP6);
        f.send(far, 1);
        f.receive(advertisement(PEER_MAC, GATEWAY6, SOLICITED | OVERRIDE));
        f.passTime(46 * SECOND);
        f.send(far, 2);
        f.drain();
        f.passTime(5 * SECOND + 10_000_000L);
        byte[] asked = f.sent();
        assertEquals(PEER_MAC, Bytes.mac(asked, 0));
        assertEquals(NS, u8(asked, 54));
        assertArrayEquals(Bytes.ip(GATEWAY6), Bytes.slice(asked, 38, 16), "asked by unicast");
        f.receive(advertisement(-1, GATEWAY6, SOLICITED));
        assertEquals(NeighbourState.REACHABLE, f.state(GATEWAY6));
    }

    @Test
    void advertisement_nobodyAsked_makesNoEntry() {
        f.receive(advertisement(PEER_MAC, PEER_IP6, SOLICITED | OVERRIDE));
        assertEquals(0, f.ip.neighbourCount(0));
    }

    private static byte[] answer6(String ip) {
        byte[] message = neighbour(ip, PEER_IP6, NA, SOLICITED | OVERRIDE, ip, OUR_MAC);
        return ours(ethernet(PEER_MAC, OUR_MAC, IPV6, ipv6(ip, PEER_IP6, ICMPV6, 255, message)));
    }

    @Test
    void solicitation_forOurs_isAnswered_andTellsTheAskersMac() {
        f.receive(solicitation(PEER_IP6, "ff02::1:ff00:1", 0x3333_ff00_0001L, OUR_IP6, PEER_MAC));
        assertArrayEquals(answer6(OUR_IP6), f.sent());
        assertEquals(NeighbourState.STALE, f.state(PEER_IP6));
        f.receive(solicitation(PEER_IP6, VIP6, OUR_MAC, VIP6, PEER_MAC));
        assertArrayEquals(answer6(VIP6), f.sent());
        f.receive(solicitation(PEER_IP6, OUR_IP6, OUR_MAC, OUR_IP6, -1));
        assertArrayEquals(answer6(OUR_IP6), f.sent(), "without its MAC: to where it came from");
    }

    /** Routers speak from link-local addresses, which no prefix of ours covers. */
    @Test
    void solicitation_fromLinkLocal_isAnswered_andTellsTheAskersMac() {
        f.receive(solicitation("fe80::99", OUR_IP6, OUR_MAC, OUR_IP6, PEER_MAC));
        assertEquals(NA, u8(f.sent(), 54));
        assertEquals(NeighbourState.STALE, f.state("fe80::99"));
        IpFixture.gateway(f.client, "2001:db8:e::", 48, "fe80::99");
        assertTrue(f.send(f.route(OUR_IP6, "2001:db8:e::5"), 7));
        assertSent6To(PEER_MAC, 7);
    }

    @Test
    void solicitation_forOthers_isRefused() {
        f.assertRefused(
                DropReason.NOT_FOR_US,
                solicitation(
                        PEER_IP6,
                        "ff02::1:ff00:99",
                        0x3333_ff00_0099L,
                        "2001:db8:1::99",
                        PEER_MAC));
        f.assertRefused(
                DropReason.NOT_FOR_US,
                solicitation(PEER_IP6, "ff02::1:ff00:2", 0x3333_ff00_0002L, OUR_IP6, PEER_MAC));
    }

    @Test
    void duplicateAddressDetection_ofOurs_isAnsweredToAll() {
        f.receive(solicitation("::", "ff02::1:ff00:1", 0x3333_ff00_0001L, OUR_IP6, -1));
        byte[] message = neighbour(OUR_IP6, "ff02::1", NA, OVERRIDE, OUR_IP6, OUR_MAC);
        byte[] packet = ipv6(OUR_IP6, "ff02::1", ICMPV6, 255, message);
        assertArrayEquals(ours(ethernet(0x3333_0000_0001L, OUR_MAC, IPV6, packet)), f.sent());
        f.assertRefused(
                DropReason.BAD_NEIGHBOUR_MESSAGE,
                solicitation("::", "ff02::1:ff00:1", 0x3333_ff00_0001L, OUR_IP6, PEER_MAC));
        f.assertRefused(
                DropReason.BAD_NEIGHBOUR_MESSAGE,
                solicitation("::", OUR_IP6, OUR_MAC, OUR_IP6, -1));
    }

    @Test
    void badMessages_areRefused() {
        byte[] routed = advertisement(PEER_MAC, GATEWAY6, SOLICITED);
        routed[21] = (byte) 254;
        f.assertRefused(DropReason.TTL_EXPIRED, routed);
        f.assertRefused(
                DropReason.BAD_NEIGHBOUR_MESSAGE, advertisement(BROADCAST, GATEWAY6, SOLICITED));
        f.assertRefused(DropReason.BAD_NEIGHBOUR_MESSAGE, advertisement(0, GATEWAY6, SOLICITED));
        byte[] toAll = neighbour(GATEWAY6, "ff02::1", NA, SOLICITED, GATEWAY6, PEER_MAC);
        f.assertRefused(
                DropReason.BAD_NEIGHBOUR_MESSAGE,
                ethernet(
                        0x3333_0000_0001L,
                        PEER_MAC,
                        IPV6,
                        ipv6(GATEWAY6, "ff02::1", ICMPV6, 255, toAll)));
        byte[] flipped = advertisement(PEER_MAC, GATEWAY6, SOLICITED);
        flipped[60] ^= 1;
        f.assertRefused(DropReason.BAD_ICMP_CHECKSUM, flipped);
    }

    @Test
    void conflictV6_isCountedAndDefended() {
        byte[] message = neighbour(VIP6, "ff02::1", NA, OVERRIDE, VIP6, OTHER_MAC);
        byte[] claim = ipv6(VIP6, "ff02::1", ICMPV6, 255, message);
        f.receive(ethernet(0x3333_0000_0001L, OTHER_MAC, IPV6, claim));
        assertEquals(1, f.drops(DropReason.ADDRESS_CONFLICT));
        byte[] defence = f.sent();
        assertEquals(0x3333_0000_0001L, Bytes.mac(defence, 0));
        assertEquals(NA, u8(defence, 54));
    }
}
