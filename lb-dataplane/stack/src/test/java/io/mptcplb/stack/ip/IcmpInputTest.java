package io.mptcplb.stack.ip;

import static io.mptcplb.stack.ip.Bytes.IPV4;
import static io.mptcplb.stack.ip.Bytes.IPV6;
import static io.mptcplb.stack.ip.Bytes.concat;
import static io.mptcplb.stack.ip.Bytes.ethernet;
import static io.mptcplb.stack.ip.Bytes.icmp;
import static io.mptcplb.stack.ip.Bytes.icmpv6;
import static io.mptcplb.stack.ip.Bytes.ipv4;
import static io.mptcplb.stack.ip.Bytes.ipv6;
import static io.mptcplb.stack.ip.Bytes.slice;
import static io.mptcplb.stack.ip.Bytes.tcp;
import static io.mptcplb.stack.ip.Bytes.u16;
import static io.mptcplb.stack.ip.Bytes.u8;
import static io.mptcplb.stack.ip.IpFixture.FAR_IP;
import static io.mptcplb.stack.ip.IpFixture.FAR_IP6;
import static io.mptcplb.stack.ip.IpFixture.OUR_IP;
import static io.mptcplb.stack.ip.IpFixture.OUR_IP6;
import static io.mptcplb.stack.ip.IpFixture.OUR_MAC;
import static io.mptcplb.stack.ip.IpFixture.PEER_MAC;
import static io.mptcplb.stack.ip.IpFixture.VIP;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.wire.DropReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IcmpInputTest {
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;

    private final IpFixture f = new IpFixture();

    @AfterEach
    void everyBufferIsBack() {
        f.close();
    }

    private static byte[] v4(String dst, byte[] message) {
        return ethernet(OUR_MAC, PEER_MAC, IPV4, ipv4(FAR_IP, dst, ICMP, message));
    }

    private static byte[] v6(String dst, byte[] message) {
        return ethernet(OUR_MAC, PEER_MAC, IPV6, ipv6(FAR_IP6, dst, ICMPV6, 64, message));
    }

    private static byte[] pattern(int bytes) {
        byte[] body = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            body[i] = (byte) (i * 31);
        }
        return body;
    }

    private void assertEchoReplyV4(byte[] reply, String from, byte[] body) {
        assertNotNull(reply);
        assertEquals(PEER_MAC, Bytes.mac(reply, 0));
        assertEquals(OUR_MAC, Bytes.mac(reply, 6));
        assertEquals(IPV4, u16(reply, 12));
        assertEquals(0x45, u8(reply, 14));
        assertEquals(28 + body.length, u16(reply, 16));
        assertEquals(64, u8(reply, 22));
        assertEquals(0xffff, Bytes.sum(reply, 14, 20, 0), "IP checksum");
        assertArrayEquals(concat(Bytes.ip(from), Bytes.ip(FAR_IP)), slice(reply, 26, 8));
        assertEquals(0, u16(reply, 34), "type and code");
        assertEquals(0xffff, Bytes.sum(reply, 34, 8 + body.length, 0), "ICMP checksum");
        assertEquals(0x1234_0005, Bytes.u32(reply, 38));
        assertArrayEquals(body, slice(reply, 42, body.length));
    }

    @Test
    void echoRequest_v4_isAnswered() {
        byte[] body = pattern(57);
        f.receive(v4(OUR_IP, icmp(8, 0, 0x1234_0005, body)));
        assertEchoReplyV4(f.sent(), OUR_IP, body);
    }

    @Test
    void echoRequest_toVip_isAnsweredFromIt() {
        f.receive(v4(VIP, icmp(8, 0, 0x1234_0005, new byte[0])));
        assertEchoReplyV4(f.sent(), VIP, new byte[0]);
    }

    @Test
    void echoRequest_withIpOptions_isAnsweredWithoutThem() {
        byte[] body = pattern(8);
        byte[] nops = {1, 1, 1, 0};
        byte[] packet = ipv4(FAR_IP, OUR_IP, ICMP, nops, 0, icmp(8, 0, 0x1234_0005, body));
        f.receive(ethernet(OUR_MAC, PEER_MAC, IPV4, packet));
        assertEchoReplyV4(f.sent(), OUR_IP, body);
    }

    @Test
    void echoRequest_inSeveralBuffers_isAnswered() {
        byte[] body = pattern(1_400);
        f.receive(0, f.load(v4(OUR_IP, icmp(8, 0, 0x1234_0005, body)), 333));
        assertEchoReplyV4(f.sent(), OUR_IP, body);
    }

    @Test
    void echoRequest_inMoreBuffersThanAFrameHas_isRefused() {
        byte[] body = pattern(2_200);
        f.assertRefused(DropReason.BAD_ICMP, f.load(v4(OUR_IP, icmp(8, 0, 0x1234_0005, body)), 42));
    }

    @Test
    void echoRequest_withBadChecksum_isRefused() {
        byte[] frame = v4(OUR_IP, icmp(8, 0, 0x1234_0005, pattern(9)));
        frame[frame.length - 1] ^= 4;
        f.assertRefused(DropReason.BAD_ICMP_CHECKSUM, frame);
    }

    @Test
    void echoRequest_v6_isAnswered() {
        byte[] body = pattern(33);
        f.receive(v6(OUR_IP6, icmpv6(FAR_IP6, OUR_IP6, 128, 0, 0x1234_0005, body)));
        byte[] reply = f.sent();
        assertNotNull(reply);
        assertEquals(PEER_MAC, Bytes.mac(reply, 0));
        assertEquals(IPV6, u16(reply, 12));
        assertEquals(41, u16(reply, 18));
        assertArrayEquals(concat(Bytes.ip(OUR_IP6), Bytes.ip(FAR_IP6)), slice(reply, 22, 32));
        assertEquals(129, u8(reply, 54));
        int pseudo = Bytes.pseudo(Bytes.ip(OUR_IP6), Bytes.ip(FAR_IP6), ICMPV6, 41);
        assertEquals(0xffff, Bytes.sum(reply, 54, 41, pseudo));
        assertArrayEquals(body, slice(reply, 62, 33));
    }

    @Test
    void echoRequest_v6_toAllNodes_isNotAnswered() {
        byte[] message = icmpv6(FAR_IP6, "ff02::1", 128, 0, 1, new byte[8]);
        byte[] packet = ipv6(FAR_IP6, "ff02::1", ICMPV6, 64, message);
        f.assertRefused(DropReason.NOT_FOR_US, ethernet(0x3333_0000_0001L, PEER_MAC, IPV6, packet));
    }

    @Test
    void echoRequest_v6_fromNobody_isNotAnswered() {
        byte[] message = icmpv6("::", OUR_IP6, 128, 0, 1, new byte[8]);
        byte[] packet = ipv6("::", OUR_IP6, ICMPV6, 64, message);
        f.assertRefused(DropReason.BAD_SOURCE_ADDRESS, ethernet(OUR_MAC, PEER_MAC, IPV6, packet));
    }

    @Test
    void echoRequests_aboveTheLimit_areRefusedByName_andServedAgainLater() {
        byte[] request = v4(OUR_IP, icmp(8, 0, 1, new byte[8]));
        for (int i = 0; i < 50; i++) {
            f.receive(request);
        }
        assertEquals(10, f.cables[0].sentFrames(), "a tenth of 100 per second at once");
        assertEquals(40, f.drops(DropReason.ICMP_RATE_LIMITED));
        f.drain();
        f.now += IpFixture.SECOND / 50;
        for (int i = 0; i < 50; i++) {
            f.receive(request);
        }
        assertEquals(2, f.cables[0].sentFrames(), "and 2 in 20 ms");
    }

    @Test
    void error_v4_isHandedToTcp() {
        byte[] quoted = ipv4(OUR_IP, "203.0.113.5", 6, slice(tcp(443, 5_000, 0x01020304, 0), 0, 8));
        int[][] cases = {
            {3, 0, 0, IcmpError.HOST_UNREACHABLE.ordinal(), 0},
            {3, 1, 0, IcmpError.HOST_UNREACHABLE.ordinal(), 0},
            {3, 2, 0, IcmpError.PORT_UNREACHABLE.ordinal(), 0},
            {3, 3, 0, IcmpError.PORT_UNREACHABLE.ordinal(), 0},
            {3, 4, 1_280, IcmpError.TOO_BIG.ordinal(), 1_280},
            {3, 13, 0, IcmpError.PROHIBITED.ordinal(), 0},
            {11, 0, 0, IcmpError.TIME_EXCEEDED.ordinal(), 0},
            {12, 0, 0, IcmpError.PARAMETER_PROBLEM.ordinal(), 0}
        };
        for (int[] c : cases) {
            f.receive(v4(OUR_IP, icmp(c[0], c[1], c[2], quoted)));
            IpFixture.Error error = f.errors.removeFirst();
            IcmpError kind = IcmpError.values()[c[3]];
            assertEquals(
                    new IpFixture.Error(kind, OUR_IP, "203.0.113.5", 443, 5_000, 0x01020304, c[4]),
                    error);
        }
    }

    @Test
    void error_v6_isHandedToTcp() {
        byte[] quoted = ipv6(OUR_IP6, FAR_IP6, 6, 64, slice(tcp(443, 5_000, -2, 0), 0, 8));
        int[][] cases = {
            {1, 0, 0, IcmpError.HOST_UNREACHABLE.ordinal(), 0},
            {1, 1, 0, IcmpError.PROHIBITED.ordinal(), 0},
            {1, 4, 0, IcmpError.PORT_UNREACHABLE.ordinal(), 0},
            {2, 0, 1_400, IcmpError.TOO_BIG.ordinal(), 1_400},
            {2, 0, -1, IcmpError.TOO_BIG.ordinal(), Integer.MAX_VALUE},
            {3, 0, 0, IcmpError.TIME_EXCEEDED.ordinal(), 0},
            {4, 1, 0, IcmpError.PARAMETER_PROBLEM.ordinal(), 0}
        };
        for (int[] c : cases) {
            f.receive(v6(OUR_IP6, icmpv6(FAR_IP6, OUR_IP6, c[0], c[1], c[2], quoted)));
            IcmpError kind = IcmpError.values()[c[3]];
            assertEquals(
                    new IpFixture.Error(kind, OUR_IP6, FAR_IP6, 443, 5_000, -2, c[4]),
                    f.errors.removeFirst());
        }
    }

    @Test
    void error_thatCannotBeOurs_isRefused() {
        byte[] notOurs = ipv4(VIP, FAR_IP, 6, slice(tcp(443, 5_000, 1, 0), 0, 8));
        f.assertRefused(DropReason.ICMP_UNKNOWN_FLOW, v4(OUR_IP, icmp(3, 1, 0, notOurs)));
        byte[] udp = ipv4(OUR_IP, FAR_IP, 17, new byte[8]);
        f.assertRefused(DropReason.UNKNOWN_PROTOCOL, v4(OUR_IP, icmp(3, 3, 0, udp)));
        byte[] cut = slice(ipv4(OUR_IP, FAR_IP, 6, tcp(443, 5_000, 1, 0)), 0, 27);
        f.assertRefused(DropReason.TRUNCATED, v4(OUR_IP, icmp(3, 3, 0, cut)));
        f.assertRefused(DropReason.BAD_ICMP, v4(OUR_IP, icmp(5, 1, 0, new byte[28])));
        byte[] unknown = ipv4(OUR_IP, FAR_IP, 6, slice(tcp(9, 5_000, 1, 0), 0, 8));
        f.assertRefused(DropReason.ICMP_UNKNOWN_FLOW, v4(OUR_IP, icmp(3, 3, 0, unknown)));
        assertTrue(f.errors.size() == 1, "only the last one reached TCP");
        f.assertRefused(DropReason.BAD_ICMP, f.load(v4(OUR_IP, icmp(3, 3, 0, new byte[600])), 200));
        f.assertRefused(DropReason.TRUNCATED, v4(OUR_IP, new byte[7]));
    }
}
