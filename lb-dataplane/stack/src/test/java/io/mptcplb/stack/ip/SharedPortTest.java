package io.mptcplb.stack.ip;

import static io.mptcplb.stack.ip.ArpInputTest.announcement;
import static io.mptcplb.stack.ip.ArpInputTest.reply;
import static io.mptcplb.stack.ip.ArpInputTest.request;
import static io.mptcplb.stack.ip.Bytes.IPV4;
import static io.mptcplb.stack.ip.Bytes.IPV6;
import static io.mptcplb.stack.ip.Bytes.ethernet;
import static io.mptcplb.stack.ip.Bytes.icmp;
import static io.mptcplb.stack.ip.Bytes.ipv4;
import static io.mptcplb.stack.ip.Bytes.ipv6;
import static io.mptcplb.stack.ip.Bytes.tcp;
import static io.mptcplb.stack.ip.IpFixture.OUR_IP;
import static io.mptcplb.stack.ip.IpFixture.OUR_IP6;
import static io.mptcplb.stack.ip.IpFixture.OUR_MAC;
import static io.mptcplb.stack.ip.IpFixture.PEER_IP;
import static io.mptcplb.stack.ip.IpFixture.PEER_IP6;
import static io.mptcplb.stack.ip.IpFixture.PEER_MAC;
import static io.mptcplb.stack.ip.IpFixture.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.wire.DropReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A port whose addresses are the kernel's, too: what is left to it, and what is not. */
class SharedPortTest {
    private static final int FIRST = 49_152;

    private final IpFixture f = new IpFixture(FIRST);

    @AfterEach
    void everyBufferIsBack() {
        f.close();
    }

    private static byte[] toUs(int dstPort) {
        return ethernet(OUR_MAC, PEER_MAC, IPV4, ipv4(PEER_IP, OUR_IP, 6, tcp(80, dstPort, 1, 0)));
    }

    @Test
    void segments_belowOurPorts_areTheKernels() {
        f.assertRefused(DropReason.NOT_FOR_US, toUs(FIRST - 1));
        f.assertRefused(
                DropReason.NOT_FOR_US,
                ethernet(
                        OUR_MAC,
                        PEER_MAC,
                        IPV6,
                        ipv6(PEER_IP6, OUR_IP6, 6, 64, tcp(80, 6443, 1, 0))));
        f.receive(toUs(FIRST));
        f.receive(toUs(65_535));
        assertEquals(2, f.segments.size());
    }

    @Test
    void everythingElse_isTheKernels() {
        byte[] udp = ethernet(OUR_MAC, PEER_MAC, IPV4, ipv4(PEER_IP, OUR_IP, 17, new byte[20]));
        f.assertRefused(DropReason.NOT_FOR_US, udp);
        byte[] echo = icmp(8, 0, 1, new byte[40]);
        f.assertRefused(
                DropReason.NOT_FOR_US,
                ethernet(OUR_MAC, PEER_MAC, IPV4, ipv4(PEER_IP, OUR_IP, 1, echo)));
        byte[] echoReply = icmp(0, 0, 1, new byte[40]);
        f.assertRefused(
                DropReason.NOT_FOR_US,
                ethernet(OUR_MAC, PEER_MAC, IPV4, ipv4(PEER_IP, OUR_IP, 1, echoReply)));
    }

    @Test
    void questionForTheAddress_isLeftToTheKernel_andTellsWhoAsks() {
        f.receive(request(PEER_MAC, PEER_IP, OUR_IP));
        f.receive(
                ethernet(
                        OUR_MAC,
                        PEER_MAC,
                        IPV6,
                        ipv6(
                                PEER_IP6,
                                OUR_IP6,
                                58,
                                255,
                                Bytes.neighbour(PEER_IP6, OUR_IP6, 135, 0, OUR_IP6, PEER_MAC))));
        assertNull(f.sent());
        assertEquals(NeighbourState.STALE, f.state(PEER_IP));
        assertEquals(NeighbourState.STALE, f.state(PEER_IP6));
    }

    @Test
    void ourQuestion_isAnsweredToUs() {
        Route route = f.route(OUR_IP, PEER_IP);
        assertTrue(f.send(route, FIRST));
        assertEquals(Bytes.ARP, Bytes.u16(f.sent(), 12), "the question");
        f.receive(reply(PEER_MAC, PEER_IP));
        assertEquals(NeighbourState.REACHABLE, f.state(PEER_IP));
        assertEquals(IPV4, Bytes.u16(f.sent(), 12), "what waited for the answer");
    }

    @Test
    void theAddress_isNeitherAnnouncedNorDefended() {
        f.ip.announce(f.now);
        f.receive(announcement(PEER_MAC, OUR_IP));
        f.passTime(3 * SECOND);
        for (byte[] sent = f.sent(); sent != null; sent = f.sent()) {
            if (Bytes.u16(sent, 12) == Bytes.ARP) {
                assertEquals(100, Bytes.u8(sent, 31), "a VIP's");
            }
        }
        assertEquals(0, f.drops(DropReason.ADDRESS_CONFLICT));
    }
}
