package io.mptcplb.bench.load;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Native buffers of one size, used again: the JDK clears new ones, which short connections feel.
 */
final class Buffers {
    /** What one read or one batch of blocks may take. */
    static final int BYTES = 4 * Block.BYTES_MAX;

    private final ConcurrentLinkedDeque<MemorySegment> free = new ConcurrentLinkedDeque<>();

    MemorySegment take() {
        MemorySegment buffer = free.pollFirst();
        return buffer != null ? buffer : Arena.ofAuto().allocate(BYTES + Block.TRAILER_BYTES, 64);
    }

    void give(MemorySegment buffer) {
        free.addFirst(buffer);
    }
}
