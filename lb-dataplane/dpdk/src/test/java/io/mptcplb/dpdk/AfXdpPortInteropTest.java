package io.mptcplb.dpdk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.frame.GatherFrame;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** net_af_xdp on a veth pair: a port that takes one buffer per frame. */
@Tag("interop")
final class AfXdpPortInteropTest {
    private static final int BUFFERS = 8191;
    private static final long SECOND = 1_000_000_000L;

    private static Eal eal;
    private static DpdkBufferPool pool;

    private final GatherFrame frame = new GatherFrame();
    private final long[] frames = new long[RxQueue.BURST_MAX];
    private NetworkNamespace box;
    private NetworkNamespace far;

    @BeforeAll
    static void start() {
        eal = Eal.start(EalOptions.ofMegabytes(64).withMemoryMode(MemoryMode.ORDINARY));
        pool = DpdkBufferPool.createForXdp("xdp", BUFFERS, Mbuf.DEFAULT_ROOM_BYTES);
    }

    @AfterAll
    static void stop() {
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
    void away() {
        box.close();
        far.close();
        assertEquals(0, eal.portCount());
    }

    private EthPort open(DpdkBufferPool from) {
        PortOptions options = PortOptions.of(new PortDevice.AfXdp("v0", 0));
        return box.inside(() -> EthPort.open(options, from));
    }

    @Test
    void gatherFrames_areCopiedIntoOneBufferCountedAndArriveWhole() {
        EthPort port = open(pool);
        try (Poller poller = new Poller();
                PacketPeer peer = PacketPeer.open(far, "v1")) {
            assertFalse(port.capabilities().gather());
            assertEquals(2048, port.capabilities().rxQueueFrames());
            assertTrue(port.readableDescriptor() >= 0);
            poller.add(port);
            byte[] sent = PacketPeer.frame(1514, 5);
            long payload = pool.alloc();
            Mem.copyIn(sent, 54, Mbuf.data(payload), 1460);
            for (int round = 0; round < 100; round++) {
                long header = pool.alloc();
                Mem.copyIn(sent, 0, Mbuf.data(header), 54);
                Mbuf.setLength(header, 54);
                frame.begin(header);
                frame.add(payload, Mbuf.dataOff(payload), 700);
                frame.add(payload, Mbuf.dataOff(payload) + 700, 760);
                assertTrue(port.send(frame));
                assertEquals(1, Mbuf.refcnt(payload), "copied, not referred to");
                port.flush();
                assertArrayEquals(sent, peer.receive(5 * SECOND));
                peer.send(sent);
                assertEquals(1, poll(port, poller));
                assertArrayEquals(sent, Frames.bytes(frames[0]));
                pool.release(frames[0]);
            }
            assertEquals(100 * 1460, port.copiedPayloadBytes());
            pool.release(payload);
        } finally {
            box.inside(() -> {
                port.close();
                return true;
            });
        }
        assertFalse(
                box.exec("ip", "link", "show", "v0").contains("xdp"), "the program is detached");
    }

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
    void buffers_mayCrossPages_areRefusedWithWhatToUse() {
        try (DpdkBufferPool dense = DpdkBufferPool.create("dense", 4095, 2176)) {
            DpdkException thrown = assertThrows(DpdkException.class, () -> open(dense));
            assertEquals(DpdkError.OPTIONS_REFUSED, thrown.error());
            assertTrue(thrown.getMessage().contains("createForXdp"), thrown.getMessage());
        }
    }

    @Test
    void pool_isTooSmallForTheFillRing_isRefused() {
        try (DpdkBufferPool few = DpdkBufferPool.createForXdp("few", 1023, 2176)) {
            DpdkException thrown = assertThrows(DpdkException.class, () -> open(few));
            assertEquals(DpdkError.POOL_EMPTY, thrown.error());
            assertTrue(thrown.getMessage().contains("2112 buffers"), thrown.getMessage());
        }
    }

    @Test
    void mtu_beyondTheBuffersRoom_isRefused() {
        box.exec("ip", "link", "set", "v0", "mtu", "1900");
        DpdkException thrown = assertThrows(DpdkException.class, () -> open(pool));
        assertEquals(DpdkError.ROOM_TOO_SMALL, thrown.error());
    }
}
