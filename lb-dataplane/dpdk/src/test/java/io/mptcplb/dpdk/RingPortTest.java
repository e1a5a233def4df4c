package io.mptcplb.dpdk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.frame.GatherFrame;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Bursts and ownership on real DPDK ports: whatever is sent, kept, dropped or retained, in the end
 * every buffer and every indirect mbuf is back.
 */
final class RingPortTest {
    private static final int BUFFERS = 2047;
    private static final int RING_FRAMES = 256;

    private static Eal eal;
    private static DpdkBufferPool pool;
    private static RingPair pair;
    private static EthPort left;
    private static EthPort right;

    private final GatherFrame frame = new GatherFrame();
    private final long[] frames = new long[RxQueue.BURST_MAX];

    @BeforeAll
    static void start() {
        eal = Eal.start(EalOptions.ofMegabytes(64).withMemoryMode(MemoryMode.ORDINARY));
    }

    @AfterAll
    static void stop() {
        eal.close();
    }

    @BeforeEach
    void open() {
        pool = DpdkBufferPool.create("ring-test", BUFFERS, Mbuf.DEFAULT_ROOM_BYTES);
        pair = new RingPair("pair", RING_FRAMES, pool);
        left = pair.left;
        right = pair.right;
    }

    @AfterEach
    void everythingIsBack() {
        int waiting = left.waiting();
        int leftIndirect = left.indirectCapacity() - left.indirectAvailable();
        int rightIndirect = right.indirectCapacity() - right.indirectAvailable();
        pair.close();
        int available = pool.available();
        pool.close();
        assertEquals(0, waiting);
        assertEquals(0, leftIndirect);
        assertEquals(0, rightIndirect);
        assertEquals(BUFFERS, available);
    }

    @Test
    void gather_ofTwoBuffersInThreeSlices_arrivesAsOneFrameAndAllCountsReturn() {
        long first = Frames.of(pool, 1000, 1);
        long second = Frames.of(pool, 700, 2);
        long header = Frames.of(pool, 54, 3);
        frame.begin(header);
        frame.add(first, Mbuf.dataOff(first) + 10, 300);
        frame.add(first, Mbuf.dataOff(first) + 500, 1);
        frame.add(second, Mbuf.dataOff(second), 700);
        byte[] expected = expected(frame);

        assertTrue(left.send(frame));
        assertEquals(3, Mbuf.refcnt(first));
        assertEquals(2, Mbuf.refcnt(second));
        assertEquals(1, left.flush());

        assertEquals(1, right.poll(frames));
        assertEquals(1055, Mbuf.pktLen(frames[0]));
        assertEquals(4, Mbuf.nbSegs(frames[0]));
        assertArrayEquals(expected, Frames.bytes(frames[0]));
        pool.releaseChain(frames[0]);
        assertEquals(1, Mbuf.refcnt(first));
        assertEquals(1, Mbuf.refcnt(second));
        pool.release(first);
        pool.release(second);
        assertEquals(0, left.copiedPayloadBytes());
        assertEquals(0, left.sendDrops());
    }

    @Test
    void slice_isReleasedByItsOwnerBeforeTheFlush_bytesStillArrive() {
        long payload = Frames.of(pool, 1400, 9);
        frame.begin(Frames.of(pool, 54, 3));
        frame.add(payload, Mbuf.dataOff(payload), 1400);
        byte[] expected = expected(frame);
        int before = pool.available();
        left.send(frame);
        pool.release(payload);
        assertEquals(before, pool.available());

        assertEquals(1, left.flush());
        assertEquals(1, right.poll(frames));
        assertArrayEquals(expected, Frames.bytes(frames[0]));
        pool.releaseChain(frames[0]);
        assertEquals(BUFFERS, pool.available());
    }

    @Test
    void slice_isRetainedByItsOwner_survivesTheFrameForARetransmission() {
        long payload = Frames.of(pool, 1400, 9);
        byte[] payloadBytes = Frames.bytes(payload);
        for (int round = 0; round < 3; round++) {
            frame.begin(Frames.of(pool, 54, round));
            frame.add(payload, Mbuf.dataOff(payload), 1400);
            byte[] expected = expected(frame);
            left.send(frame);
            left.flush();
            assertEquals(1, right.poll(frames));
            assertArrayEquals(expected, Frames.bytes(frames[0]));
            pool.releaseChain(frames[0]);
            assertEquals(1, Mbuf.refcnt(payload));
        }
        assertArrayEquals(payloadBytes, Frames.bytes(payload));
        pool.release(payload);
    }

    @Test
    void slice_ofAReceivedIndirectFrame_isForwardedAndAllCountsReturn() {
        long payload = Frames.of(pool, 600, 4);
        frame.begin(Frames.of(pool, 54, 3));
        frame.add(payload, Mbuf.dataOff(payload), 600);
        left.send(frame);
        left.flush();
        pool.release(payload);
        assertEquals(1, right.poll(frames));
        long received = frames[0];
        long slice = Mbuf.next(received);
        assertNotEquals(0, Mbuf.olFlags(slice) & Mbuf.INDIRECT);

        frame.begin(Frames.of(pool, 60, 5));
        frame.add(slice, Mbuf.dataOff(slice) + 100, 200);
        byte[] expected = expected(frame);
        assertTrue(right.send(frame));
        pool.releaseChain(received);
        right.flush();
        assertEquals(1, left.poll(frames));
        assertArrayEquals(expected, Frames.bytes(frames[0]));
        pool.releaseChain(frames[0]);
    }

    @Test
    void header_isRetainedByItsOwner_isNotChainedAndMayChangeWhileTheFrameWaits() {
        long inPlace = Frames.of(pool, 1000, 7);
        long payload = Frames.of(pool, 400, 8);
        Mbuf.retain(inPlace);
        frame.begin(inPlace);
        frame.add(payload, Mbuf.dataOff(payload), 400);
        byte[] expected = expected(frame);
        assertTrue(left.send(frame));
        assertEquals(0, Mbuf.next(inPlace));
        assertEquals(1, Mbuf.nbSegs(inPlace));
        assertEquals(1000, Mbuf.pktLen(inPlace));
        Mbuf.trimFront(inPlace, 54);

        left.flush();
        assertEquals(1, right.poll(frames));
        assertArrayEquals(expected, Frames.bytes(frames[0]));
        pool.releaseChain(frames[0]);
        assertEquals(1, Mbuf.refcnt(inPlace));
        assertEquals(946, Mbuf.dataLen(inPlace));
        pool.release(inPlace);
        pool.release(payload);
    }

    @Test
    void slice_liesInADriversMemory_isCopiedAndCounted() {
        long payload = Frames.of(pool, 500, 6);
        Mbuf.setOlFlags(payload, DpdkBufferPool.EXTERNAL);
        frame.begin(Frames.of(pool, 54, 3));
        frame.add(payload, Mbuf.dataOff(payload), 500);
        byte[] expected = expected(frame);
        assertTrue(left.send(frame));
        assertEquals(1, Mbuf.refcnt(payload));
        assertEquals(500, left.copiedPayloadBytes());
        left.flush();
        assertEquals(1, right.poll(frames));
        assertEquals(1, Mbuf.nbSegs(frames[0]));
        assertArrayEquals(expected, Frames.bytes(frames[0]));
        pool.release(frames[0]);
        Mbuf.setOlFlags(payload, 0);
        pool.release(payload);
    }

    @Test
    void burst_longerThanTheArray_leavesTheRestForTheNextPoll() {
        for (int i = 0; i < 100; i++) {
            frame.begin(Frames.of(pool, 60 + i, i));
            assertTrue(left.send(frame));
        }
        assertEquals(100, left.flush());
        long[] few = new long[30];
        int seen = 0;
        int received = right.poll(few);
        while (received > 0) {
            assertTrue(received <= 30);
            for (int i = 0; i < received; i++) {
                assertEquals(60 + seen, Mbuf.pktLen(few[i]));
                assertEquals(Frames.pattern(seen, 0), Mem.u8(Mbuf.data(few[i])));
                pool.release(few[i]);
                seen++;
            }
            received = right.poll(few);
        }
        assertEquals(100, seen);
    }

    @Test
    void device_takesFewerThanOffered_theRestWaitsInOrderAndThenDropsAreCounted() {
        int fits = RING_FRAMES - 1;
        int waits = RING_FRAMES;
        int extra = 10;
        int accepted = 0;
        for (int i = 0; i < fits + waits + extra; i++) {
            frame.begin(Frames.of(pool, 64 + i, i));
            accepted += left.send(frame) ? 1 : 0;
        }
        left.flush();
        assertEquals(fits + waits, accepted);
        assertEquals(waits, left.waiting());
        assertEquals(extra, left.drops(PortDrop.TX_BACKLOG_FULL));
        assertEquals(extra, left.sendDrops());

        int seen = 0;
        for (int idle = 0; idle < 2; ) {
            int received = right.poll(frames);
            for (int i = 0; i < received; i++) {
                assertEquals(64 + seen, Mbuf.pktLen(frames[i]));
                pool.release(frames[i]);
                seen++;
            }
            idle = received == 0 && left.flush() == 0 ? idle + 1 : 0;
        }
        assertEquals(accepted, seen);
    }

    @Test
    void port_closesWhileFramesWait_theyAreFreedAndCounted() {
        RingPair other = new RingPair("other", 64, pool);
        long payload = Frames.of(pool, 100, 1);
        for (int i = 0; i < 100; i++) {
            frame.begin(Frames.of(pool, 60, i));
            frame.add(payload, Mbuf.dataOff(payload), 100);
            assertTrue(other.left.send(frame));
        }
        other.left.flush();
        assertEquals(37, other.left.waiting());
        int received = other.right.poll(frames);
        for (int i = 0; i < received; i++) {
            pool.releaseChain(frames[i]);
        }
        assertEquals(63, received);
        other.close();
        assertEquals(37, other.left.drops(PortDrop.TX_CLOSED));
        assertEquals(1, Mbuf.refcnt(payload));
        pool.release(payload);
    }

    @Test
    void indirectMbufs_areAllOnTheirWay_frameIsDroppedAndNothingLeaks() {
        RingPair small = new RingPair("small", 64, pool, 4);
        long payload = Frames.of(pool, 1000, 1);
        int sent = 0;
        int refused = 0;
        for (int i = 0; i < 10; i++) {
            frame.begin(Frames.of(pool, 60, i));
            for (int slice = 0; slice < 4; slice++) {
                frame.add(payload, Mbuf.dataOff(payload) + slice, 10);
            }
            if (small.left.send(frame)) {
                sent++;
            } else {
                refused++;
            }
        }
        assertEquals(small.left.indirectCapacity() / 4, sent);
        assertEquals(refused, small.left.drops(PortDrop.TX_NO_INDIRECT));
        assertEquals(1 + 4 * sent, Mbuf.refcnt(payload));
        small.left.flush();
        int received = small.right.poll(frames);
        assertEquals(sent, received);
        for (int i = 0; i < received; i++) {
            pool.releaseChain(frames[i]);
        }
        assertEquals(small.left.indirectCapacity(), small.left.indirectAvailable());
        small.close();
        pool.release(payload);
    }

    @Test
    void frame_longerThanTheMtu_isDroppedAndCounted() {
        long payload = Frames.of(pool, 1600, 1);
        frame.begin(Frames.of(pool, 54, 1));
        frame.add(payload, Mbuf.dataOff(payload), 1500 - 40 + 5);
        assertFalse(left.send(frame));
        assertEquals(1, left.drops(PortDrop.TX_OVERSIZED));
        assertEquals(1, Mbuf.refcnt(payload));
        pool.release(payload);
    }

    /**
     * Rings hand requests on as they are. DPDK's rule for devices that cut: the pseudo-header sum
     * without the length.
     */
    @Test
    void superSegment_isRequested_sumLosesTheLengthAndFlagsAreSet() {
        int payloadBytes = 4200;
        long header = Frames.of(pool, 54, 1);
        long tcpChecksum = Mbuf.data(header) + 14 + 20 + 16;
        int addressesAndProtocol = 0xc612 + 1 + 0xc612 + 2 + 6 - 0xffff;
        Mem.setU16(tcpChecksum, addressesAndProtocol + 20 + payloadBytes);
        Mem.setU16(Mbuf.data(header) + 24, 0xabcd);
        frame.begin(header);
        long payload = Frames.of(pool, 1400, 2);
        for (int i = 0; i < 3; i++) {
            frame.add(payload, Mbuf.dataOff(payload), 1400);
        }
        frame.layers(20, 20, false);
        frame.leaveChecksumToPort();
        frame.segmentBytes(1400);
        assertTrue(left.send(frame));
        left.flush();
        assertEquals(1, right.poll(frames));
        long m = frames[0];
        assertEquals(Mbuf.TX_TCP_SEG | Mbuf.TX_TCP_CKSUM | Mbuf.TX_IPV4, Mbuf.olFlags(m));
        assertEquals(addressesAndProtocol, Mem.u16(Mbuf.data(m) + 50));
        assertEquals(
                0xabcd, Mem.u16(Mbuf.data(m) + 24), "IPv4's own stays: rings do not compute it");
        assertEquals(1400, Mbuf.segmentBytes(m));
        assertEquals(54 + payloadBytes, Mbuf.pktLen(m));
        pool.releaseChain(m);
        pool.release(payload);
    }

    @Test
    void received_lengthsThatLie_areDroppedAndCounted() {
        long beyond = Frames.of(pool, 60, 1);
        Mbuf.setLength(beyond, Mbuf.DEFAULT_ROOM_BYTES);
        plant(beyond);
        long unequal = Frames.of(pool, 60, 2);
        Mbuf.setPktLen(unequal, 61);
        plant(unequal);
        long chain = Frames.of(pool, 60, 3);
        Mbuf.setNbSegs(chain, 2);
        plant(chain);
        plant(Frames.of(pool, 60, 4));

        assertEquals(1, right.poll(frames));
        assertEquals(Frames.pattern(4, 0), Mem.u8(Mbuf.data(frames[0])));
        assertEquals(3, right.drops(PortDrop.RX_MALFORMED));
        assertEquals(0, right.sendDrops());
        pool.release(frames[0]);
    }

    /** Sends an mbuf as it is, past the checks of {@link FrameBuilder}. */
    private void plant(long m) {
        int bytes = Mbuf.pktLen(m);
        int segments = Mbuf.nbSegs(m);
        int length = Mbuf.dataLen(m);
        Mbuf.setLength(m, 60);
        frame.begin(m);
        assertTrue(left.send(frame));
        Mbuf.setDataLen(m, length);
        Mbuf.setPktLen(m, bytes);
        Mbuf.setNbSegs(m, segments);
        assertEquals(1, left.flush());
    }

    @Test
    void pool_isEmptied_refusesCountsAndRecovers() {
        long[] all = new long[BUFFERS];
        long failures = pool.allocFailures();
        int taken = 0;
        long m = pool.alloc();
        while (m != 0) {
            all[taken++] = m;
            m = pool.alloc();
        }
        assertEquals(BUFFERS, taken);
        assertEquals(0, pool.available());
        assertEquals(failures + 1, pool.allocFailures());
        DpdkException thrown = assertThrows(DpdkException.class, () -> pool.require(1, "a port"));
        assertEquals(DpdkError.POOL_EMPTY, thrown.error());
        assertTrue(thrown.getMessage().contains("Make the pool larger"), thrown.getMessage());
        pool.release(all[--taken]);
        assertNotEquals(0, all[taken++] = pool.alloc());
        while (taken > 0) {
            pool.release(all[--taken]);
        }
        assertEquals(BUFFERS, pool.available());
    }

    @Test
    void buffer_isReleasedTwice_isAnErrorInCheckedMode() {
        assertTrue(Mem.CHECKED, "tests run in checked mode");
        long m = pool.alloc();
        pool.release(m);
        assertThrows(IllegalStateException.class, () -> pool.release(m));
    }

    @Test
    void buffer_isTouchedOutsideThePool_isAnErrorInCheckedMode() {
        long m = pool.alloc();
        assertThrows(IndexOutOfBoundsException.class, () -> Mem.u8(m - (64L << 20)));
        pool.release(m);
    }

    @Test
    void buffer_ofAnotherPool_isReleasedThroughThisOne_returnsToItsOwn() {
        try (DpdkBufferPool other = DpdkBufferPool.create("other", 127, 1024)) {
            long m = other.alloc();
            assertEquals(126, other.available());
            pool.release(m);
            assertEquals(127, other.available());
        }
    }

    @Test
    void buffer_isReleasedOutOfAChain_restsAsDriversExpect() {
        long first = Frames.of(pool, 60, 1);
        long second = Frames.of(pool, 60, 2);
        Mbuf.setNext(first, second);
        Mbuf.setNbSegs(first, 2);
        pool.release(first);
        assertEquals(0, Mbuf.next(first));
        assertEquals(1, Mbuf.nbSegs(first));
        assertEquals(1, Mbuf.refcnt(second));
        pool.release(second);
    }

    /** Some drivers attach mbufs of the receiving pool to memory that belongs to others. */
    @Test
    void buffer_ofThisPoolStandsForAnother_isDetachedWhenReleased() {
        long owner = Frames.of(pool, 500, 1);
        long standing = pool.alloc();
        long ownRoom = Mbuf.bufAddr(standing);
        IndirectPool.attach(standing, owner, Mbuf.dataOff(owner), 500);
        assertEquals(2, Mbuf.refcnt(owner));
        pool.release(standing);
        assertEquals(1, Mbuf.refcnt(owner));
        assertEquals(ownRoom, Mbuf.bufAddr(standing));
        assertEquals(Mbuf.DEFAULT_ROOM_BYTES, Mbuf.bufLen(standing));
        pool.release(owner);
    }

    /** Random operations against a model that only counts. */
    @Test
    void operations_inAnyOrder_keepThePoolsCountExact() {
        long seed = 20_260_101L;
        Random random = new Random(seed);
        ArrayDeque<Long> held = new ArrayDeque<>();
        int references = 0;
        for (int step = 0; step < 200_000; step++) {
            int choice = random.nextInt(100);
            if (choice < 40) {
                long m = pool.alloc();
                assertEquals(held.size() == BUFFERS, m == 0, "seed " + seed + " step " + step);
                if (m != 0) {
                    assertEquals(1, Mbuf.refcnt(m));
                    assertEquals(0, Mbuf.pktLen(m));
                    held.add(m);
                    references++;
                }
            } else if (choice < 55 && !held.isEmpty()) {
                Mbuf.retain(held.peek());
                references++;
            } else if (!held.isEmpty()) {
                long m = choice < 80 ? held.poll() : held.pollLast();
                boolean last = Mbuf.refcnt(m) == 1;
                pool.release(m);
                references--;
                if (!last) {
                    held.add(m);
                }
            }
            if (step % 997 == 0) {
                assertEquals(
                        BUFFERS - held.size(), pool.available(), "seed " + seed + " step " + step);
            }
        }
        assertTrue(references >= held.size());
        while (!held.isEmpty()) {
            long m = held.poll();
            while (Mbuf.refcnt(m) > 1) {
                pool.release(m);
            }
            pool.release(m);
        }
    }

    @Test
    void port_ofRings_saysWhatItCan() {
        assertTrue(left.capabilities().gather());
        assertFalse(left.capabilities().txChecksum());
        assertFalse(left.capabilities().txSegmentation());
        assertEquals(1500, left.capabilities().mtuBytes());
        assertEquals(-1, left.readableDescriptor());
        assertTrue(left.linkUp());
        assertTrue(left.describe().contains("net_ring"), left.describe());
    }

    @Test
    void statistics_ofTheDriver_countFrames() {
        for (int i = 0; i < 5; i++) {
            frame.begin(Frames.of(pool, 60, i));
            left.send(frame);
        }
        left.flush();
        assertEquals(5, right.poll(frames));
        for (int i = 0; i < 5; i++) {
            pool.release(frames[i]);
        }
        assertEquals(5, left.statistics().txFrames());
        assertEquals(5, right.statistics().rxFrames());
    }

    /** The bytes that must arrive, read before anything is sent. */
    private static byte[] expected(GatherFrame frame) {
        int headerBytes = Mbuf.dataLen(frame.header());
        byte[] all = new byte[headerBytes + frame.payloadBytes()];
        Mem.copyOut(Mbuf.data(frame.header()), all, 0, headerBytes);
        int at = headerBytes;
        for (int i = 0; i < frame.sliceCount(); i++) {
            Mem.copyOut(Mbuf.bufAddr(frame.buffer(i)) + frame.offset(i), all, at, frame.length(i));
            at += frame.length(i);
        }
        return all;
    }
}
