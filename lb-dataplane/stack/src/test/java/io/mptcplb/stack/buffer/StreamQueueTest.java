package io.mptcplb.stack.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.frame.ArenaBufferPool;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import io.mptcplb.wire.Checksum;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StreamQueueTest {
    private static final int ROOM = 2176;

    private ArenaBufferPool pool;
    private HeldBuffers buffers;
    private StreamQueue queue;
    private int budget;
    private int written;

    @BeforeEach
    void setUp() {
        pool = new ArenaBufferPool(64, ROOM);
        buffers = new HeldBuffers(pool, 1, 60, 60);
        budget = buffers.openBudget();
        queue = new StreamQueue(buffers);
        written = 0;
    }

    @AfterEach
    void everyBufferIsBack() {
        queue.clear();
        assertEquals(pool.capacity(), pool.available());
        pool.close();
    }

    private long append(int bytes) {
        long m = pool.alloc();
        for (int i = 0; i < bytes; i++) {
            Mem.setU8(Mbuf.data(m) + i, written++);
        }
        Mbuf.setLength(m, bytes);
        Payload.clear(m);
        Payload.setSum(m, Checksum.sum(Mbuf.data(m), bytes));
        buffers.adopt(m, budget);
        queue.append(m);
        return m;
    }

    @Test
    void append_fullSegments_standOneAfterTheOther() {
        long first = append(1400);
        long second = append(1400);
        assertEquals(first, queue.bufferAt(0));
        assertEquals(first, queue.bufferAt(1399));
        assertEquals(second, queue.bufferAt(1400));
        assertEquals(0, queue.bufferAt(2800));
    }

    @Test
    void releaseTo_insideABuffer_keepsIt() {
        long first = append(1400);
        append(1400);
        queue.releaseTo(1399);
        assertEquals(first, queue.bufferAt(1399));
        queue.releaseTo(1400);
        assertEquals(63, pool.available());
        assertEquals(1400, queue.headOffset());
    }

    @Test
    void thinSegments_moveTogether_sumStaysTrue() {
        append(1400);
        int odd = 0;
        while (buffers.heldTotal() == 1) {
            append(7);
            odd++;
        }
        assertTrue(odd > 50, "only " + odd + " thin segments moved");
        assertEquals(7L * (odd - 1), buffers.compactedBytes());
        long m = queue.bufferAt(0);
        assertEquals(Checksum.sum(Mbuf.data(m), Mbuf.dataLen(m)), Payload.sum(m));
        for (int i = 0; i < Mbuf.dataLen(m); i++) {
            assertEquals(i & 0xff, Mem.u8(Mbuf.data(m) + i));
        }
    }

    @Test
    void oneByteSegments_heldMemoryStaysNearTheBytes() {
        for (int i = 0; i < 20_000; i++) {
            append(1);
        }
        assertTrue(
                buffers.heldTotal() <= 20_000 / (ROOM - Mbuf.HEADROOM_BYTES) + 1,
                "held " + buffers.heldTotal());
    }

    @Test
    void segmentBytes_takesWholeBuffersThatFit_neverAPartOfTheSecond() {
        long m = append(600);
        append(600);
        append(600);
        assertEquals(1200, queue.segmentBytes(m, 0, 1448));
        assertEquals(1100, queue.segmentBytes(m, 100, 1448));
        assertEquals(500, queue.segmentBytes(m, 0, 500));
        assertEquals(600, queue.segmentBytes(m, 0, 1100));
    }

    @Test
    void heldBySomebodyElse_staysAliveAfterRelease() {
        long m = append(1400);
        long next = append(1400);
        buffers.retain(m);
        queue.releaseTo(1400);
        assertEquals(
                next, Payload.next(m), "a sender may walk on from a buffer the queue has released");
        assertEquals(2, buffers.heldTotal());
        assertEquals(
                1, buffers.held(budget), "what was delivered burdens the worker, not the session");
        buffers.release(m);
        assertEquals(1, buffers.heldTotal());
    }
}
