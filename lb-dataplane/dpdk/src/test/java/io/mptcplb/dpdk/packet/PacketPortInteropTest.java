package io.mptcplb.dpdk.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.dpdk.DpdkBufferPool;
import io.mptcplb.dpdk.DpdkError;
import io.mptcplb.dpdk.DpdkException;
import io.mptcplb.dpdk.Eal;
import io.mptcplb.dpdk.EalOptions;
import io.mptcplb.dpdk.Frames;
import io.mptcplb.dpdk.MemoryMode;
import io.mptcplb.dpdk.PacketPeer;
import io.mptcplb.dpdk.Poller;
import io.mptcplb.dpdk.PortDrop;
import io.mptcplb.frame.GatherFrame;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The packet port on a veth pair, with DPDK's buffers; the peer is the kernel. */
@Tag("interop")
final class PacketPortInteropTest {
    private static final int BUFFERS = 4095;
    private static final long SECOND = 1_000_000_000L;

    private static Eal eal;
    private static DpdkBufferPool pool;

    private final GatherFrame frame = new GatherFrame();
    private final long[] frames = new long[512];
    private Veth veth;

    @BeforeAll
    static void start() {
        eal = Eal.start(EalOptions.ofMegabytes(64).withMemoryMode(MemoryMode.ORDINARY));
        pool = DpdkBufferPool.create("packet", BUFFERS, Mbuf.DEFAULT_ROOM_BYTES);
    }

    @AfterAll
    static void stop() {
        pool.close();
        eal.close();
    }

    @BeforeEach
    void wire() {
        veth = new Veth();
    }

    @AfterEach
    void everythingIsBack() {
        veth.close();
        assertEquals(BUFFERS, pool.available());
    }

    /** What the watch and the worker do. */
    private static boolean linkUp(PacketPort port) {
        port.look();
        return port.linkUp();
    }

    private static long bufferOf(byte[] bytes, int offset, int count) {
        long m = pool.alloc();
        Mem.copyIn(bytes, offset, Mbuf.data(m), count);
        Mbuf.setLength(m, count);
        return m;
    }

    @Test
    void frames_fromTheKernel_arriveAsTheyWereSentAndWakeThePoller() {
        try (PacketPort port = veth.openOurs(pool);
                Poller poller = new Poller();
                PacketPeer peer = veth.peer()) {
            poller.add(port);
            assertFalse(poller.await(0));
            for (int bytes : new int[] {60, 61, 590, 1514}) {
                byte[] sent = PacketPeer.frame(bytes, bytes);
                peer.send(sent);
                assertTrue(poller.await(Poller.WAIT_NANOS_MAX), "a frame makes the port readable");
                Veth.receive(port, poller, frames, 1);
                assertArrayEquals(sent, Frames.bytes(frames[0]));
                pool.release(frames[0]);
            }
            assertFalse(poller.await(0));
            assertEquals(4, port.statistics().rxFrames());
        }
    }

    @Test
    void gatherFrames_areSent_arriveWholeAndTheirBuffersAreBackAtOnce() {
        try (PacketPort port = veth.openOurs(pool);
                PacketPeer peer = veth.peer()) {
            assertTrue(port.capabilities().gather());
            byte[] sent = PacketPeer.frame(1514, 5);
            long payload = bufferOf(sent, 54, 1460);
            for (int round = 0; round < 600; round++) {
                frame.begin(bufferOf(sent, 0, 54));
                frame.add(payload, Mbuf.dataOff(payload), 700);
                frame.add(payload, Mbuf.dataOff(payload) + 700, 760);
                assertTrue(port.send(frame));
                assertEquals(3, Mbuf.refcnt(payload), "held until it is with the kernel");
                assertEquals(1, port.flush());
                assertEquals(1, Mbuf.refcnt(payload));
                assertArrayEquals(sent, peer.receive(5 * SECOND));
            }
            assertEquals(0, port.copiedPayloadBytes());
            assertEquals(600, port.statistics().txFrames());
            assertEquals(600 * 1514, port.statistics().txBytes());
            assertEquals(0, port.sendDrops());
            pool.release(payload);
        }
    }

    @Test
    void bursts_betweenTwoPorts_arriveInOrderAndNobodySeesItsOwn() {
        try (PacketPort ours = veth.openOurs(pool);
                PacketPort theirs = veth.openTheirs(pool);
                Poller poller = new Poller()) {
            poller.add(theirs);
            for (int round = 0; round < 20; round++) {
                int count = 1 + round * 11;
                for (int i = 0; i < count; i++) {
                    frame.begin(Frames.of(pool, 60 + i, i));
                    assertTrue(ours.send(frame));
                }
                ours.flush();
                assertEquals(0, ours.waiting());
                Veth.receive(theirs, poller, frames, count);
                for (int i = 0; i < count; i++) {
                    assertEquals(60 + i, Mbuf.pktLen(frames[i]));
                    assertEquals(Frames.pattern(i, 59), Mem.u8(Mbuf.data(frames[i]) + 59));
                    pool.releaseChain(frames[i]);
                }
            }
            assertEquals(0, ours.poll(frames), "what a port sends does not come back to it");
        }
    }

    @ParameterizedTest
    @CsvSource({"9000", "4000", "1800", "1280"})
    void mtu_ofTheInterface_isCarriedBothWaysInOrdinaryBuffers(int mtuBytes) {
        veth.mtu(mtuBytes);
        try (PacketPort port = veth.openOurs(pool);
                Poller poller = new Poller();
                PacketPeer peer = veth.peer()) {
            poller.add(port);
            assertEquals(mtuBytes, port.capabilities().mtuBytes());
            byte[] full = PacketPeer.frame(mtuBytes + 14, 3);
            for (int round = 0; round < 200; round++) {
                peer.send(full);
                Veth.receive(port, poller, frames, 1);
                assertArrayEquals(full, Frames.bytes(frames[0]));
                sendChain(port, frames[0]);
                assertArrayEquals(full, peer.receive(5 * SECOND));
            }
        }
    }

    /** Sends a chain as a header buffer with slices, and lets go of it. */
    private void sendChain(PacketPort port, long m) {
        long rest = Mbuf.next(m);
        Mbuf.setNext(m, 0);
        Mbuf.setNbSegs(m, 1);
        frame.begin(m);
        for (long at = rest; at != 0; at = Mbuf.next(at)) {
            frame.add(at, Mbuf.dataOff(at), Mbuf.dataLen(at));
        }
        assertTrue(port.send(frame));
        assertEquals(1, port.flush());
        pool.releaseChain(rest);
    }

    @Test
    void mtu_aboveTheInterfaces_isRefused() {
        PacketOptions options = PacketOptions.of(Veth.OURS).withMtuBytes(1501);
        DpdkException thrown = assertThrows(DpdkException.class, () -> veth.open(options, pool));
        assertEquals(DpdkError.MTU_TOO_LARGE, thrown.error());
        assertTrue(thrown.getMessage().contains("interface v0 has 1500"), thrown.getMessage());
    }

    @Test
    void interface_isNotThere_isNamed() {
        DpdkException thrown =
                assertThrows(DpdkException.class, () -> veth.open(PacketOptions.of("nope"), pool));
        assertEquals(DpdkError.DEVICE_MISSING, thrown.error());
        assertTrue(
                thrown.getMessage().contains("interface nope: No such device"),
                thrown.getMessage());
    }

    @Test
    void address_withHighBits_isTheDevicesOwn() {
        veth.box.exec("ip", "link", "set", Veth.OURS, "address", "02:ff:80:90:a0:b0");
        try (PacketPort port = veth.openOurs(pool)) {
            assertEquals(0x02ff_8090_a0b0L, port.macAddress());
        }
    }

    @Test
    void link_isDownAtThePeer_isSeenSendsAreCountedAndComeBackWithIt() {
        try (PacketPort port = veth.openOurs(pool);
                Poller poller = new Poller();
                PacketPeer peer = veth.peer()) {
            poller.add(port);
            assertTrue(linkUp(port));
            veth.far.exec("ip", "link", "set", Veth.THEIRS, "down");
            assertFalse(linkUp(port));
            assertSendIsDropped(port);
            veth.far.exec("ip", "link", "set", Veth.THEIRS, "up");
            peer.receive(0);
            assertWorksAgain(port, poller, peer);
        }
    }

    @Test
    void interface_isSetDown_waitingDoesNotSpinAndSendsComeBackWithIt() {
        try (PacketPort port = veth.openOurs(pool);
                Poller poller = new Poller();
                PacketPeer peer = veth.peer()) {
            poller.add(port);
            veth.box.exec("ip", "link", "set", Veth.OURS, "down");
            assertFalse(linkUp(port));
            assertSendIsDropped(port);
            poller.await(0);
            long start = System.nanoTime();
            assertFalse(poller.await(20_000_000L), "the error of the link was cleared");
            assertTrue(System.nanoTime() - start >= 20_000_000L);
            veth.box.exec("ip", "link", "set", Veth.OURS, "up");
            peer.receive(0);
            assertWorksAgain(port, poller, peer);
        }
    }

    /** The worker asks for the link once in a while: frames sent before it knows are counted. */
    @Test
    void interface_isSetDownUnnoticed_framesAreDroppedByNameAndDoNotStayBehind() {
        try (PacketPort port = veth.openOurs(pool)) {
            veth.box.exec("ip", "link", "set", Veth.OURS, "down");
            byte[] sent = PacketPeer.frame(200, 1);
            long payload = bufferOf(sent, 54, 146);
            for (int i = 0; i < 200; i++) {
                frame.begin(bufferOf(sent, 0, 54));
                frame.add(payload, Mbuf.dataOff(payload), 146);
                port.send(frame);
            }
            port.flush();
            assertEquals(0, port.waiting());
            assertEquals(1, Mbuf.refcnt(payload));
            assertEquals(200, port.drops(PortDrop.TX_LINK_DOWN));
            assertEquals(0, port.statistics().txFrames());
            pool.release(payload);
        }
    }

    private void assertSendIsDropped(PacketPort port) {
        long before = port.drops(PortDrop.TX_LINK_DOWN);
        int available = pool.available();
        frame.begin(Frames.of(pool, 60, 1));
        assertFalse(port.send(frame));
        assertEquals(before + 1, port.drops(PortDrop.TX_LINK_DOWN));
        assertEquals(available, pool.available());
        assertEquals(0, port.flush());
    }

    private void assertWorksAgain(PacketPort port, Poller poller, PacketPeer peer) {
        long deadline = System.nanoTime() + 5 * SECOND;
        while (!linkUp(port) && System.nanoTime() < deadline) {
            poller.await(1_000_000L);
        }
        assertTrue(linkUp(port));
        byte[] sent = PacketPeer.frame(300, 7);
        frame.begin(bufferOf(sent, 0, 300));
        assertTrue(port.send(frame));
        port.flush();
        assertArrayEquals(sent, peer.receive(5 * SECOND));
        peer.send(sent);
        Veth.receive(port, poller, frames, 1);
        assertArrayEquals(sent, Frames.bytes(frames[0]));
        pool.release(frames[0]);
    }

    @Test
    void pool_isEmpty_framesWaitInTheSocketAndArriveLater() {
        try (PacketPort port = veth.openOurs(pool);
                Poller poller = new Poller();
                PacketPeer peer = veth.peer()) {
            poller.add(port);
            long[] all = new long[BUFFERS];
            int taken = 0;
            for (long m = pool.alloc(); m != 0; m = pool.alloc()) {
                all[taken++] = m;
            }
            byte[] sent = PacketPeer.frame(100, 1);
            peer.send(sent);
            assertTrue(poller.await(Poller.WAIT_NANOS_MAX));
            assertEquals(0, port.poll(frames));
            assertEquals(1, port.statistics().rxNoBuffer());
            while (taken > 0) {
                pool.release(all[--taken]);
            }
            Veth.receive(port, poller, frames, 1);
            assertArrayEquals(sent, Frames.bytes(frames[0]));
            pool.release(frames[0]);
        }
    }

    @Test
    void capability_isMissing_processIsToldWhichAndEnds() throws Exception {
        String output = run(DpdkError.NO_NET_RAW.code(), "-net_raw");
        assertTrue(output.contains("CAP_NET_RAW"), output);
    }

    /** As in a pod: NET_RAW is all there is; the kernel then grants what its limit allows. */
    @Test
    void process_hasNetRawAlone_opensThePort() throws Exception {
        String output = run(0, "-all,+net_raw,+setpcap");
        assertTrue(output.contains("open: v0 (packet, MTU 1500"), output);
    }

    private String run(int status, String bounding) throws Exception {
        List<String> wrapper =
                List.of(
                        "ip",
                        "netns",
                        "exec",
                        veth.box.name,
                        "setpriv",
                        "--bounding-set",
                        bounding);
        Process process =
                new ProcessBuilder(OpenPacketPortMain.command(wrapper, Veth.OURS))
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes());
        assertEquals(status, process.waitFor(), output);
        return output;
    }
}
