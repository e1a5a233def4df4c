package io.mptcplb.dpdk.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.dpdk.Frames;
import io.mptcplb.dpdk.PacketPeer;
import io.mptcplb.dpdk.Poller;
import io.mptcplb.dpdk.PortDrop;
import io.mptcplb.frame.ArenaBufferPool;
import io.mptcplb.frame.GatherFrame;
import io.mptcplb.frame.Mbuf;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Frames larger than the MTU between two packet ports: whole and unfinished where the devices let
 * them, cut and summed by the kernel where they do not.
 */
@Tag("interop")
final class PacketSuperFrameInteropTest {
    private static final int BUFFERS = 4095;
    private static final int LONGEST_BYTES = 65_160;

    private final ArenaBufferPool pool = new ArenaBufferPool(BUFFERS, Mbuf.DEFAULT_ROOM_BYTES);
    private final GatherFrame frame = new GatherFrame();
    private final long[] frames = new long[64];
    private Veth veth;

    @BeforeEach
    void wire() {
        veth = new Veth();
    }

    @AfterEach
    void everythingIsBack() {
        veth.close();
        assertEquals(BUFFERS, pool.available());
        pool.close();
    }

    private void release(long[] buffers) {
        for (long m : buffers) {
            assertEquals(1, Mbuf.refcnt(m), "the port gave its reference back");
            pool.release(m);
        }
    }

    private static void assertPayload(TcpSuperFrame tcp, byte[] bytes, int from) {
        for (int i = tcp.headerBytes; i < bytes.length; i++) {
            int index = from + i - tcp.headerBytes;
            assertEquals(TcpSuperFrame.payload(index), bytes[i] & 0xff, "payload byte " + index);
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 14480", "true, 14480", "false, 65160", "true, 65160"})
    void superFrame_devicesCan_arrivesWholeWithItsFacts(boolean ipv6, int payloadBytes) {
        veth.offloadsOn();
        TcpSuperFrame tcp = new TcpSuperFrame(ipv6);
        try (PacketPort ours = veth.openOurs(pool);
                PacketPort theirs = veth.openTheirs(pool);
                Poller poller = new Poller()) {
            poller.add(theirs);
            long[] slices = tcp.begin(pool, frame, payloadBytes, TcpSuperFrame.ACK);
            frame.segmentBytes(1428);
            assertTrue(ours.send(frame));
            assertEquals(1, ours.flush());
            release(slices);
            Veth.receive(theirs, poller, frames, 1);
            long m = frames[0];
            assertEquals(tcp.headerBytes + payloadBytes, Mbuf.pktLen(m));
            assertEquals(Mbuf.RX_L4_PARTIAL, Mbuf.olFlags(m) & Mbuf.RX_L4_PARTIAL);
            assertNotEquals(0, Mbuf.olFlags(m) & Mbuf.RX_LRO);
            assertEquals(1428, Mbuf.segmentBytes(m));
            byte[] bytes = Frames.bytes(m);
            assertPayload(tcp, bytes, 0);
            assertEquals(
                    tcp.pseudo(bytes, TcpSuperFrame.TCP_BYTES + payloadBytes),
                    tcp.checksum(bytes),
                    "the sum over the true length");
            pool.releaseChain(m);
        }
    }

    /** The kernel cuts it at the device: what a wire would carry. */
    @ParameterizedTest
    @CsvSource({
        "false, 14480, 1448",
        "true, 14480, 1428",
        "false, 65160, 1448",
        "true, 5000, 1000"
    })
    void superFrame_devicesCannot_arrivesAsSegmentsWithGoodSums(
            boolean ipv6, int payloadBytes, int segmentBytes) {
        TcpSuperFrame tcp = new TcpSuperFrame(ipv6);
        int flags = TcpSuperFrame.ACK | TcpSuperFrame.PSH | TcpSuperFrame.FIN | TcpSuperFrame.CWR;
        int segments = (payloadBytes + segmentBytes - 1) / segmentBytes;
        try (PacketPort ours = veth.openOurs(pool);
                PacketPort theirs = veth.openTheirs(pool);
                Poller poller = new Poller()) {
            poller.add(theirs);
            long[] slices = tcp.begin(pool, frame, payloadBytes, flags);
            frame.segmentBytes(segmentBytes);
            assertTrue(ours.send(frame));
            assertEquals(1, ours.flush());
            release(slices);
            Veth.receive(theirs, poller, frames, segments);
            int done = 0;
            for (int i = 0; i < segments; i++) {
                assertEquals(0, Mbuf.olFlags(frames[i]) & Mbuf.RX_LRO);
                byte[] bytes = Frames.bytes(frames[i]);
                assertTrue(tcp.intact(bytes), "segment " + i);
                assertEquals(TcpSuperFrame.SEQ + done, tcp.seq(bytes));
                boolean last = i == segments - 1;
                int expected = TcpSuperFrame.ACK;
                expected |= i == 0 ? TcpSuperFrame.CWR : 0;
                expected |= last ? TcpSuperFrame.PSH | TcpSuperFrame.FIN : 0;
                assertEquals(expected, tcp.flags(bytes), "flags of segment " + i);
                assertEquals(0x1122_3344, timestamp(tcp, bytes), "options are repeated");
                assertPayload(tcp, bytes, done);
                done += bytes.length - tcp.headerBytes;
                pool.releaseChain(frames[i]);
            }
            assertEquals(payloadBytes, done);
        }
    }

    private static int timestamp(TcpSuperFrame tcp, byte[] bytes) {
        int at = tcp.headerBytes - 8;
        return bytes[at] << 24
                | (bytes[at + 1] & 0xff) << 16
                | (bytes[at + 2] & 0xff) << 8
                | bytes[at + 3] & 0xff;
    }

    @Test
    void segments_largerThanTheMtu_areCutToIt() {
        TcpSuperFrame tcp = new TcpSuperFrame(false);
        try (PacketPort ours = veth.openOurs(pool);
                PacketPort theirs = veth.openTheirs(pool);
                Poller poller = new Poller()) {
            poller.add(theirs);
            long[] slices = tcp.begin(pool, frame, 2896, TcpSuperFrame.ACK);
            frame.segmentBytes(8948);
            assertTrue(ours.send(frame));
            ours.flush();
            release(slices);
            Veth.receive(theirs, poller, frames, 2);
            for (int i = 0; i < 2; i++) {
                assertEquals(1514, Mbuf.pktLen(frames[i]));
                pool.releaseChain(frames[i]);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void checksum_isLeftToThePort_isFinishedOrTold(boolean ipv6, boolean offloads) {
        if (offloads) {
            veth.offloadsOn();
        }
        TcpSuperFrame tcp = new TcpSuperFrame(ipv6);
        try (PacketPort ours = veth.openOurs(pool);
                PacketPort theirs = veth.openTheirs(pool);
                Poller poller = new Poller()) {
            poller.add(theirs);
            long[] slices = tcp.begin(pool, frame, 1001, TcpSuperFrame.ACK);
            assertTrue(ours.send(frame));
            ours.flush();
            release(slices);
            Veth.receive(theirs, poller, frames, 1);
            byte[] bytes = Frames.bytes(frames[0]);
            boolean partial = (Mbuf.olFlags(frames[0]) & Mbuf.RX_L4_PARTIAL) == Mbuf.RX_L4_PARTIAL;
            assertEquals(offloads, partial);
            assertEquals(!offloads, tcp.intact(bytes));
            assertPayload(tcp, bytes, 0);
            pool.releaseChain(frames[0]);
        }
    }

    @Test
    void burst_ofSuperFrames_arrivesWholeAndInOrder() {
        veth.offloadsOn();
        TcpSuperFrame tcp = new TcpSuperFrame(false);
        int count = 40;
        try (PacketPort ours = veth.openOurs(pool);
                PacketPort theirs = veth.openTheirs(pool);
                Poller poller = new Poller()) {
            poller.add(theirs);
            for (int i = 0; i < count; i++) {
                long[] slices = tcp.begin(pool, frame, LONGEST_BYTES - i, TcpSuperFrame.ACK);
                frame.segmentBytes(1448);
                assertTrue(ours.send(frame));
                for (long m : slices) {
                    pool.release(m);
                }
                ours.flush();
                Veth.receive(theirs, poller, frames, 1);
                assertEquals(tcp.headerBytes + LONGEST_BYTES - i, Mbuf.pktLen(frames[0]));
                assertPayload(tcp, Frames.bytes(frames[0]), 0);
                pool.releaseChain(frames[0]);
            }
            assertEquals(count, theirs.statistics().rxFrames());
            assertEquals(0, theirs.statistics().rxMissed());
        }
    }

    /** Without a segment size, a frame above the MTU is nobody's. */
    @Test
    void frame_aboveTheMtu_withoutSegments_isDroppedByName() {
        TcpSuperFrame tcp = new TcpSuperFrame(false);
        try (PacketPort ours = veth.openOurs(pool)) {
            long[] slices = tcp.begin(pool, frame, 1500, TcpSuperFrame.ACK);
            assertFalse(ours.send(frame));
            release(slices);
            // A tag's four bytes more are let through to the kernel, which knows.
            slices = tcp.begin(pool, frame, 1452, TcpSuperFrame.ACK);
            assertTrue(ours.send(frame));
            assertEquals(0, ours.flush());
            release(slices);
            assertEquals(2, ours.drops(PortDrop.TX_OVERSIZED));
            assertEquals(2, ours.sendDrops());
        }
    }

    @Test
    void queue_isFull_lossIsCountedByTheKernelAndPublished() {
        veth.offloadsOn();
        TcpSuperFrame tcp = new TcpSuperFrame(false);
        PacketOptions small = PacketOptions.of(Veth.THEIRS).withReceiveBytes(200_000);
        int count = 30;
        try (PacketPort ours = veth.openOurs(pool);
                PacketPort theirs = veth.far.inside(() -> PacketPort.open(small, pool))) {
            assertEquals(400_000, theirs.statistics().rxQueueBytes());
            for (int i = 0; i < count; i++) {
                long[] slices = tcp.begin(pool, frame, LONGEST_BYTES, TcpSuperFrame.ACK);
                frame.segmentBytes(1448);
                assertTrue(ours.send(frame));
                ours.flush();
                release(slices);
            }
            int received = theirs.poll(frames);
            assertTrue(received > 0 && received < count, received + " received");
            for (int i = 0; i < received; i++) {
                pool.releaseChain(frames[i]);
            }
            assertEquals(count - received, theirs.statistics().rxMissed());
            assertEquals(count - received, theirs.statistics().rxMissed(), "kept when read");
        }
    }

    private static byte[] tagged(byte[] plain, int tci) {
        byte[] tagged = new byte[plain.length + 4];
        System.arraycopy(plain, 0, tagged, 0, 12);
        System.arraycopy(plain, 12, tagged, 16, plain.length - 12);
        tagged[12] = (byte) 0x81;
        tagged[14] = (byte) (tci >> 8);
        tagged[15] = (byte) tci;
        return tagged;
    }

    @Test
    void vlan_othersFramesAreDroppedByName_ownComeWithoutTheirTag() {
        try (PacketPort ours = veth.open(PacketOptions.of(Veth.OURS).withVlan(5), pool);
                Poller poller = new Poller();
                PacketPeer peer = veth.peer()) {
            poller.add(ours);
            byte[] plain = PacketPeer.frame(200, 4);
            peer.send(plain);
            peer.send(tagged(plain, 6));
            peer.send(tagged(plain, 0x6005));
            Veth.receive(ours, poller, frames, 1);
            assertArrayEquals(plain, Frames.bytes(frames[0]));
            assertEquals(2, ours.drops(PortDrop.RX_OTHER_VLAN));
            assertEquals(0, ours.statistics().rxErrors(), "others' frames are no errors");
            pool.releaseChain(frames[0]);
            Arrays.fill(frames, 0);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void vlan_superFrame_arrivesWhereItsTagIsExpected(boolean offloads) {
        if (offloads) {
            veth.offloadsOn();
        }
        TcpSuperFrame tcp = new TcpSuperFrame(false);
        try (PacketPort ours = veth.open(PacketOptions.of(Veth.OURS).withVlan(5), pool);
                PacketPort theirs = veth.openTheirs(pool, 5);
                PacketPort others = veth.openTheirs(pool, 0);
                Poller poller = new Poller()) {
            poller.add(theirs);
            long[] slices = tcp.begin(pool, frame, 14_480, TcpSuperFrame.ACK);
            frame.segmentBytes(1448);
            assertTrue(ours.send(frame));
            assertEquals(1, ours.flush());
            release(slices);
            int count = offloads ? 1 : 10;
            Veth.receive(theirs, poller, frames, count);
            assertEquals(0, others.poll(new long[16]));
            assertEquals(count, others.drops(PortDrop.RX_OTHER_VLAN));
            int from = 0;
            for (int i = 0; i < count; i++) {
                byte[] bytes = Frames.bytes(frames[i]);
                assertEquals(0x0800, (bytes[12] & 0xff) << 8 | bytes[13] & 0xff);
                assertPayload(tcp, bytes, from);
                from += bytes.length - tcp.headerBytes;
                pool.releaseChain(frames[i]);
            }
            assertEquals(14_480, from);
            Arrays.fill(frames, 0);
        }
    }
}
