package io.mptcplb.stack.random;

/**
 * Secure randomness: what it returns cannot be predicted from what it returned before. For keys,
 * nonces, sequence number secrets and hash keys; jitter takes {@link Prng}.
 *
 * <p>Called on the packet path: implementations neither block nor allocate.
 */
public interface KeySource {
    /** 64 fresh secret bits. */
    long nextLong();

    /** Fills {@code into[offset, offset + bytes)} with fresh secret bytes. */
    default void fill(byte[] into, int offset, int bytes) {
        int end = offset + bytes;
        for (int at = offset; at < end; ) {
            long word = nextLong();
            for (int i = 0; i < Long.BYTES && at < end; i++) {
                into[at++] = (byte) word;
                word >>>= Byte.SIZE;
            }
        }
    }

    /** A fair value in {@code [0, bound)}; {@code bound} at least 1. */
    default int nextInt(int bound) {
        // The high 32 bits scaled down: the bias is below bound / 2^32, far under what a port or a
        // jitter could show.
        return (int) ((nextLong() >>> 32) * bound >>> 32);
    }
}
