package io.mptcplb.stack.ip;

import static io.mptcplb.stack.ip.ArpInputTest.announcement;
import static io.mptcplb.stack.ip.ArpInputTest.reply;
import static io.mptcplb.stack.ip.ArpInputTest.request;
import static io.mptcplb.stack.ip.Bytes.IPV4;
import static io.mptcplb.stack.ip.Bytes.IPV6;
import static io.mptcplb.stack.ip.Bytes.concat;
import static io.mptcplb.stack.ip.Bytes.slice;
import static io.mptcplb.stack.ip.Bytes.tcp;
import static io.mptcplb.stack.ip.Bytes.u16;
import static io.mptcplb.stack.ip.Bytes.u8;
import static io.mptcplb.stack.ip.IpFixture.BACKEND_IP;
import static io.mptcplb.stack.ip.IpFixture.BACKEND_OUR_IP;
import static io.mptcplb.stack.ip.IpFixture.FAR_IP;
import static io.mptcplb.stack.ip.IpFixture.FAR_IP6;
import static io.mptcplb.stack.ip.IpFixture.FAR_VIP;
import static io.mptcplb.stack.ip.IpFixture.GATEWAY;
import static io.mptcplb.stack.ip.IpFixture.OUR_IP;
import static io.mptcplb.stack.ip.IpFixture.OUR_IP6;
import static io.mptcplb.stack.ip.IpFixture.OUR_MAC;
import static io.mptcplb.stack.ip.IpFixture.PEER_IP;
import static io.mptcplb.stack.ip.IpFixture.PEER_IP6;
import static io.mptcplb.stack.ip.IpFixture.PEER_MAC;
import static io.mptcplb.stack.ip.IpFixture.QUIET_VIP;
import static io.mptcplb.stack.ip.IpFixture.SECOND;
import static io.mptcplb.stack.ip.IpFixture.VIP;
import static io.mptcplb.stack.ip.IpFixture.VIP6;
import static io.mptcplb.stack.ip.IpFixture.at;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.MemoryPort;
import io.mptcplb.stack.AllocationMeter;
import io.mptcplb.stack.random.ChaChaKeySource;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.IpAddress;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IpLayerTest {
    private final IpFixture f = new IpFixture();

    @AfterEach
    void everyBufferIsBack() {
        f.close();
    }

    private void know(String ip) {
        f.receive(request(PEER_MAC, ip, OUR_IP));
        f.drain();
    }

    private void know6(String ip) {
        byte[] message = Bytes.neighbour(ip, OUR_IP6, 135, 0, OUR_IP6, PEER_MAC);
        byte[] packet = Bytes.ipv6(ip, OUR_IP6, 58, 255, message);
        f.receive(Bytes.ethernet(OUR_MAC, PEER_MAC, IPV6, packet));
        f.drain();
    }

    @Test
    void send_v4_putsBothHeaders() {
        know(PEER_IP);
        byte[] segment = tcp(443, 5_000, 77, 0);
        long payload = f.load(new byte[] {1, 2, 3, 4, 5}, 5);
        f.frame.begin(f.load(segment, 20));
        f.frame.add(payload, Mbuf.dataOff(payload) + 1, 3);
        assertTrue(f.ip.send(f.route(VIP, PEER_IP), f.frame, 2, f.now));
        byte[] sent = f.sent();
        assertEquals(PEER_MAC, Bytes.mac(sent, 0));
        assertEquals(OUR_MAC, Bytes.mac(sent, 6));
        assertEquals(IPV4, u16(sent, 12));
        assertEquals(0x4502, u16(sent, 14));
        assertEquals(43, u16(sent, 16));
        assertEquals(0x4000, u16(sent, 20), "DF");
        assertEquals(64, u8(sent, 22));
        assertEquals(6, u8(sent, 23));
        assertEquals(0xffff, Bytes.sum(sent, 14, 20, 0));
        assertArrayEquals(concat(Bytes.ip(VIP), Bytes.ip(PEER_IP)), slice(sent, 26, 8));
        assertArrayEquals(concat(segment, new byte[] {2, 3, 4}), slice(sent, 34, 23));
        assertEquals(57, sent.length);
        assertEquals(57 + 42, f.client.txBytes(), "an ARP reply before it");
        f.pool.release(payload);
    }

    @Test
    void send_v6_putsBothHeaders() {
        know6(PEER_IP6);
        byte[] segment = tcp(443, 5_000, 77, 3);
        f.frame.begin(f.load(segment, 23));
        assertTrue(f.ip.send(f.route(VIP6, PEER_IP6), f.frame, 1, f.now));
        byte[] sent = f.sent();
        assertEquals(PEER_MAC, Bytes.mac(sent, 0));
        assertEquals(IPV6, u16(sent, 12));
        assertEquals(0x601, u16(sent, 14) >>> 4, "version and traffic class");
        assertEquals(23, u16(sent, 18));
        assertEquals(6, u8(sent, 20));
        assertEquals(64, u8(sent, 21));
        assertArrayEquals(concat(Bytes.ip(VIP6), Bytes.ip(PEER_IP6)), slice(sent, 22, 32));
        assertArrayEquals(segment, slice(sent, 54, 23));
    }

    @Test
    void send_tellsThePortWhereItsLayersAre() {
        know(PEER_IP);
        f.frame.begin(f.load(tcp(1, 2, 3, 0), 20));
        f.send(f.route(OUR_IP, PEER_IP));
        assertEquals(20, f.frame.l3Bytes());
        assertEquals(20, f.frame.l4Bytes());
        assertFalse(f.frame.ipv6());
    }

    @Test
    void send_aboveTheMtu_isRefused_butNotWhenThePortCuts() {
        know(PEER_IP);
        Route route = f.route(OUR_IP, PEER_IP);
        f.frame.begin(f.load(tcp(1, 2, 3, 1_461), 1_481));
        assertFalse(f.send(route));
        assertEquals(1, f.drops(DropReason.PACKET_TOO_BIG));
        f.frame.begin(f.load(tcp(1, 2, 3, 1_460), 1_480));
        assertTrue(f.send(route));
        assertEquals(1_514, f.sent().length);
        f.frame.begin(f.load(tcp(1, 2, 3, 1_800), 1_820));
        f.frame.segmentBytes(1_460);
        assertTrue(f.send(route));
        assertEquals(1_854, f.sent().length);
        f.frame.begin(f.load(tcp(1, 2, 3, 1_800), 1_820));
        f.frame.segmentBytes(1_461);
        assertFalse(f.send(route), "its pieces are too long");
        route.lowerMtu(1_000);
        route.lowerMtu(1_200);
        f.frame.begin(f.load(tcp(1, 2, 3, 961), 981));
        assertFalse(f.send(route), "the path's MTU counts");
        assertEquals(3, f.drops(DropReason.PACKET_TOO_BIG));
    }

    @Test
    void send_portRefuses_isCounted() {
        know(PEER_IP);
        f.cables[0].setLinkUp(false);
        assertFalse(f.send(f.route(OUR_IP, PEER_IP), 1));
        assertEquals(1, f.drops(DropReason.TRANSMIT_FAILED));
    }

    @Test
    void bind_longestPrefixDecidesTheNextHop() {
        IpFixture.gateway(f.client, "203.0.113.0", 24, "192.0.2.250");
        IpFixture.gateway(f.client, "203.0.113.128", 25, "192.0.2.251");
        f.client.addOnLinkRoute(at("203.0.113.192").hi(), at("203.0.113.192").lo(), 28);
        String[][] cases = {
            {"203.0.113.1", "192.0.2.250"},
            {"203.0.113.129", "192.0.2.251"},
            {FAR_IP, FAR_IP},
            {"198.18.0.1", GATEWAY},
            {PEER_IP, PEER_IP}
        };
        for (String[] c : cases) {
            Route route = f.route(OUR_IP, c[0]);
            assertEquals(at(c[1]), new IpAddress(route.nextHopHi, route.nextHopLo), c[0]);
        }
        Route v6 = f.route(OUR_IP6, FAR_IP6);
        assertEquals(at(IpFixture.GATEWAY6), new IpAddress(v6.nextHopHi, v6.nextHopLo));
    }

    @Test
    void bind_withoutARoute_isRefusedAndCounted() {
        Route route = new Route();
        IpAddress local = at(BACKEND_OUR_IP);
        IpAddress remote = at(FAR_IP);
        assertFalse(f.ip.bind(route, 1, local.hi(), local.lo(), remote.hi(), remote.lo()));
        assertFalse(route.bound());
        assertThrows(IllegalStateException.class, route::port);
        IpAddress six = at(OUR_IP6);
        assertFalse(f.ip.bind(route, 0, six.hi(), six.lo(), remote.hi(), remote.lo()));
        assertEquals(2, f.ip.unroutable());
    }

    /** ::/0 holds the v4-mapped addresses, but must not be IPv4's default route. */
    @Test
    void bind_defaultRouteOfV6_isNotThatOfV4() {
        IpFixture.gateway(f.backend, "::", 0, "2001:db8:2::fe");
        Route route = new Route();
        IpAddress local = at(BACKEND_OUR_IP);
        IpAddress remote = at(FAR_IP);
        assertFalse(f.ip.bind(route, 1, local.hi(), local.lo(), remote.hi(), remote.lo()));
    }

    @Test
    void bindActive_picksPortAndSource() {
        Route route = new Route();
        assertTrue(f.ip.bindActive(route, at(BACKEND_IP).hi(), at(BACKEND_IP).lo()));
        assertEquals(f.backend, route.port());
        assertEquals(at(BACKEND_OUR_IP), new IpAddress(route.localHi(), route.localLo()));
        assertEquals(1_500, route.mtuBytes(), "the device's limit");
        assertFalse(f.ip.bindActive(route, at(FAR_IP).hi(), at(FAR_IP).lo()), "clients' side only");
        assertEquals(1, f.ip.unroutable());
    }

    /** Routers of IPv6 are known by link-local addresses, from which nobody beyond can be asked. */
    @Test
    void bindActive_byALinkLocalGateway_speaksFromAnAddressThatTravels() {
        IpLayer ip = new IpLayer(f.pool, new ChaChaKeySource(new byte[32]), IpLimits.standard(), 0);
        NetPort port = ip.addPort("one", f.cables[0], PortRole.BOTH, 1_500);
        IpFixture.address(port, "fe80::5", 64);
        IpFixture.address(port, "2001:db8:1::5", 64);
        IpFixture.gateway(port, "::", 0, "fe80::1");
        Route route = new Route();
        IpAddress far = at("2001:db8:9::9");
        assertTrue(ip.bindActive(route, far.hi(), far.lo()));
        assertEquals(at("2001:db8:1::5"), new IpAddress(route.localHi(), route.localLo()));
        IpAddress near = at("fe80::9");
        assertTrue(ip.bindActive(route, near.hi(), near.lo()));
        assertEquals(at("fe80::5"), new IpAddress(route.localHi(), route.localLo()));
    }

    @Test
    void bindActive_prefersALinkThatIsUp_thenTheLongestPrefix() {
        IpLayer ip = new IpLayer(f.pool, new ChaChaKeySource(new byte[32]), IpLimits.standard(), 0);
        NetPort wide = ip.addPort("wide", f.cables[0], PortRole.BOTH, 1_500);
        NetPort narrow = ip.addPort("narrow", f.cables[1], PortRole.BACKEND, 1_500);
        IpFixture.address(wide, "198.18.0.1", 15);
        IpFixture.address(narrow, "198.18.7.1", 24);
        Route route = new Route();
        IpAddress backend = at("198.18.7.9");
        assertTrue(ip.bindActive(route, backend.hi(), backend.lo()));
        assertEquals(narrow, route.port());
        narrow.setLinkUp(false);
        assertTrue(ip.bindActive(route, backend.hi(), backend.lo()));
        assertEquals(wide, route.port());
        wide.setLinkUp(false);
        assertTrue(ip.bindActive(route, backend.hi(), backend.lo()));
        assertEquals(narrow, route.port());
    }

    @Test
    void announce_tellsEveryAnsweredAddress_threeTimes() {
        f.ip.announce(f.now);
        for (int round = 0; round < 3; round++) {
            f.cables[0].flush();
            Set<String> announced = new HashSet<>();
            for (byte[] sent = f.sent(); sent != null; sent = f.sent()) {
                if (u16(sent, 12) == Bytes.ARP) {
                    byte[] ip = slice(sent, 38, 4);
                    announced.add(u8(ip, 0) + "." + u8(ip, 1) + "." + u8(ip, 2) + "." + u8(ip, 3));
                    assertArrayEquals(ip, slice(sent, 28, 4));
                } else {
                    assertEquals(136, u8(sent, 54));
                    assertEquals(0x20, u8(sent, 58), "override, not solicited");
                    announced.add(u8(sent, 77) == 1 ? OUR_IP6 : VIP6);
                }
            }
            assertEquals(Set.of(OUR_IP, VIP, OUR_IP6, VIP6), announced);
            f.passTime(SECOND + 10_000_000L);
        }
        assertNull(f.sent());
        assertEquals(Long.MAX_VALUE, f.ip.nextDeadlineNanos());
    }

    @Test
    void vip_announcedFromNowOn_isToldThreeTimes_andAnswered() {
        tellNew();
        assertFalse(f.client.answersFor(at(QUIET_VIP).hi(), at(QUIET_VIP).lo()));
        assertTrue(f.client.accepts(at(QUIET_VIP).hi(), at(QUIET_VIP).lo()), "served all the same");
        f.receive(request(PEER_MAC, PEER_IP, QUIET_VIP));
        assertNull(f.sent(), "another box answers");

        assertTrue(f.vip(QUIET_VIP, true));
        f.ip.announceNew(f.now);
        for (int round = 0; round < 3; round++) {
            byte[] sent = f.sent();
            assertEquals(Bytes.ARP, u16(sent, 12));
            assertArrayEquals(Bytes.ip(QUIET_VIP), slice(sent, 28, 4));
            assertNull(f.sent(), "of the others everybody knows");
            f.passTime(SECOND + 10_000_000L);
        }
        assertNull(f.sent());
        f.receive(request(PEER_MAC, PEER_IP, QUIET_VIP));
        assertEquals(42, f.sent().length);
    }

    @Test
    void vip_silentFromNowOn_isServed_butNoLongerToldNorDefended() {
        tellNew();
        f.ip.announce(f.now);
        assertTrue(f.vip(VIP, false) && f.vip(VIP6, false) && f.vip(OUR_IP, false));
        f.drain();
        f.receive(request(PEER_MAC, PEER_IP, VIP));
        f.receive(announcement(PEER_MAC, VIP));
        assertNull(f.sent());
        assertEquals(0, f.drops(DropReason.ADDRESS_CONFLICT));
        f.passTime(SECOND + 10_000_000L);
        for (byte[] sent = f.sent(); sent != null; sent = f.sent()) {
            if (u16(sent, 12) == Bytes.ARP) {
                assertArrayEquals(Bytes.ip(OUR_IP), slice(sent, 28, 4), "always ours");
            } else {
                assertEquals(1, u8(sent, 77));
            }
        }
        assertTrue(f.client.accepts(at(VIP).hi(), at(VIP).lo()));
    }

    /** What the fixture has added is told, and everybody knows. */
    private void tellNew() {
        f.ip.announceNew(f.now);
        f.passTime(3 * SECOND);
        f.drain();
    }

    @Test
    void bind_toAnAddressOfOurs_isRefused() {
        Route route = new Route();
        IpAddress local = at(VIP);
        IpAddress remote = at(FAR_VIP);
        assertFalse(f.ip.bind(route, 0, local.hi(), local.lo(), remote.hi(), remote.lo()));
        assertEquals(1, f.ip.unroutable());
    }

    @Test
    void announce_manyAddresses_isSpreadOverTime() {
        IpFixture many = new IpFixture(new IpLimits(2, 300, 4, 8, 8, 100));
        for (int i = 110; i < 250; i++) {
            assertTrue(many.vip("192.0.2." + i, true));
        }
        many.ip.announce(many.now);
        many.cables[0].flush();
        assertEquals(16, many.cables[0].sentFrames());
        many.drain();
        int announced = 16;
        for (int i = 0; i < 30; i++) {
            many.passTime(8_000_000L);
            announced += many.cables[0].sentFrames();
            many.drain();
        }
        assertEquals(144, announced, "each once before the second round");
        many.close();
    }

    @Test
    void addVip_beyondTheRoom_isRefused() {
        IpFixture small = new IpFixture(new IpLimits(2, 6, 4, 8, 8, 100));
        assertFalse(small.vip("192.0.2.120", true), "2 own addresses and 4 VIPs are there already");
        small.close();
    }

    @Test
    void packetPath_doesNotAllocate() {
        know(PEER_IP);
        know6(PEER_IP6);
        f.record = false;
        Route route = f.route(VIP, PEER_IP);
        Route route6 = f.route(VIP6, PEER_IP6);
        byte[] in =
                Bytes.ethernet(
                        OUR_MAC, PEER_MAC, IPV4, Bytes.ipv4(PEER_IP, VIP, 6, tcp(1, 2, 3, 500)));
        byte[] in6 =
                Bytes.ethernet(
                        OUR_MAC,
                        PEER_MAC,
                        IPV6,
                        Bytes.ipv6(PEER_IP6, VIP6, 6, 64, tcp(1, 2, 3, 500)));
        byte[] echo =
                Bytes.ethernet(
                        OUR_MAC,
                        PEER_MAC,
                        IPV4,
                        Bytes.ipv4(PEER_IP, VIP, 1, Bytes.icmp(8, 0, 1, new byte[40])));
        byte[] arp = request(PEER_MAC, PEER_IP, OUR_IP);
        byte[] stranger =
                Bytes.ethernet(
                        OUR_MAC, PEER_MAC, IPV4, Bytes.ipv4(PEER_IP, FAR_IP, 6, tcp(1, 2, 3, 0)));
        byte[] out = tcp(443, 5_000, 77, 0);
        long payload = f.load(new byte[1_000], 1_000);
        Runnable cycles =
                () -> {
                    for (int i = 0; i < 5_000; i++) {
                        f.now += 100_000;
                        f.receive(0, f.load(in, 2_000));
                        f.receive(0, f.load(in6, 2_000));
                        f.receive(0, f.load(echo, 2_000));
                        f.receive(0, f.load(arp, 2_000));
                        f.receive(0, f.load(stranger, 2_000));
                        f.frame.begin(f.load(out, 20));
                        f.frame.add(payload, 200, 1_000);
                        f.send(route);
                        f.frame.begin(f.load(out, 20));
                        f.send(route6);
                        f.ip.confirm(route, f.now);
                        f.ip.onTick(f.now);
                        f.ip.nextDeadlineNanos();
                        f.drain();
                    }
                };
        assertEquals(0, AllocationMeter.fewestBytes(cycles));
        assertTrue(f.client.txFrames() > 100_000);
        f.pool.release(payload);
    }

    @Test
    void loss_ofTheLastBuffer_isCounted_andRecovers() {
        int count = 0;
        long[] held = new long[f.pool.capacity()];
        long last = f.load(Bytes.slice(request(PEER_MAC, PEER_IP, OUR_IP), 0, 42), 42);
        for (long m = f.pool.alloc(); m != 0; m = f.pool.alloc()) {
            held[count++] = m;
        }
        f.receive(0, last);
        assertEquals(1, f.drops(DropReason.MEMORY_PRESSURE), "no buffer for the answer");
        while (count > 0) {
            f.pool.release(held[--count]);
        }
        f.receive(request(PEER_MAC, PEER_IP, OUR_IP));
        assertEquals(42, f.sent().length);
    }

    @Test
    void addPort_afterVips_isAnErrorOfOurs() {
        MemoryPort cable = f.cables[0];
        assertThrows(
                IllegalStateException.class,
                () -> f.ip.addPort("late", cable, PortRole.BOTH, 1_500));
    }

    @Test
    void announcementsOfOthers_doNotDisturb() {
        know(PEER_IP);
        f.receive(announcement(PEER_MAC, PEER_IP));
        f.receive(reply(PEER_MAC, PEER_IP));
        assertNull(f.sent());
        assertEquals(0, f.drops(DropReason.ADDRESS_CONFLICT));
        assertEquals(FAR_VIP, at(FAR_VIP).toString());
    }
}
