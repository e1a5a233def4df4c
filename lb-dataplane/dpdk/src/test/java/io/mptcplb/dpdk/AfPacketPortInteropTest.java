package io.mptcplb.dpdk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.frame.GatherFrame;
import io.mptcplb.frame.Mbuf;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** net_af_packet on a veth pair; the peer is the kernel. */
@Tag("interop")
final class AfPacketPortInteropTest {
    private static final int BUFFERS = 2047;
    private static final int JUMBO_BUFFERS = 1023;
    private static final long SECOND = 1_000_000_000L;

    private static Eal eal;
    private static DpdkBufferPool pool;
    private static DpdkBufferPool jumboPool;

    private final GatherFrame frame = new GatherFrame();
    private final long[] frames = new long[RxQueue.BURST_MAX];
    private NetworkNamespace box;
    private NetworkNamespace far;

    @BeforeAll
    static void start() {
        eal = Eal.start(EalOptions.ofMegabytes(64).withMemoryMode(MemoryMode.ORDINARY));
        pool = DpdkBufferPool.create("packet", BUFFERS, Mbuf.DEFAULT_ROOM_BYTES);
        jumboPool =
                DpdkBufferPool.create("jumbo", JUMBO_BUFFERS, AfPacketRing.roomBytesForMtu(9000));
    }

    @AfterAll
    static void stop() {
        jumboPool.close();
        pool.close();
        eal.close();
    }

    @BeforeEach
    void wire() {
        box = new NetworkNamespace("box");
        far = new NetworkNamespace("far");
        NetworkNamespace.link(box, "v0", far, "v1");
    }

    @AfterEach
    void everythingIsBack() {
        box.close();
        far.close();
        assertEquals(BUFFERS, pool.available());
        assertEquals(JUMBO_BUFFERS, jumboPool.available());
        assertEquals(0, eal.portCount());
    }

    private EthPort open(PortOptions options, DpdkBufferPool from) {
        return box.inside(() -> EthPort.open(options, from));
    }

    private EthPort openSmall() {
        return open(PortOptions.afPacket("v0").withFrames(512, 256), pool);
    }

    /** Polls until a frame is there; frames of other protocols never are, on such a wire. */
    private int poll(EthPort port, Poller poller) {
        long deadline = System.nanoTime() + 5 * SECOND;
        int received = port.poll(frames);
        while (received == 0 && System.nanoTime() < deadline) {
            poller.await(Poller.WAIT_NANOS_MAX);
            received = port.poll(frames);
        }
        return received;
    }

    @Test
    void frames_fromTheKernel_arriveAsTheyWereSentAndWakeThePoller() {
        try (EthPort port = openSmall();
                Poller poller = new Poller();
                PacketPeer peer = PacketPeer.open(far, "v1")) {
            assertTrue(port.readableDescriptor() >= 0);
            poller.add(port);
            assertFalse(poller.await(0));
            for (int bytes : new int[] {60, 61, 590, 1514}) {
                byte[] sent = PacketPeer.frame(bytes, bytes);
                peer.send(sent);
                assertTrue(poller.await(Poller.WAIT_NANOS_MAX), "a frame makes the port readable");
                assertEquals(1, poll(port, poller));
                assertArrayEquals(sent, Frames.bytes(frames[0]));
                pool.release(frames[0]);
            }
            assertFalse(poller.await(0));
            assertEquals(4, port.statistics().rxFrames());
        }
    }

    @Test
    void gatherFrames_areSent_arriveAtTheKernelWholeAndNothingWasCopied() {
        try (EthPort port = openSmall();
                PacketPeer peer = PacketPeer.open(far, "v1")) {
            assertTrue(port.capabilities().gather());
            byte[] sent = PacketPeer.frame(1514, 5);
            long payload = bufferOf(pool, sent, 54, 1460);
            for (int round = 0; round < 600; round++) {
                frame.begin(bufferOf(pool, sent, 0, 54));
                frame.add(payload, Mbuf.dataOff(payload), 700);
                frame.add(payload, Mbuf.dataOff(payload) + 700, 760);
                assertTrue(port.send(frame));
                port.flush();
                assertArrayEquals(sent, peer.receive(5 * SECOND));
                assertEquals(1, Mbuf.refcnt(payload), "the driver gave its references back");
            }
            assertEquals(0, port.copiedPayloadBytes());
            assertEquals(port.indirectCapacity(), port.indirectAvailable());
            assertEquals(600, port.statistics().txFrames());
            assertEquals(0, port.sendDrops());
            pool.release(payload);
        }
    }

    private static long bufferOf(DpdkBufferPool from, byte[] bytes, int offset, int count) {
        long m = from.alloc();
        io.mptcplb.frame.Mem.copyIn(bytes, offset, Mbuf.data(m), count);
        Mbuf.setLength(m, count);
        return m;
    }

    @ParameterizedTest
    @CsvSource({"9000", "4000", "1800", "1280"})
    void mtu_ofTheInterface_isCarriedBothWays(int mtuBytes) {
        box.exec("ip", "link", "set", "v0", "mtu", Integer.toString(mtuBytes));
        far.exec("ip", "link", "set", "v1", "mtu", Integer.toString(mtuBytes));
        try (EthPort port = open(PortOptions.afPacket("v0").withFrames(128, 128), jumboPool);
                Poller poller = new Poller();
                PacketPeer peer = PacketPeer.open(far, "v1")) {
            poller.add(port);
            assertEquals(mtuBytes, port.capabilities().mtuBytes());
            byte[] full = PacketPeer.frame(mtuBytes + 14, 3);
            for (int round = 0; round < 200; round++) {
                peer.send(full);
                assertEquals(1, poll(port, poller));
                assertArrayEquals(full, Frames.bytes(frames[0]));
                frame.begin(frames[0]);
                assertTrue(port.send(frame));
                port.flush();
                assertArrayEquals(full, peer.receive(5 * SECOND));
            }
            frame.begin(bufferOf(jumboPool, full, 0, mtuBytes + 14));
            long extra = bufferOf(jumboPool, full, 0, 10);
            frame.add(extra, Mbuf.dataOff(extra), 5);
            assertFalse(port.send(frame));
            assertEquals(1, port.drops(PortDrop.TX_OVERSIZED));
            jumboPool.release(extra);
        }
    }

    @Test
    void buffers_areTooSmallForTheMtu_saysWhichRoom() {
        box.exec("ip", "link", "set", "v0", "mtu", "9000");
        DpdkException thrown =
                assertThrows(DpdkException.class, () -> open(PortOptions.afPacket("v0"), pool));
        assertEquals(DpdkError.ROOM_TOO_SMALL, thrown.error());
        assertTrue(
                thrown.getMessage().contains(AfPacketRing.roomBytesForMtu(9000) + " bytes"),
                thrown.getMessage());
    }

    @Test
    void mtu_aboveTheInterfaces_isRefused() {
        DpdkException thrown =
                assertThrows(
                        DpdkException.class,
                        () -> open(PortOptions.afPacket("v0").withMtuBytes(1501), pool));
        assertEquals(DpdkError.MTU_TOO_LARGE, thrown.error());
        assertTrue(thrown.getMessage().contains("interface v0 has 1500"), thrown.getMessage());
    }

    @Test
    void interface_isNotThere_isNamed() {
        DpdkException thrown =
                assertThrows(DpdkException.class, () -> open(PortOptions.afPacket("nope"), pool));
        assertEquals(DpdkError.DEVICE_MISSING, thrown.error());
        assertTrue(
                thrown.getMessage().contains("interface nope: No such device"),
                thrown.getMessage());
        assertTrue(thrown.getMessage().contains("ip link"), thrown.getMessage());
    }

    @Test
    void link_isDownAtThePeer_isSeenSendsAreCountedAndComeBackWithIt() {
        try (EthPort port = openSmall();
                Poller poller = new Poller();
                PacketPeer peer = PacketPeer.open(far, "v1")) {
            poller.add(port);
            assertTrue(port.linkUp());
            port.requireLinkUp();
            far.exec("ip", "link", "set", "v1", "down");
            DpdkException thrown = assertThrows(DpdkException.class, port::requireLinkUp);
            assertEquals(DpdkError.LINK_DOWN, thrown.error());
            assertTrue(thrown.getMessage().contains("ip link set dev v0 up"), thrown.getMessage());
            assertSendIsDropped(port);
            far.exec("ip", "link", "set", "v1", "up");
            peer.receive(0);
            assertWorksAgain(port, poller, peer);
        }
    }

    @Test
    void interface_isSetDown_waitingDoesNotSpinAndSendsComeBackWithIt() {
        try (EthPort port = openSmall();
                Poller poller = new Poller();
                PacketPeer peer = PacketPeer.open(far, "v1")) {
            poller.add(port);
            box.exec("ip", "link", "set", "v0", "down");
            assertFalse(port.linkUp());
            assertSendIsDropped(port);
            poller.await(0);
            long start = System.nanoTime();
            assertFalse(poller.await(20_000_000L), "the error of the link was cleared");
            assertTrue(System.nanoTime() - start >= 20_000_000L);
            box.exec("ip", "link", "set", "v0", "up");
            peer.receive(0);
            assertWorksAgain(port, poller, peer);
        }
    }

    /** The worker asks for the link once in a while: frames sent before it knows must not stay. */
    @Test
    void interface_isSetDownUnnoticed_framesDoNotStayBehind() {
        try (EthPort port = openSmall()) {
            box.exec("ip", "link", "set", "v0", "down");
            byte[] sent = PacketPeer.frame(200, 1);
            long payload = bufferOf(pool, sent, 54, 146);
            for (int i = 0; i < 2000; i++) {
                frame.begin(bufferOf(pool, sent, 0, 54));
                frame.add(payload, Mbuf.dataOff(payload), 146);
                port.send(frame);
                port.flush();
            }
            assertFalse(port.linkUp());
            port.flush();
            assertEquals(0, port.waiting());
            assertEquals(1, Mbuf.refcnt(payload));
            assertTrue(port.sendDrops() > 0 || port.statistics().txErrors() > 0);
            pool.release(payload);
        }
    }

    private void assertSendIsDropped(EthPort port) {
        long before = port.drops(PortDrop.TX_LINK_DOWN);
        int available = pool.available();
        frame.begin(Frames.of(pool, 60, 1));
        assertFalse(port.send(frame));
        assertEquals(before + 1, port.drops(PortDrop.TX_LINK_DOWN));
        assertEquals(available, pool.available());
        assertEquals(0, port.flush());
    }

    private void assertWorksAgain(EthPort port, Poller poller, PacketPeer peer) {
        long deadline = System.nanoTime() + 5 * SECOND;
        while (!port.linkUp() && System.nanoTime() < deadline) {
            poller.await(1_000_000L);
        }
        assertTrue(port.linkUp());
        byte[] sent = PacketPeer.frame(300, 7);
        frame.begin(bufferOf(pool, sent, 0, 300));
        assertTrue(port.send(frame));
        port.flush();
        assertArrayEquals(sent, peer.receive(5 * SECOND));
        peer.send(sent);
        int received = poll(port, poller);
        assertEquals(1, received);
        assertArrayEquals(sent, Frames.bytes(frames[0]));
        pool.release(frames[0]);
    }

    @Test
    void interfaces_ofTwoNamespaces_areOpenInOneProcess() {
        EthPort left = openSmall();
        EthPort right =
                far.inside(
                        () -> EthPort.open(PortOptions.afPacket("v1").withFrames(512, 256), pool));
        try (Poller poller = new Poller()) {
            assertTrue(left.readableDescriptor() != right.readableDescriptor());
            poller.add(left);
            poller.add(right);
            for (int i = 0; i < 300; i++) {
                byte[] sent = PacketPeer.frame(60 + i, i);
                EthPort from = i % 2 == 0 ? left : right;
                EthPort to = i % 2 == 0 ? right : left;
                frame.begin(bufferOf(pool, sent, 0, sent.length));
                assertTrue(from.send(frame));
                from.flush();
                assertEquals(1, poll(to, poller));
                assertArrayEquals(sent, Frames.bytes(frames[0]));
                pool.release(frames[0]);
            }
        } finally {
            left.close();
            right.close();
        }
    }

    @Test
    void pool_isEmpty_framesWaitInTheRingAndArriveLater() {
        try (EthPort port = openSmall();
                Poller poller = new Poller();
                PacketPeer peer = PacketPeer.open(far, "v1")) {
            poller.add(port);
            long[] all = new long[BUFFERS];
            int taken = 0;
            for (long m = pool.alloc(); m != 0; m = pool.alloc()) {
                all[taken++] = m;
            }
            byte[] sent = PacketPeer.frame(100, 1);
            peer.send(sent);
            assertTrue(poller.await(Poller.WAIT_NANOS_MAX));
            int received = port.poll(frames);
            while (taken > 0) {
                pool.release(all[--taken]);
            }
            // The driver's own cache may still have held a buffer.
            received = received > 0 ? received : poll(port, poller);
            assertEquals(1, received);
            assertArrayEquals(sent, Frames.bytes(frames[0]));
            pool.release(frames[0]);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-net_raw, af_packet, NO_NET_RAW, CAP_NET_RAW",
        "-net_admin, af_packet, NO_NET_ADMIN, CAP_NET_ADMIN",
        "-sys_admin, af_xdp, NO_XDP_RIGHTS, CAP_SYS_ADMIN",
    })
    void capability_isMissing_processIsToldWhichAndEnds(
            String drop, String driver, DpdkError error, String words) throws Exception {
        List<String> wrapper =
                List.of("ip", "netns", "exec", box.name, "setpriv", "--bounding-set", drop);
        assertRefused(OpenPortMain.command(wrapper, driver, "v0"), error, words);
    }

    @Test
    void lockedMemory_isShort_processIsToldAndEnds() throws Exception {
        List<String> wrapper =
                List.of(
                        "ip",
                        "netns",
                        "exec",
                        box.name,
                        "prlimit",
                        "--memlock=8388608",
                        "setpriv",
                        "--bounding-set",
                        "-ipc_lock");
        assertRefused(
                OpenPortMain.command(wrapper, "af_packet", "v0"),
                DpdkError.MEMLOCK_LIMIT,
                "ulimit -l");
    }

    @Test
    void process_hasNoCapabilityAtAll_stillStartsDpdkAndOpensAPortThatNeedsNone() throws Exception {
        List<String> wrapper = List.of("setpriv", "--bounding-set", "-all", "--inh-caps", "-all");
        List<String> command = OpenPortMain.command(wrapper, "net_null0", "-");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), output);
        assertTrue(output.contains("open: net_null0"), output);
    }

    private static void assertRefused(List<String> command, DpdkError error, String words)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertEquals(error.code(), process.waitFor(), output);
        assertTrue(output.contains(error + ": "), output);
        assertTrue(output.contains(words), output);
    }
}
