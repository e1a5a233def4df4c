package io.mptcplb.dpdk.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.dpdk.DpdkBufferPool;
import io.mptcplb.dpdk.Eal;
import io.mptcplb.dpdk.EalOptions;
import io.mptcplb.dpdk.Frames;
import io.mptcplb.dpdk.MemoryMode;
import io.mptcplb.dpdk.NetworkNamespace;
import io.mptcplb.dpdk.PacketPeer;
import io.mptcplb.dpdk.Poller;
import io.mptcplb.frame.GatherFrame;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A device that vanishes, returns, is renamed, or changes: what the port and its watch do. */
@Tag("interop")
final class DeviceWatchInteropTest {
    private static final int BUFFERS = 4095;
    private static final long SECOND = 1_000_000_000L;
    private static final long NEVER = Long.MAX_VALUE;

    /** A worker must know of a link that is down so soon; a busy machine gets some tries. */
    private static final long NEWS_NANOS_MAX = 20_000_000L;

    private static final int TRIES = 20;

    private static Eal eal;
    private static DpdkBufferPool pool;

    private final GatherFrame frame = new GatherFrame();
    private final long[] frames = new long[64];
    private final LinkedBlockingQueue<Told> told = new LinkedBlockingQueue<>();
    private final CountDownLatch allGone = new CountDownLatch(1);
    private Veth veth;
    private PacketPort port;

    /** One change, and when the watch knew it. */
    private record Told(DeviceChange change, DeviceFacts now, long nanos) {}

    @BeforeAll
    static void start() {
        eal = Eal.start(EalOptions.ofMegabytes(64).withMemoryMode(MemoryMode.ORDINARY));
        pool = DpdkBufferPool.create("watch", BUFFERS, Mbuf.DEFAULT_ROOM_BYTES);
    }

    @AfterAll
    static void stop() {
        pool.close();
        eal.close();
    }

    @BeforeEach
    void wire() {
        veth = new Veth();
        port = veth.openOurs(pool);
    }

    @AfterEach
    void everythingIsBack() {
        port.close();
        veth.close();
        assertEquals(BUFFERS, pool.available());
    }

    private DeviceWatch watch(long goneNanosMax) {
        DeviceWatch.Listener listener =
                new DeviceWatch.Listener() {
                    @Override
                    public void onChange(PacketPort of, DeviceChange change, DeviceFacts now) {
                        told.add(new Told(change, now, System.nanoTime()));
                    }

                    @Override
                    public void onNews() {}

                    @Override
                    public void onAllGone() {
                        allGone.countDown();
                    }
                };
        return veth.box.inside(
                () -> DeviceWatch.start(List.of(port), listener, System::nanoTime, goneNanosMax));
    }

    private Told next() throws InterruptedException {
        @Nullable Told next = told.poll(5, TimeUnit.SECONDS);
        assertTrue(next != null, "nothing more was told");
        return next;
    }

    private Told await(DeviceChange wanted) throws InterruptedException {
        Told told = next();
        while (told.change() != wanted) {
            told = next();
        }
        return told;
    }

    /** Both ways, with the device's own hardware address. */
    private void assertCarries() {
        try (Poller poller = new Poller();
                PacketPeer peer = veth.peer()) {
            poller.add(port);
            assertTrue(port.linkUp());
            byte[] sent = PacketPeer.frame(300, 7);
            long header = pool.alloc();
            Mem.copyIn(sent, 0, Mbuf.data(header), sent.length);
            Mbuf.setLength(header, sent.length);
            frame.begin(header);
            assertTrue(port.send(frame));
            port.flush();
            assertArrayEquals(sent, peer.receive(5 * SECOND));
            peer.send(sent);
            Veth.receive(port, poller, frames, 1);
            assertArrayEquals(sent, Frames.bytes(frames[0]));
            pool.release(frames[0]);
        }
    }

    @Test
    void device_deletedAndMadeAnew_isTakenAgain() throws Exception {
        try (DeviceWatch _ = watch(NEVER)) {
            assertCarries();
            veth.box.exec("ip", "link", "del", Veth.OURS);
            await(DeviceChange.VANISHED);
            assertFalse(port.linkUp());
            assertFalse(port.devicePresent());
            assertEquals(0, port.poll(frames));
            NetworkNamespace.link(veth.box, Veth.OURS, veth.far, Veth.THEIRS);
            await(DeviceChange.RETURNED);
            long mac = await(DeviceChange.ADDRESS_CHANGED).now().macAddress();
            awaitUp();
            assertEquals(mac, port.macAddress());
            assertTrue(port.devicePresent());
            assertCarries();
            assertTrue(port.deviceChanges() >= 3);
        }
    }

    private void awaitUp() throws InterruptedException {
        if (!port.device().up()) {
            await(DeviceChange.LINK_UP);
        }
        assertTrue(port.linkUp());
    }

    @Test
    void device_movedAwayAndBack_isTakenAgain() throws Exception {
        try (DeviceWatch _ = watch(NEVER)) {
            veth.box.exec("ip", "link", "set", Veth.OURS, "netns", veth.far.name);
            await(DeviceChange.VANISHED);
            veth.far.exec("ip", "link", "set", Veth.OURS, "netns", veth.box.name);
            await(DeviceChange.RETURNED);
            assertFalse(port.linkUp(), "down, as the kernel leaves what is moved");
            veth.box.exec("ip", "link", "set", Veth.OURS, "up");
            awaitUp();
            assertCarries();
        }
    }

    @Test
    void device_renamed_isFollowedAndCarriesOn() throws Exception {
        try (DeviceWatch _ = watch(NEVER)) {
            veth.box.exec("ip", "link", "set", Veth.OURS, "name", "wan0");
            assertEquals("wan0", await(DeviceChange.RENAMED).now().name());
            assertCarries();
            veth.box.exec("ip", "link", "set", "wan0", "down");
            await(DeviceChange.LINK_DOWN);
            assertFalse(port.linkUp());
        }
    }

    /** The kernel is asked by name: the name may change between two questions. */
    @Test
    void device_renamedAgainAndAgain_isNeverThoughtGone() throws Exception {
        try (DeviceWatch _ = watch(NEVER)) {
            veth.box.exec(
                    "sh",
                    "-c",
                    "for i in $(seq 200); do ip link set a$i name a$((i + 1)) 2>/dev/null ||"
                            + " ip link set "
                            + Veth.OURS
                            + " name a$((i + 1)); done; ip link set a201 name last");
            Told now = await(DeviceChange.RENAMED);
            while (!now.now().name().equals("last")) {
                assertEquals(DeviceChange.RENAMED, now.change());
                now = next();
            }
            assertNull(told.peek());
            assertCarries();
        }
    }

    @Test
    void mtu_changed_isTheCapabilityAfterTheNextLook() throws Exception {
        try (DeviceWatch _ = watch(NEVER)) {
            veth.mtu(1400);
            assertEquals(1400, await(DeviceChange.MTU_CHANGED).now().mtuBytes());
            assertEquals(1500, port.capabilities().mtuBytes(), "the worker decides when");
            port.linkUp();
            assertEquals(1400, port.capabilities().mtuBytes());
        }
    }

    @Test
    void carrier_lost_isKnownWithinTwentyMilliseconds() throws Exception {
        try (DeviceWatch _ = watch(NEVER)) {
            long best = NEVER;
            for (int i = 0; i < TRIES && best > NEWS_NANOS_MAX; i++) {
                long lost = System.nanoTime(); // before the command: that is part of it
                veth.far.exec("ip", "link", "set", Veth.THEIRS, "down");
                best = Math.min(best, await(DeviceChange.LINK_DOWN).nanos() - lost);
                veth.far.exec("ip", "link", "set", Veth.THEIRS, "up");
                await(DeviceChange.LINK_UP);
            }
            assertTrue(best <= NEWS_NANOS_MAX, "known after " + best + " ns");
            System.out.println("link down: known after " + best / 1000 + " us");
        }
    }

    @Test
    void onlyDevice_goneForGood_isToldOnce() throws Exception {
        try (DeviceWatch _ = watch(SECOND / 5)) {
            assertFalse(allGone.await(400, TimeUnit.MILLISECONDS));
            veth.box.exec("ip", "link", "del", Veth.OURS);
            await(DeviceChange.VANISHED);
            assertTrue(allGone.await(5, TimeUnit.SECONDS));
        }
    }

    @Test
    void namespace_ofThePeer_dies_deviceVanishes() throws Exception {
        try (DeviceWatch _ = watch(NEVER)) {
            NetworkNamespace.run("ip", "netns", "del", veth.far.name);
            await(DeviceChange.VANISHED);
            assertNull(told.peek());
            NetworkNamespace.run("ip", "netns", "add", veth.far.name);
        }
    }
}
