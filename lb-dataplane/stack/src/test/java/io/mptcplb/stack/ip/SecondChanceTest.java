package io.mptcplb.stack.ip;

import static io.mptcplb.stack.ip.ArpInputTest.request;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.IpAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Segments of connections that nobody here knows: which of them leave, where to, and as what. */
class SecondChanceTest {
    private static final String OTHER_BOX = "192.0.2.2";
    private static final String OTHER_BOX6 = "2001:db8:1::2";
    private static final long OTHER_BOX_MAC = 0x02_00_00_00_0b_02L;
    private static final int TCP_BYTES = 20;

    private final IpFixture f = new IpFixture();
    private final Strays strays = new Strays();
    private final FrameDispatcher dispatcher = new FrameDispatcher(f.ip, strays, f.now);

    @AfterEach
    void everyBufferIsBack() {
        f.close();
    }

    /** In TCP's place: it knows no connection. */
    private final class Strays implements SegmentInput {
        int passed;
        int kept;

        @Override
        public void onSegment(NetPort port, long m, IpFacts facts, long nowNanos) {
            Mbuf.trimFront(m, TCP_BYTES);
            if (f.ip.passStray(port, m, facts, TCP_BYTES, nowNanos)) {
                passed++;
            } else {
                kept++;
                f.pool.releaseChain(m);
            }
        }

        @Override
        public DropReason onIcmpError(NetPort port, IpFacts facts, IcmpQuote quote, long nowNanos) {
            throw new AssertionError("no such thing here");
        }
    }

    private void passStraysTo(String... boxes) {
        f.ip.passStraysToNobody();
        for (String box : boxes) {
            IpAddress address = IpFixture.at(box);
            f.ip.passStraysTo(address.hi(), address.lo());
        }
    }

    private void knowOtherBox() {
        passStraysTo(OTHER_BOX6, OTHER_BOX);
        f.receive(request(OTHER_BOX_MAC, OTHER_BOX, IpFixture.OUR_IP));
    }

    private static byte[] frame(byte[] packet, int type) {
        return Bytes.ethernet(IpFixture.OUR_MAC, IpFixture.PEER_MAC, type, packet);
    }

    private static byte[] segmentTo(String destination, int payloadBytes) {
        byte[] tcp = Bytes.tcp(4_000, 80, 99, payloadBytes);
        return frame(Bytes.ipv4(IpFixture.PEER_IP, destination, 6, tcp), Bytes.IPV4);
    }

    private void arrive(long m) {
        dispatcher.onFrame(0, m, f.now);
        f.cables[0].flush();
    }

    private void arrive(byte[] bytes) {
        arrive(f.load(bytes, bytes.length));
    }

    @Test
    void stray_leavesForTheOtherBox_asItCame_butForItsHops() {
        knowOtherBox();
        f.drain();
        byte[] came = segmentTo(IpFixture.VIP, 100);
        arrive(came);
        byte[] left = f.sent();
        assertEquals(1, strays.passed);
        assertEquals(OTHER_BOX_MAC, Bytes.mac(left, 0));
        assertEquals(IpFixture.OUR_MAC, Bytes.mac(left, 6));
        assertEquals(4, Bytes.u8(left, 14 + 8), "of 61 hops no more than a loop may waste");
        assertEquals(0xffff, Bytes.sum(left, 14, 20, 0), "the header's checksum");
        assertArrayEquals(Bytes.slice(came, 26, 128), Bytes.slice(left, 26, 128));
        assertArrayEquals(Bytes.slice(came, 14, 8), Bytes.slice(left, 14, 8));
    }

    @Test
    void ipv6_leavesForTheBoxOfItsFamily() {
        passStraysTo(OTHER_BOX, OTHER_BOX6);
        byte[] tcp = Bytes.tcp(4_000, 80, 99, 10);
        byte[] came = frame(Bytes.ipv6(IpFixture.PEER_IP6, IpFixture.VIP6, 6, 3, tcp), Bytes.IPV6);
        arrive(came);
        assertEquals(1, strays.passed, "it waits for the other box's link-layer address");
        byte[] question = f.sent();
        assertEquals(58, Bytes.u8(question, 14 + 6), "a solicitation");
        f.receive(
                Bytes.ethernet(
                        IpFixture.OUR_MAC,
                        OTHER_BOX_MAC,
                        Bytes.IPV6,
                        Bytes.ipv6(
                                OTHER_BOX6,
                                IpFixture.OUR_IP6,
                                58,
                                255,
                                Bytes.neighbour(
                                        OTHER_BOX6,
                                        IpFixture.OUR_IP6,
                                        136,
                                        0x60,
                                        OTHER_BOX6,
                                        OTHER_BOX_MAC))));
        byte[] left = f.sent();
        assertEquals(OTHER_BOX_MAC, Bytes.mac(left, 0));
        assertEquals(2, Bytes.u8(left, 14 + 7), "one hop less");
        assertArrayEquals(Bytes.slice(came, 22, 62), Bytes.slice(left, 22, 62));
    }

    @Test
    void mergedFrame_leavesToBeCutAgain_itsPayloadByReference() {
        knowOtherBox();
        f.drain();
        byte[] came = segmentTo(IpFixture.VIP, 4_000);
        long m = f.load(came, 1_000);
        Mbuf.setOlFlags(m, Mbuf.RX_L4_PARTIAL | Mbuf.RX_LRO);
        Mbuf.setTxOffload(m, 0, 0, 0, 1_400);
        arrive(m);
        long left = f.cables[0].takeSent();
        assertEquals(1_400, Mbuf.segmentBytes(left));
        assertEquals(Mbuf.RX_L4_PARTIAL, Mbuf.olFlags(left) & Mbuf.RX_L4_PARTIAL);
        byte[] bytes = IpFixture.unload(left);
        f.pool.releaseChain(left);
        int pseudo =
                Bytes.pseudo(Bytes.ip(IpFixture.PEER_IP), Bytes.ip(IpFixture.VIP), 6, 20 + 4_000);
        assertEquals(pseudo, Bytes.u16(bytes, 34 + 16), "for the device to finish");
        assertArrayEquals(Bytes.slice(came, 54, 4_000), Bytes.slice(bytes, 54, 4_000));
        assertEquals(0, f.cables[0].copiedPayloadBytes());
    }

    @Test
    void chainOfMorePiecesThanAFrameHas_isDroppedByName() {
        knowOtherBox();
        f.drain();
        byte[] came = segmentTo(IpFixture.VIP, 4_000);
        long m = f.load(came, 80);
        Mbuf.setOlFlags(m, Mbuf.RX_L4_PARTIAL | Mbuf.RX_LRO);
        Mbuf.setTxOffload(m, 0, 0, 0, 1_400);
        arrive(m);
        assertEquals(1, f.drops(DropReason.PACKET_TOO_BIG));
        assertNull(f.sent());
    }

    @Test
    void lastHop_ownAddress_otherLink_otherFamily_orNobody_staysHere() {
        arrive(segmentTo(IpFixture.VIP, 1));
        assertEquals(1, strays.kept, "nobody to pass it to");
        passStraysTo(IpFixture.FAR_IP);
        arrive(segmentTo(IpFixture.VIP, 1));
        assertEquals(2, strays.kept, "a box beyond the link");
        passStraysTo(OTHER_BOX6);
        arrive(segmentTo(IpFixture.VIP, 1));
        assertEquals(3, strays.kept, "a box of the other family");
        knowOtherBox();
        arrive(segmentTo(IpFixture.OUR_IP, 1));
        assertEquals(4, strays.kept, "the port's own address is no other box's");
        byte[] tired = segmentTo(IpFixture.VIP, 1);
        tired[14 + 8] = 1;
        tired[14 + 10] = 0;
        tired[14 + 11] = 0;
        int sum = ~Bytes.sum(tired, 14, 20, 0);
        tired[14 + 10] = (byte) (sum >> 8);
        tired[14 + 11] = (byte) sum;
        arrive(tired);
        assertEquals(5, strays.kept, "it has gone round");
        passStraysTo();
        arrive(segmentTo(IpFixture.VIP, 1));
        assertEquals(6, strays.kept, "nobody any more");
        assertEquals(0, strays.passed);
    }
}
