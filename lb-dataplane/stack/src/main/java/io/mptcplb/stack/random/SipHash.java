package io.mptcplb.stack.random;

/**
 * SipHash-1-3 (Aumasson and Bernstein) over whole 64-bit words: a keyed hash whose values an
 * attacker who chooses the input but does not see the output cannot steer. For table indexes and
 * for sequence numbers by keyed hash (RFC 6528).
 *
 * <p>The state is in the instance so that hashing allocates nothing; use: {@link #begin}, {@link
 * #word} for each word, {@link #finish}.
 */
public final class SipHash {
    private final long k0;
    private final long k1;
    private long v0;
    private long v1;
    private long v2;
    private long v3;
    private int words;

    /** A hash under the secret {@code (k0, k1)}. */
    public SipHash(long k0, long k1) {
        this.k0 = k0;
        this.k1 = k1;
    }

    /** A hash under a fresh secret. */
    public SipHash(KeySource keys) {
        this(keys.nextLong(), keys.nextLong());
    }

    /** Starts a new value; what was begun before is forgotten. */
    public void begin() {
        v0 = k0 ^ 0x736f6d6570736575L;
        v1 = k1 ^ 0x646f72616e646f6dL;
        v2 = k0 ^ 0x6c7967656e657261L;
        v3 = k1 ^ 0x7465646279746573L;
        words = 0;
    }

    /** Takes eight bytes, the first being the lowest of {@code m}. */
    public void word(long m) {
        v3 ^= m;
        round();
        v0 ^= m;
        words++;
    }

    /** The hash of the words since {@link #begin}. */
    public long finish() {
        word((long) words << 59); // the length in bytes, modulo 256, in the top byte of a last word
        // that holds nothing else
        v2 ^= 0xff;
        round();
        round();
        round();
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private void round() {
        v0 += v1;
        v2 += v3;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 = Long.rotateLeft(v2, 32);
    }
}
