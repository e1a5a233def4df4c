package io.mptcplb.stack.ip;

import static io.mptcplb.stack.ip.Bytes.ARP;
import static io.mptcplb.stack.ip.Bytes.arp;
import static io.mptcplb.stack.ip.Bytes.ethernet;
import static io.mptcplb.stack.ip.IpFixture.BROADCAST;
import static io.mptcplb.stack.ip.IpFixture.FAR_IP;
import static io.mptcplb.stack.ip.IpFixture.FAR_VIP;
import static io.mptcplb.stack.ip.IpFixture.GATEWAY;
import static io.mptcplb.stack.ip.IpFixture.OTHER_MAC;
import static io.mptcplb.stack.ip.IpFixture.OUR_IP;
import static io.mptcplb.stack.ip.IpFixture.OUR_MAC;
import static io.mptcplb.stack.ip.IpFixture.PEER_IP;
import static io.mptcplb.stack.ip.IpFixture.PEER_MAC;
import static io.mptcplb.stack.ip.IpFixture.QUIET_VIP;
import static io.mptcplb.stack.ip.IpFixture.SECOND;
import static io.mptcplb.stack.ip.IpFixture.VIP;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.wire.DropReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ArpInputTest {
    private static final int REQUEST = 1;
    private static final int REPLY = 2;

    private final IpFixture f = new IpFixture();

    @AfterEach
    void everyBufferIsBack() {
        f.close();
    }

    static byte[] request(long mac, String from, String to) {
        return ethernet(BROADCAST, mac, ARP, arp(REQUEST, mac, from, 0, to));
    }

    static byte[] reply(long mac, String from) {
        return ethernet(OUR_MAC, mac, ARP, arp(REPLY, mac, from, OUR_MAC, OUR_IP));
    }

    static byte[] announcement(long mac, String ip) {
        return request(mac, ip, ip);
    }

    private void assertAnswered(String ip) {
        f.receive(request(PEER_MAC, PEER_IP, ip));
        assertArrayEquals(
                ethernet(PEER_MAC, OUR_MAC, ARP, arp(REPLY, OUR_MAC, ip, PEER_MAC, PEER_IP)),
                f.sent());
    }

    @Test
    void request_forOurAddress_isAnswered() {
        assertAnswered(OUR_IP);
    }

    @Test
    void request_forVipInOurPrefix_isAnswered() {
        assertAnswered(VIP);
    }

    @Test
    void request_forVipThatWeDoNotAnnounceHere_isNotAnswered() {
        f.assertRefused(DropReason.NOT_FOR_US, request(PEER_MAC, PEER_IP, FAR_VIP));
        f.assertRefused(DropReason.NOT_FOR_US, request(PEER_MAC, PEER_IP, QUIET_VIP));
        f.assertRefused(DropReason.NOT_FOR_US, request(PEER_MAC, PEER_IP, "192.0.2.9"));
    }

    @Test
    void request_forVipListedHere_isAnswered() {
        assertTrue(f.ip.answerVipOn(0, IpFixture.at(FAR_VIP).hi(), IpFixture.at(FAR_VIP).lo()));
        assertAnswered(FAR_VIP);
    }

    @Test
    void request_fromNeighbour_tellsItsMac() {
        f.receive(request(PEER_MAC, PEER_IP, OUR_IP));
        f.drain();
        assertEquals(NeighbourState.STALE, f.state(PEER_IP));
        assertTrue(f.send(f.route(OUR_IP, PEER_IP), 1));
        byte[] sent = f.sent();
        assertEquals(PEER_MAC, Bytes.mac(sent, 0));
        assertEquals(Bytes.IPV4, Bytes.u16(sent, 12));
        assertNull(f.sent(), "no question was asked");
    }

    @Test
    void probe_isAnswered_andMakesNoEntry() {
        f.receive(request(PEER_MAC, "0.0.0.0", OUR_IP));
        assertEquals(REPLY, Bytes.u16(f.sent(), 20));
        assertEquals(0, f.ip.neighbourCount(0));
    }

    @Test
    void request_fromBeyondTheLink_isAnswered_andMakesNoEntry() {
        f.receive(request(PEER_MAC, FAR_IP, OUR_IP));
        assertEquals(REPLY, Bytes.u16(f.sent(), 20));
        assertEquals(0, f.ip.neighbourCount(0));
    }

    @Test
    void whatNobodyAsked_makesNoEntry() {
        f.receive(reply(PEER_MAC, PEER_IP));
        f.receive(announcement(PEER_MAC, PEER_IP));
        f.receive(request(PEER_MAC, PEER_IP, GATEWAY));
        assertEquals(0, f.ip.neighbourCount(0));
    }

    @Test
    void conflict_isCounted_andDefendedOnceInTenSeconds() {
        f.receive(announcement(OTHER_MAC, VIP));
        f.receive(announcement(OTHER_MAC, VIP));
        f.receive(reply(OTHER_MAC, OUR_IP));
        assertEquals(3, f.drops(DropReason.ADDRESS_CONFLICT));
        assertArrayEquals(announcement(OUR_MAC, VIP), f.sent());
        assertNull(f.sent());
        f.now += 10 * SECOND;
        f.receive(announcement(OTHER_MAC, OUR_IP));
        assertArrayEquals(announcement(OUR_MAC, OUR_IP), f.sent());
    }

    @Test
    void nonsense_isRefused() {
        byte[] wrongHardware = request(PEER_MAC, PEER_IP, OUR_IP);
        wrongHardware[15] = 6;
        f.assertRefused(DropReason.BAD_ARP, wrongHardware);
        f.assertRefused(DropReason.BAD_ARP, request(0, PEER_IP, OUR_IP));
        f.assertRefused(DropReason.BAD_ARP, request(OUR_MAC, PEER_IP, OUR_IP));
        byte[] fromGroup =
                ethernet(BROADCAST, PEER_MAC, ARP, arp(REQUEST, BROADCAST, PEER_IP, 0, OUR_IP));
        f.assertRefused(DropReason.BAD_ARP, fromGroup);
        f.assertRefused(DropReason.BAD_SOURCE_ADDRESS, request(PEER_MAC, "224.0.0.1", OUR_IP));
        f.assertRefused(DropReason.BAD_SOURCE_ADDRESS, request(PEER_MAC, "127.0.0.1", OUR_IP));
        f.assertRefused(
                DropReason.TRUNCATED, Bytes.slice(request(PEER_MAC, PEER_IP, OUR_IP), 0, 41));
    }

    /** Invented stations ask for us; the gateway, known to work, and what is in use stay. */
    @Test
    void floodOfRequests_cannotPushOutTheGateway() {
        Route route = f.route(OUR_IP, FAR_IP);
        f.send(route, 1);
        f.receive(reply(PEER_MAC, GATEWAY));
        f.drain();
        for (int i = 10; i < 250; i++) {
            f.receive(
                    request(
                            0x02_00_00_00_bb_00L | i,
                            "192.0.2." + (i == 100 || i == 101 ? 9 : i),
                            OUR_IP));
            f.drain();
        }
        assertEquals(32, f.ip.neighbourCount(0), "the table is full");
        assertTrue(f.drops(DropReason.NEIGHBOUR_TABLE_FULL) > 100);
        assertEquals(NeighbourState.REACHABLE, f.state(GATEWAY));
        assertTrue(f.send(route, 2));
        assertEquals(PEER_MAC, Bytes.mac(f.sent(), 0));
    }
}
