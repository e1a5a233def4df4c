package io.mptcplb.frame;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A pool of the same buffers out of ordinary memory: for tests, simulation and warm-up. In checked
 * mode a buffer that is released twice, or touched after {@link #close}, is an exception.
 */
public final class ArenaBufferPool implements BufferPool, AutoCloseable {
    private static final int ALIGN_BYTES = 64;

    private final Arena arena = Arena.ofShared();
    private final long base;
    private final int roomBytes;
    private final long[] free;
    private int freeCount;
    private long allocFailures;

    public ArenaBufferPool(int capacity, int roomBytes) {
        this.roomBytes = roomBytes;
        long strideBytes =
                (Mbuf.STRUCT_BYTES + Mbuf.PRIVATE_BYTES + roomBytes + ALIGN_BYTES - 1L)
                        / ALIGN_BYTES
                        * ALIGN_BYTES;
        MemorySegment memory = arena.allocate(strideBytes * capacity, ALIGN_BYTES);
        base = memory.address();
        Mem.register(base, memory.byteSize());
        free = new long[capacity];
        for (int i = capacity - 1; i >= 0; i--) {
            long m = base + i * strideBytes;
            Mbuf.init(m, roomBytes, base);
            Mbuf.setRefcnt(m, 0);
            free[freeCount++] = m;
        }
    }

    @Override
    public long alloc() {
        if (freeCount == 0) {
            allocFailures++;
            return 0;
        }
        long m = free[--freeCount];
        Mbuf.reset(m);
        return m;
    }

    @Override
    public void release(long m) {
        int count = Mbuf.refcnt(m);
        if (Mem.CHECKED && (count == 0 || Mbuf.pool(m) != base)) {
            throw new IllegalStateException(
                    "buffer 0x" + Long.toHexString(m) + " released twice, or of another pool");
        }
        Mbuf.setRefcnt(m, count - 1);
        if (count == 1) {
            free[freeCount++] = m;
        }
    }

    @Override
    public int capacity() {
        return free.length;
    }

    @Override
    public int available() {
        return freeCount;
    }

    @Override
    public int roomBytes() {
        return roomBytes;
    }

    @Override
    public long allocFailures() {
        return allocFailures;
    }

    @Override
    public void close() {
        Mem.unregister(base);
        arena.close();
    }
}
