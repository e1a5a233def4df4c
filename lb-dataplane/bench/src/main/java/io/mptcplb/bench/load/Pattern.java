package io.mptcplb.bench.load;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Pseudo-random content, addressed by (seed, block, offset in the block). One table serves all:
 * where a block starts in it depends on seed and block number, so that a block in the wrong place
 * never passes for the right one, and making or checking content costs no more than a memcpy or
 * memcmp.
 */
final class Pattern {
    /** The longest content of one block. */
    static final int BLOCK_BYTES_MAX = 1 << 16;

    private static final int STARTS = 1 << 20;
    private static final MemorySegment TABLE = table();

    private Pattern() {}

    static void fill(MemorySegment into, long offset, long seed, long block, int from, int bytes) {
        MemorySegment.copy(TABLE, start(seed, block) + from, into, offset, bytes);
    }

    /** The offset of the first differing byte, counted from {@code offset}, or -1. */
    static long mismatch(
            MemorySegment received, long offset, long seed, long block, int from, int bytes) {
        long at = start(seed, block) + from;
        return MemorySegment.mismatch(received, offset, offset + bytes, TABLE, at, at + bytes);
    }

    /** The finaliser of SplitMix64: every bit of the argument moves every bit of the result. */
    static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    private static long start(long seed, long block) {
        return mix(seed + block * 0x9e3779b97f4a7c15L) & (STARTS - 1);
    }

    private static MemorySegment table() {
        MemorySegment table = Arena.global().allocate(STARTS + BLOCK_BYTES_MAX, 8);
        for (long i = 0; i < table.byteSize() / 8; i++) {
            table.setAtIndex(ValueLayout.JAVA_LONG, i, mix(i + 1));
        }
        return table;
    }
}
