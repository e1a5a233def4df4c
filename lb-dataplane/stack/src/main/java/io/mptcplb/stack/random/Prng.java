package io.mptcplb.stack.random;

/**
 * A fast generator that a seed replays exactly: jitter, simulation, test data. Never for secrets:
 * take {@link KeySource}.
 *
 * <p>The generator is xoshiro256++ (Blackman and Vigna), its state spread from the seed by
 * SplitMix64.
 */
public final class Prng {
    private long s0;
    private long s1;
    private long s2;
    private long s3;

    /** Any seed is good, 0 too. */
    public Prng(long seed) {
        long spread = seed;
        s0 = mix(spread += 0x9e3779b97f4a7c15L);
        s1 = mix(spread += 0x9e3779b97f4a7c15L);
        s2 = mix(spread += 0x9e3779b97f4a7c15L);
        s3 = mix(spread + 0x9e3779b97f4a7c15L);
    }

    /** 64 evenly distributed bits. */
    public long nextLong() {
        long result = Long.rotateLeft(s0 + s3, 23) + s0;
        long shifted = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= shifted;
        s3 = Long.rotateLeft(s3, 45);
        return result;
    }

    /** 32 evenly distributed bits. */
    public int nextInt() {
        return (int) (nextLong() >>> 32);
    }

    /** A value in {@code [0, bound)}; {@code bound} at least 1. */
    public int nextInt(int bound) {
        return (int) ((nextLong() >>> 32) * bound >>> 32);
    }

    /** A value in {@code [from, to)}; {@code to - from} from 1 to {@code Long.MAX_VALUE}. */
    public long between(long from, long to) {
        return from + Math.unsignedMultiplyHigh(nextLong(), to - from);
    }

    /** True in {@code numerator} of {@code denominator} calls on average. */
    public boolean chance(int numerator, int denominator) {
        return nextInt(denominator) < numerator;
    }

    /** Fills {@code into[offset, offset + bytes)}. */
    public void fill(byte[] into, int offset, int bytes) {
        int end = offset + bytes;
        for (int at = offset; at < end; ) {
            long word = nextLong();
            for (int i = 0; i < Long.BYTES && at < end; i++) {
                into[at++] = (byte) word;
                word >>>= Byte.SIZE;
            }
        }
    }

    private static long mix(long z) {
        long a = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ a >>> 27) * 0x94d049bb133111ebL;
        return b ^ b >>> 31;
    }
}
