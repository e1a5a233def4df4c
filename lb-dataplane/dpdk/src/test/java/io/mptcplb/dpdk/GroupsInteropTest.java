package io.mptcplb.dpdk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.dpdk.packet.PacketOptions;
import io.mptcplb.dpdk.packet.PacketPort;
import io.mptcplb.frame.Mbuf;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Ports on a device that filters what is sent to groups, as hardware does: a macvlan passes on what
 * its own kernel has asked for.
 */
@Tag("interop")
final class GroupsInteropTest {
    private static final int BUFFERS = 2047;
    private static final long SECOND = 1_000_000_000L;
    private static final String DEVICE = "m0";

    /** The group in which 2001:db8::1 is asked for (RFC 4291 s2.7.1, RFC 2464 s7). */
    private static final byte[] SOLICITED = {0x33, 0x33, (byte) 0xff, 0, 0, 1};

    enum Driver {
        AF_PACKET,
        PACKET
    }

    private static Eal eal;
    private static DpdkBufferPool pool;

    private NetworkNamespace box;
    private NetworkNamespace far;

    private static DevicePort open(Driver driver, DpdkBufferPool pool) {
        return switch (driver) {
            case AF_PACKET -> EthPort.open(PortOptions.afPacket(DEVICE).withFrames(512, 256), pool);
            case PACKET -> PacketPort.open(PacketOptions.of(DEVICE), pool);
        };
    }

    @BeforeAll
    static void start() {
        eal = Eal.start(EalOptions.ofMegabytes(64).withMemoryMode(MemoryMode.ORDINARY));
        pool = DpdkBufferPool.create("groups", BUFFERS, Mbuf.DEFAULT_ROOM_BYTES);
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
        box.exec("ip", "link", "add", "link", "v0", DEVICE, "type", "macvlan", "mode", "bridge");
        box.exec("sysctl", "-qw", "net.ipv6.conf." + DEVICE + ".disable_ipv6=1");
        box.exec("ip", "link", "set", DEVICE, "up");
    }

    @AfterEach
    void everythingIsBack() {
        box.close();
        far.close();
        assertEquals(BUFFERS, pool.available());
    }

    @ParameterizedTest
    @EnumSource(Driver.class)
    void solicitation_toAGroupThatTheKernelIsNotIn_arrives(Driver driver) {
        byte[] sent = PacketPeer.frame(100, 7);
        System.arraycopy(SOLICITED, 0, sent, 0, SOLICITED.length);
        DevicePort port = box.inside(() -> open(driver, pool));
        try (PacketPeer peer = PacketPeer.open(far, "v1")) {
            assertArrayEquals(sent, receivedAfter(peer, sent, port));
        } finally {
            box.inside(() -> {
                port.close();
                return true;
            });
        }
        String link = box.exec("ip", "-d", "link", "show", DEVICE);
        assertTrue(link.contains("promiscuity 0 "), "ends with the port: " + link);
        assertTrue(link.contains("allmulti 0 "), "ends with the port: " + link);
    }

    /** The first frame that arrives once it was sent; empty when none does. */
    private static byte[] receivedAfter(PacketPeer peer, byte[] sent, DevicePort port) {
        long[] frames = new long[RxQueue.BURST_MAX];
        peer.send(sent);
        try (Poller poller = new Poller()) {
            poller.add(port);
            long deadline = System.nanoTime() + 5 * SECOND;
            while (System.nanoTime() < deadline) {
                int count = port.poll(frames);
                if (count > 0) {
                    byte[] first = Frames.bytes(frames[0]);
                    for (int i = 0; i < count; i++) {
                        pool.release(frames[i]);
                    }
                    return first;
                }
                poller.await(Poller.WAIT_NANOS_MAX);
            }
        }
        return new byte[0];
    }
}
