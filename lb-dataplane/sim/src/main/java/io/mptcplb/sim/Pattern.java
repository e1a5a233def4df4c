package io.mptcplb.sim;

import io.mptcplb.frame.Mem;

/**
 * The bytes of a stream as a function of seed and position, so that both ends know them without a
 * copy.
 */
final class Pattern {
    private final long seed;

    Pattern(long seed) {
        this.seed = seed;
    }

    byte at(long offset) {
        long x = (offset >>> 3) * 0x9E3779B97F4A7C15L + seed;
        x = (x ^ x >>> 30) * 0xBF58476D1CE4E5B9L;
        x = (x ^ x >>> 27) * 0x94D049BB133111EBL;
        return (byte) (x >>> ((offset & 7) << 3));
    }

    void write(long address, long offset, int bytes) {
        for (int i = 0; i < bytes; i++) {
            Mem.setU8(address + i, at(offset + i));
        }
    }

    /** Offset of the first wrong byte, or -1. */
    long mismatch(long address, long offset, int bytes) {
        for (int i = 0; i < bytes; i++) {
            if ((byte) Mem.u8(address + i) != at(offset + i)) {
                return offset + i;
            }
        }
        return -1;
    }
}
