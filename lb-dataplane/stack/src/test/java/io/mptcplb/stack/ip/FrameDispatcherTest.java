package io.mptcplb.stack.ip;

import static io.mptcplb.stack.ip.Bytes.IPV4;
import static io.mptcplb.stack.ip.Bytes.IPV6;
import static io.mptcplb.stack.ip.Bytes.concat;
import static io.mptcplb.stack.ip.Bytes.ethernet;
import static io.mptcplb.stack.ip.Bytes.ipv4;
import static io.mptcplb.stack.ip.Bytes.ipv6;
import static io.mptcplb.stack.ip.Bytes.tcp;
import static io.mptcplb.stack.ip.IpFixture.BACKEND_MAC;
import static io.mptcplb.stack.ip.IpFixture.BROADCAST;
import static io.mptcplb.stack.ip.IpFixture.FAR_IP;
import static io.mptcplb.stack.ip.IpFixture.FAR_IP6;
import static io.mptcplb.stack.ip.IpFixture.FAR_VIP;
import static io.mptcplb.stack.ip.IpFixture.OTHER_MAC;
import static io.mptcplb.stack.ip.IpFixture.OUR_IP;
import static io.mptcplb.stack.ip.IpFixture.OUR_IP6;
import static io.mptcplb.stack.ip.IpFixture.OUR_MAC;
import static io.mptcplb.stack.ip.IpFixture.PEER_MAC;
import static io.mptcplb.stack.ip.IpFixture.VIP;
import static io.mptcplb.stack.ip.IpFixture.VIP6;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.wire.DropReason;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrameDispatcherTest {
    private static final int TCP = 6;
    private static final int UDP = 17;

    private final IpFixture f = new IpFixture();

    @AfterEach
    void everyBufferIsBack() {
        f.close();
    }

    private static byte[] v4(String src, String dst, byte[] payload) {
        return ethernet(OUR_MAC, PEER_MAC, IPV4, ipv4(src, dst, TCP, payload));
    }

    private static byte[] v6(String src, String dst, byte[] payload) {
        return ethernet(OUR_MAC, PEER_MAC, IPV6, ipv6(src, dst, TCP, 64, payload));
    }

    @Test
    void tcpOverIpv4_reachesTcp_withItsFacts() {
        byte[] segment = tcp(4_000, 443, 99, 100);
        f.receive(v4(FAR_IP, OUR_IP, segment));
        IpFixture.Segment got = f.segments.getFirst();
        assertArrayEquals(segment, got.bytes());
        assertEquals(OUR_IP, got.local());
        assertEquals(FAR_IP, got.remote());
        assertEquals(2, got.ecn());
        assertEquals(false, got.ipv6());
        assertEquals(0, got.port());
        assertEquals(1, f.client.rxFrames());
        assertEquals(154, f.client.rxBytes());
    }

    @Test
    void tcpOverIpv6_reachesTcp_withItsFacts() {
        byte[] segment = tcp(4_000, 443, 99, 100);
        f.receive(v6(FAR_IP6, VIP6, segment));
        IpFixture.Segment got = f.segments.getFirst();
        assertArrayEquals(segment, got.bytes());
        assertEquals(VIP6, got.local());
        assertEquals(FAR_IP6, got.remote());
        assertEquals(2, got.ecn());
        assertEquals(true, got.ipv6());
    }

    @Test
    void vip_isOursWhereClientsArrive_andNowhereElse() {
        f.receive(v4(FAR_IP, VIP, tcp(1, 2, 3, 0)));
        f.receive(v4(FAR_IP, FAR_VIP, tcp(1, 2, 3, 0)));
        assertEquals(2, f.segments.size());
        byte[] toBackend =
                ethernet(BACKEND_MAC, PEER_MAC, IPV4, ipv4(FAR_IP, VIP, TCP, tcp(1, 2, 3, 0)));
        f.receive(1, f.load(toBackend, 2_000));
        assertEquals(2, f.segments.size());
        assertEquals(1, f.backend.drops(DropReason.NOT_FOR_US));
    }

    @Test
    void vip_removed_isNoLongerOurs() {
        f.receive(v4(FAR_IP, VIP, tcp(1, 2, 3, 0)));
        f.ip.removeVip(IpFixture.at(VIP).hi(), IpFixture.at(VIP).lo());
        f.segments.clear();
        f.assertRefused(DropReason.NOT_FOR_US, v4(FAR_IP, VIP, tcp(1, 2, 3, 0)));
    }

    @Test
    void addressOfTheOtherPort_isNotOursHere() {
        f.assertRefused(
                DropReason.NOT_FOR_US, v4(FAR_IP, IpFixture.BACKEND_OUR_IP, tcp(1, 2, 3, 0)));
    }

    @Test
    void ethernetPadding_isCutOff() {
        byte[] segment = tcp(1, 2, 3, 1);
        f.receive(concat(v4(FAR_IP, OUR_IP, segment), new byte[5]));
        assertArrayEquals(segment, f.segments.getFirst().bytes());
    }

    @Test
    void paddingInFurtherBuffers_isCutOffAndReleased() {
        byte[] segment = tcp(1, 2, 3, 300);
        byte[] frame = concat(v4(FAR_IP, OUR_IP, segment), new byte[500]);
        for (int piece = 54; piece < frame.length; piece += 7) {
            f.receive(0, f.load(frame, piece));
            assertArrayEquals(segment, f.segments.removeFirst().bytes(), "pieces of " + piece);
            assertEquals((354 + piece - 1) / piece, f.lastSegs, "buffers of " + piece);
        }
    }

    @Test
    void superFrame_inManyBuffers_keepsItsFacts() {
        byte[] segment = tcp(1, 2, 3, 65_000);
        long m = f.load(v4(FAR_IP, OUR_IP, segment), 2_048);
        Mbuf.setOlFlags(m, Mbuf.RX_L4_PARTIAL);
        f.receive(0, m);
        assertArrayEquals(segment, f.segments.getFirst().bytes());
        assertEquals(Mbuf.RX_L4_PARTIAL, f.lastFlags);
        assertEquals(32, f.lastSegs);
    }

    @Test
    void headersAcrossBuffers_areRefused() {
        byte[] frame = v4(FAR_IP, OUR_IP, tcp(1, 2, 3, 100));
        for (int piece = 1; piece < 54; piece++) {
            f.assertRefused(DropReason.TRUNCATED, f.load(frame, piece));
        }
        byte[] frame6 = v6(FAR_IP6, OUR_IP6, tcp(1, 2, 3, 100));
        for (int piece = 1; piece < 74; piece++) {
            f.assertRefused(DropReason.TRUNCATED, f.load(frame6, piece));
        }
    }

    @Test
    void everyTruncation_isRefused() {
        byte[] frame = v4(FAR_IP, OUR_IP, tcp(1, 2, 3, 10));
        byte[] frame6 = v6(FAR_IP6, OUR_IP6, tcp(1, 2, 3, 10));
        for (int length = 0; length < frame.length; length++) {
            f.assertRefused(DropReason.TRUNCATED, Bytes.slice(frame, 0, length));
            f.assertRefused(DropReason.TRUNCATED, Bytes.slice(frame6, 0, length));
        }
    }

    @Test
    void otherStationsFrames_areRefused() {
        byte[] packet = ipv4(FAR_IP, OUR_IP, TCP, tcp(1, 2, 3, 0));
        f.assertRefused(DropReason.NOT_OUR_MAC, ethernet(OTHER_MAC, PEER_MAC, IPV4, packet));
        f.assertRefused(DropReason.NOT_FOR_US, ethernet(BROADCAST, PEER_MAC, IPV4, packet));
        f.assertRefused(DropReason.BAD_SOURCE_ADDRESS, ethernet(OUR_MAC, BROADCAST, IPV4, packet));
        byte[] packet6 = ipv6(FAR_IP6, OUR_IP6, TCP, 64, tcp(1, 2, 3, 0));
        f.assertRefused(
                DropReason.NOT_FOR_US, ethernet(0x3333_0000_0001L, PEER_MAC, IPV6, packet6));
    }

    @Test
    void otherAddresses_areRefused() {
        f.assertRefused(DropReason.NOT_FOR_US, v4(FAR_IP, "192.0.2.2", tcp(1, 2, 3, 0)));
        f.assertRefused(DropReason.NOT_FOR_US, v4(FAR_IP, "192.0.2.255", tcp(1, 2, 3, 0)));
        f.assertRefused(DropReason.NOT_FOR_US, v4(FAR_IP, "255.255.255.255", tcp(1, 2, 3, 0)));
        f.assertRefused(DropReason.NOT_FOR_US, v6(FAR_IP6, "2001:db8:1::2", tcp(1, 2, 3, 0)));
        f.assertRefused(DropReason.NOT_FOR_US, v6(FAR_IP6, "ff02::1", tcp(1, 2, 3, 0)));
    }

    @Test
    void sourcesThatCannotBeAnswered_areRefused() {
        String[] sources = {
            "0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.1", "239.1.2.3", "255.255.255.255", OUR_IP
        };
        for (String source : sources) {
            f.assertRefused(DropReason.BAD_SOURCE_ADDRESS, v4(source, OUR_IP, tcp(1, 2, 3, 0)));
        }
        for (String source : new String[] {"::", "::1", "ff02::1", OUR_IP6}) {
            f.assertRefused(DropReason.BAD_SOURCE_ADDRESS, v6(source, OUR_IP6, tcp(1, 2, 3, 0)));
        }
    }

    /** A v6 packet with v4-mapped addresses would be taken for the v4 flow. */
    @Test
    void ipv4InIpv6Clothes_isRefused() {
        byte[] mappedSource = ByteBuffer.allocate(16).putLong(0).putLong(0xffff_cb00_7101L).array();
        byte[] mappedOurs = ByteBuffer.allocate(16).putLong(0).putLong(0xffff_c000_0201L).array();
        byte[] segment = tcp(1, 2, 3, 0);
        f.assertRefused(
                DropReason.BAD_SOURCE_ADDRESS,
                ethernet(
                        OUR_MAC,
                        PEER_MAC,
                        IPV6,
                        ipv6(mappedSource, Bytes.ip(OUR_IP6), TCP, 64, segment)));
        f.assertRefused(
                DropReason.NOT_FOR_US,
                ethernet(
                        OUR_MAC,
                        PEER_MAC,
                        IPV6,
                        ipv6(Bytes.ip(FAR_IP6), mappedOurs, TCP, 64, segment)));
    }

    @Test
    void badHeaders_areRefusedByName() {
        byte[] flipped = v4(FAR_IP, OUR_IP, tcp(1, 2, 3, 0));
        flipped[22] ^= 1;
        f.assertRefused(DropReason.BAD_IP_CHECKSUM, flipped);
        byte[] segment = tcp(1, 2, 3, 0);
        byte[] fragment = ipv4(FAR_IP, OUR_IP, TCP, new byte[0], 0x2000, segment);
        f.assertRefused(DropReason.FRAGMENT, ethernet(OUR_MAC, PEER_MAC, IPV4, fragment));
        byte[] sourceRoute = {(byte) 131, 3, 4, 0};
        byte[] routed = ipv4(FAR_IP, OUR_IP, TCP, sourceRoute, 0, segment);
        f.assertRefused(DropReason.SOURCE_ROUTED, ethernet(OUR_MAC, PEER_MAC, IPV4, routed));
        byte[] sixAsFour = ipv6(FAR_IP6, OUR_IP6, TCP, 64, segment);
        f.assertRefused(DropReason.BAD_IP_VERSION, ethernet(OUR_MAC, PEER_MAC, IPV4, sixAsFour));
        byte[] udp = ipv4(FAR_IP, OUR_IP, UDP, new byte[8]);
        f.assertRefused(DropReason.UNKNOWN_PROTOCOL, ethernet(OUR_MAC, PEER_MAC, IPV4, udp));
        f.assertRefused(
                DropReason.UNKNOWN_ETHERTYPE, ethernet(OUR_MAC, PEER_MAC, 0x88cc, new byte[46]));
    }

    @Test
    void vlanTag_ofAnotherNetwork_isRefused_priorityTagIsNot() {
        byte[] packet = ipv4(FAR_IP, OUR_IP, TCP, tcp(1, 2, 3, 0));
        byte[] tagged = concat(new byte[] {0x00, 0x05, 0x08, 0x00}, packet);
        f.assertRefused(DropReason.UNKNOWN_VLAN, ethernet(OUR_MAC, PEER_MAC, 0x8100, tagged));
        byte[] priority = concat(new byte[] {(byte) 0xa0, 0x00, 0x08, 0x00}, packet);
        f.receive(ethernet(OUR_MAC, PEER_MAC, 0x8100, priority));
        assertEquals(1, f.segments.size());
        f.segments.clear();
        long stripped = f.load(ethernet(OUR_MAC, PEER_MAC, IPV4, packet), 2_000);
        Mbuf.setOlFlags(stripped, Mbuf.RX_VLAN | Mbuf.RX_VLAN_STRIPPED);
        Mbuf.setVlanTci(stripped, 5);
        f.assertRefused(DropReason.UNKNOWN_VLAN, stripped);
    }

    @Test
    void optionsAndExtensionHeaders_areSkipped() {
        byte[] segment = tcp(1, 2, 3, 4);
        byte[] nops = {1, 1, 1, 0};
        f.receive(ethernet(OUR_MAC, PEER_MAC, IPV4, ipv4(FAR_IP, OUR_IP, TCP, nops, 0, segment)));
        assertArrayEquals(segment, f.segments.removeFirst().bytes());
        byte[] destinationOptions = {TCP, 0, 1, 4, 0, 0, 0, 0};
        byte[] packet = ipv6(FAR_IP6, OUR_IP6, 60, 64, concat(destinationOptions, segment));
        f.receive(ethernet(OUR_MAC, PEER_MAC, IPV6, packet));
        assertArrayEquals(segment, f.segments.removeFirst().bytes());
    }
}
