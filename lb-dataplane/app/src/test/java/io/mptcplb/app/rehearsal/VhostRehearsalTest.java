package io.mptcplb.app.rehearsal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.dpdk.DpdkBufferPool;
import io.mptcplb.dpdk.Eal;
import io.mptcplb.dpdk.EalOptions;
import io.mptcplb.dpdk.EthPort;
import io.mptcplb.dpdk.MemoryMode;
import io.mptcplb.dpdk.Poller;
import io.mptcplb.dpdk.PortDevice;
import io.mptcplb.dpdk.PortOptions;
import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.FrameIo;
import io.mptcplb.frame.GatherFrame;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.PortCapabilities;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every scene over devices of DPDK that segment, merge and leave checksums unfinished: virtio_user
 * into vhost, both in this process. Super-segments go that way alone; the box has the end of the
 * wire that sends them towards one side and the end that gets them towards the other.
 */
final class VhostRehearsalTest {
    private static final int BUFFERS = (1 << 14) - 1;
    private static final long SECOND = 1_000_000_000L;
    private static final EthPort[] HOSTS = new EthPort[Cabling.CABLES];
    private static final EthPort[] GUESTS = new EthPort[Cabling.CABLES];

    private static Eal eal;
    private static DpdkBufferPool pool;
    private static Path folder;

    @BeforeAll
    static void start() throws Exception {
        eal = Eal.start(EalOptions.ofMegabytes(256).withMemoryMode(MemoryMode.ORDINARY));
        pool = DpdkBufferPool.create("vhost", BUFFERS, Mbuf.DEFAULT_ROOM_BYTES);
        folder = Files.createTempDirectory("vhost");
        for (int i = 0; i < Cabling.CABLES; i++) {
            String socket = folder.resolve("s" + i).toString();
            HOSTS[i] = open("net_vhost" + i, "iface=" + socket + ",queues=1,tso=1");
            String guest = "path=" + socket + ",queues=1,queue_size=1024,mrg_rxbuf=1,in_order=1";
            GUESTS[i] = open("net_virtio_user" + i, guest);
            awaitWire(i);
        }
    }

    private static EthPort open(String name, String arguments) {
        return EthPort.open(PortOptions.of(new PortDevice.Virtual(name, arguments)), pool);
    }

    private static void awaitWire(int cable) {
        long deadline = System.nanoTime() + 10 * SECOND;
        try (Poller poller = new Poller()) {
            while (!(HOSTS[cable].linkUp() && GUESTS[cable].linkUp())
                    && System.nanoTime() < deadline) {
                poller.await(1_000_000);
            }
        }
        assertTrue(HOSTS[cable].linkUp() && GUESTS[cable].linkUp(), "the wire is connected");
    }

    @AfterAll
    static void stop() throws Exception {
        for (int i = 0; i < Cabling.CABLES; i++) {
            GUESTS[i].close();
            HOSTS[i].close();
            Files.deleteIfExists(folder.resolve("s" + i));
        }
        assertEquals(BUFFERS, pool.available());
        pool.close();
        eal.close();
        Files.delete(folder);
    }

    @ParameterizedTest
    @EnumSource
    void scene_overVhost_comesToItsEndAndLeavesNothing(Scene scene) {
        for (boolean download : new boolean[] {true, false}) {
            VhostCabling cabling = new VhostCabling(download);
            try (Rehearsal rehearsal = new Rehearsal(cabling)) {
                assertTrue(
                        rehearsal.play(scene),
                        () -> "sessions: " + rehearsal.box().balancer().sessions().open());
                assertEquals(0, rehearsal.box().balancer().buffers().heldTotal());
                for (int i = 0; i < Cabling.CABLES; i++) {
                    assertEquals(0, cabling.boxEnd(i).copiedPayloadBytes());
                }
            }
        }
    }

    /** Two megabytes are 1,400 segments. */
    @Test
    void downloadAndUpload_areCarriedInSuperSegments() {
        assertTrue(framesOf(Scene.MULTIPATH_DOWNLOAD, true) < 700);
        assertTrue(framesOf(Scene.MULTIPATH_UPLOAD, false) < 700);
        // Against the way of the wires, none is merged.
        assertTrue(framesOf(Scene.MULTIPATH_UPLOAD, true) > 1_400);
    }

    private static long framesOf(Scene scene, boolean download) {
        try (Rehearsal rehearsal = new Rehearsal(new VhostCabling(download))) {
            assertTrue(rehearsal.play(scene));
            return rehearsal.box().frames();
        }
    }

    /** The wires carry at once, so that a frame is lost where it arrives. */
    private static final class VhostCabling implements Cabling {
        private final LossyEnd[] box = new LossyEnd[CABLES];
        private final LossyEnd[] far = new LossyEnd[CABLES];

        /**
         * @param download the wires carry whole super-segments from the backend to the client;
         *     otherwise from the client to the backend
         */
        VhostCabling(boolean download) {
            for (int i = 0; i < CABLES; i++) {
                boolean guestIsBox = (i < 2) == download;
                box[i] = new LossyEnd(guestIsBox ? GUESTS[i] : HOSTS[i]);
                far[i] = new LossyEnd(guestIsBox ? HOSTS[i] : GUESTS[i]);
            }
        }

        @Override
        public BufferPool pool() {
            return pool;
        }

        @Override
        public FrameIo boxEnd(int cable) {
            return box[cable];
        }

        @Override
        public FrameIo farEnd(int cable) {
            return far[cable];
        }

        @Override
        public void carry(int cable, IntSupplier copies) {
            box[cable].copies = copies;
            far[cable].copies = copies;
        }

        /** The ports serve the next rehearsal, too; nothing of this one may be left in them. */
        @Override
        public void close() {
            for (int i = 0; i < CABLES; i++) {
                box[i].drain();
                far[i].drain();
            }
        }
    }

    private static final class LossyEnd implements FrameIo {
        private final FrameIo port;
        private IntSupplier copies = () -> 1;

        LossyEnd(FrameIo port) {
            this.port = port;
        }

        @Override
        public int poll(long[] frames) {
            int kept = 0;
            int count = port.poll(frames);
            for (int i = 0; i < count; i++) {
                if (copies.getAsInt() > 0) {
                    frames[kept++] = frames[i];
                } else {
                    pool.releaseChain(frames[i]);
                }
            }
            return kept;
        }

        void drain() {
            copies = () -> 0;
            long[] frames = new long[32];
            port.flush();
            for (int i = 0; i < 64; i++) {
                poll(frames);
            }
        }

        @Override
        public boolean send(GatherFrame frame) {
            return port.send(frame);
        }

        @Override
        public int flush() {
            return port.flush();
        }

        @Override
        public PortCapabilities capabilities() {
            return port.capabilities();
        }

        @Override
        public boolean linkUp() {
            return port.linkUp();
        }

        @Override
        public long macAddress() {
            return port.macAddress();
        }

        @Override
        public int readableDescriptor() {
            return port.readableDescriptor();
        }

        @Override
        public long sendDrops() {
            return port.sendDrops();
        }

        @Override
        public long copiedPayloadBytes() {
            return port.copiedPayloadBytes();
        }
    }
}
