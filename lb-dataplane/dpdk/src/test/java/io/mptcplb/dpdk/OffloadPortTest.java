package io.mptcplb.dpdk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.frame.GatherFrame;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Super-segments and unfinished checksums over a wire that knows them: virtio_user into vhost, both
 * in this process. What one port is asked for, the other must report as facts of the received
 * frame.
 */
final class OffloadPortTest {
    private static final int BUFFERS = 4095;
    private static final int IP_BYTES = 20;
    private static final int TCP_BYTES = 20;
    private static final int HEADER_BYTES = 14 + IP_BYTES + TCP_BYTES;
    private static final int TCP_CHECKSUM = 14 + IP_BYTES + 16;
    private static final long SECOND = 1_000_000_000L;

    private static Eal eal;
    private static DpdkBufferPool pool;
    private static Path folder;
    private static EthPort host;
    private static EthPort guest;

    private final GatherFrame frame = new GatherFrame();
    private final long[] frames = new long[RxQueue.BURST_MAX];

    @BeforeAll
    static void start() throws Exception {
        eal = Eal.start(EalOptions.ofMegabytes(64).withMemoryMode(MemoryMode.ORDINARY));
        pool = DpdkBufferPool.create("offload", BUFFERS, Mbuf.DEFAULT_ROOM_BYTES);
        folder = Files.createTempDirectory("offload");
        String socket = folder.resolve("s").toString();
        host = open("net_vhost0", "iface=" + socket + ",queues=1,tso=1");
        guest =
                open(
                        "net_virtio_user0",
                        "path=" + socket + ",queues=1,queue_size=1024,mrg_rxbuf=1,in_order=1");
        awaitWire();
    }

    private static EthPort open(String name, String arguments) {
        return EthPort.open(PortOptions.of(new PortDevice.Virtual(name, arguments)), pool);
    }

    private static void awaitWire() {
        long deadline = System.nanoTime() + 10 * SECOND;
        try (Poller poller = new Poller()) {
            while (!(host.linkUp() && guest.linkUp()) && System.nanoTime() < deadline) {
                poller.await(1_000_000);
            }
        }
        assertTrue(host.linkUp() && guest.linkUp(), "the wire is connected");
    }

    @AfterAll
    static void stop() throws Exception {
        guest.close();
        host.close();
        assertEquals(BUFFERS, pool.available());
        pool.close();
        eal.close();
        Files.deleteIfExists(folder.resolve("s"));
        Files.delete(folder);
    }

    @Test
    void capabilities_ofTheWire_areReportedAndTaken() {
        assertTrue(guest.capabilities().txChecksum(), guest.describe());
        assertTrue(guest.capabilities().txSegmentation(), guest.describe());
        assertTrue(guest.capabilities().gather(), guest.describe());
    }

    @Test
    void superSegment_isSent_arrivesWholeWithItsSegmentSizeAndItsSum() {
        int payloadBytes = 14_000;
        int pseudo = begin(payloadBytes, 7);
        frame.segmentBytes(1400);
        long[] payload = slices(payloadBytes);
        long m = transfer();

        assertEquals(HEADER_BYTES + payloadBytes, Mbuf.pktLen(m));
        assertNotEquals(0, Mbuf.olFlags(m) & Mbuf.RX_LRO);
        assertEquals(Mbuf.RX_L4_PARTIAL, Mbuf.olFlags(m) & Mbuf.RX_L4_PARTIAL);
        assertEquals(1400, Mbuf.segmentBytes(m));
        byte[] bytes = Frames.bytes(m);
        assertPayload(bytes, payloadBytes);
        assertEquals(
                pseudo,
                u16(bytes, TCP_CHECKSUM),
                "the sum over the true length, as it was written");
        assertEquals(0xffff, ipSum(bytes), "IPv4's own checksum is good");
        assertEquals(0, guest.copiedPayloadBytes());
        finish(m, payload);
    }

    @Test
    void checksum_isLeftToThePort_arrivesAsPartial() {
        int pseudo = begin(1000, 3);
        long[] payload = slices(1000);
        long m = transfer();
        assertEquals(0, Mbuf.olFlags(m) & Mbuf.RX_LRO);
        assertEquals(Mbuf.RX_L4_PARTIAL, Mbuf.olFlags(m) & Mbuf.RX_L4_PARTIAL);
        assertEquals(0, Mbuf.segmentBytes(m));
        byte[] bytes = Frames.bytes(m);
        assertPayload(bytes, 1000);
        assertEquals(pseudo, u16(bytes, TCP_CHECKSUM));
        assertEquals(0xffff, ipSum(bytes));
        finish(m, payload);
    }

    @Test
    void checksum_isComplete_arrivesWithoutFlags() {
        long header = Frames.of(pool, 60, 1);
        frame.begin(header);
        byte[] sent = Frames.bytes(header);
        long m = transfer();
        assertEquals(0, Mbuf.olFlags(m) & Mbuf.RX_L4_PARTIAL);
        assertArrayEquals(sent, Frames.bytes(m));
        finish(m, new long[0]);
    }

    /** Starts an IPv4 TCP frame whose checksum holds the pseudo-header sum; returns that sum. */
    private int begin(int payloadBytes, int seed) {
        long header = Frames.of(pool, HEADER_BYTES, seed);
        long ip = Mbuf.data(header) + 14;
        Mem.setU16(ip - 2, 0x0800);
        Mem.setU8(ip, 0x45);
        Mem.setU16(ip + 2, IP_BYTES + TCP_BYTES + payloadBytes);
        Mem.setU16(ip + 6, 0x4000);
        Mem.setU8(ip + 9, 6);
        Mem.setU16(ip + 4, 0);
        Mem.setU8(ip + 1, 0);
        Mem.setU8(ip + 8, 64);
        Mem.setU16(ip + 10, 0);
        Mem.setU32(ip + 12, 0xc6120001);
        Mem.setU32(ip + 16, 0xc6120002);
        Mem.setU16(ip + 10, ~ipSum(Frames.bytes(header)));
        Mem.setU8(ip + IP_BYTES + 12, TCP_BYTES / 4 << 4);
        int sum = 0xc612 + 1 + 0xc612 + 2 + 6 + TCP_BYTES + payloadBytes;
        int pseudo = (sum & 0xffff) + (sum >>> 16);
        Mem.setU16(ip + IP_BYTES + 16, pseudo);
        frame.begin(header);
        frame.layers(IP_BYTES, TCP_BYTES, false);
        frame.leaveChecksumToPort();
        return pseudo;
    }

    /** Adds {@code bytes} of pattern in slices of 1,400. */
    private long[] slices(int bytes) {
        long[] buffers = new long[(bytes + 1399) / 1400];
        for (int i = 0; i < buffers.length; i++) {
            int length = Math.min(1400, bytes - i * 1400);
            buffers[i] = Frames.of(pool, length, i);
            assertTrue(frame.add(buffers[i], Mbuf.dataOff(buffers[i]), length));
        }
        return buffers;
    }

    private static void assertPayload(byte[] frame, int payloadBytes) {
        for (int i = 0; i < payloadBytes; i++) {
            int expected = Frames.pattern(i / 1400, i % 1400);
            assertEquals(expected, frame[HEADER_BYTES + i] & 0xff, "payload byte " + i);
        }
    }

    /** Sends the frame from guest to host. */
    private long transfer() {
        assertTrue(guest.send(frame));
        long deadline = System.nanoTime() + 5 * SECOND;
        int received = 0;
        while (received == 0 && System.nanoTime() < deadline) {
            guest.flush();
            received = host.poll(frames);
        }
        assertEquals(1, received);
        return frames[0];
    }

    /** The guest's driver frees what it sent when it sends again: references return by then. */
    private void finish(long received, long[] payload) {
        pool.releaseChain(received);
        for (long m : payload) {
            pool.release(m);
        }
    }

    /** Ones'-complement sum over the IPv4 header. */
    private static int ipSum(byte[] frame) {
        int sum = 0;
        for (int i = 0; i < IP_BYTES; i += 2) {
            sum += u16(frame, 14 + i);
        }
        return (sum & 0xffff) + (sum >>> 16);
    }

    private static int u16(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }
}
