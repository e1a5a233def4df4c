package io.mptcplb.stack.random;

import java.security.SecureRandom;

/**
 * A {@link KeySource} that costs nanoseconds: the ChaCha20 block function (RFC 8439 section 2.3)
 * keyed once from the operating system, rekeyed from its own output in every block so that a later
 * look into memory does not reveal earlier secrets.
 *
 * <p>Each block of 64 bytes gives 32 bytes of next key, wiped from the output, and 32 bytes to hand
 * out, each used once.
 */
public final class ChaChaKeySource implements KeySource {
    /** Bytes of seed. */
    public static final int SEED_BYTES = 32;

    private static final int WORDS = 16;
    private static final int KEY_AT = 4;
    private static final int KEY_WORDS = 8;
    private static final int DOUBLE_ROUNDS = 10;

    private final int[] state = new int[WORDS];
    private final int[] block = new int[WORDS];
    private int used = WORDS;

    /**
     * A generator of its own stream. The same seed gives the same stream, which only tests want.
     *
     * @param seed {@link #SEED_BYTES} bytes of entropy; not kept
     */
    public ChaChaKeySource(byte[] seed) {
        if (seed.length != SEED_BYTES) {
            throw new IllegalArgumentException(
                    "seed of " + seed.length + " bytes, needs " + SEED_BYTES);
        }
        state[0] = 0x61707865; // "expa"
        state[1] = 0x3320646e; // "nd 3"
        state[2] = 0x79622d32; // "2-by"
        state[3] = 0x6b206574; // "te k"
        for (int i = 0; i < KEY_WORDS; i++) {
            state[KEY_AT + i] =
                    seed[4 * i] & 0xff
                            | (seed[4 * i + 1] & 0xff) << 8
                            | (seed[4 * i + 2] & 0xff) << 16
                            | (seed[4 * i + 3] & 0xff) << 24;
        }
    }

    /**
     * A generator seeded by the operating system; called at start, may block until the machine has
     * entropy.
     */
    public static ChaChaKeySource fromSystem() {
        byte[] seed = new byte[SEED_BYTES];
        new SecureRandom().nextBytes(seed);
        return new ChaChaKeySource(seed);
    }

    @Override
    public long nextLong() {
        if (used == WORDS) {
            refill();
        }
        long word = block[used] & 0xffff_ffffL | (long) block[used + 1] << 32;
        block[used] = 0;
        block[used + 1] = 0;
        used += 2;
        return word;
    }

    private void refill() {
        chacha20(state, block);
        System.arraycopy(block, 0, state, KEY_AT, KEY_WORDS);
        for (int i = 0; i < KEY_WORDS; i++) {
            block[i] = 0;
        }
        used = KEY_WORDS;
    }

    /** One block: RFC 8439 section 2.3, {@code in} being constants, key, counter and nonce. */
    static void chacha20(int[] in, int[] out) {
        System.arraycopy(in, 0, out, 0, WORDS);
        for (int i = 0; i < DOUBLE_ROUNDS; i++) {
            quarter(out, 0, 4, 8, 12);
            quarter(out, 1, 5, 9, 13);
            quarter(out, 2, 6, 10, 14);
            quarter(out, 3, 7, 11, 15);
            quarter(out, 0, 5, 10, 15);
            quarter(out, 1, 6, 11, 12);
            quarter(out, 2, 7, 8, 13);
            quarter(out, 3, 4, 9, 14);
        }
        for (int i = 0; i < WORDS; i++) {
            out[i] += in[i];
        }
    }

    private static void quarter(int[] x, int a, int b, int c, int d) {
        x[a] += x[b];
        x[d] = Integer.rotateLeft(x[d] ^ x[a], 16);
        x[c] += x[d];
        x[b] = Integer.rotateLeft(x[b] ^ x[c], 12);
        x[a] += x[b];
        x[d] = Integer.rotateLeft(x[d] ^ x[a], 8);
        x[c] += x[d];
        x[b] = Integer.rotateLeft(x[b] ^ x[c], 7);
    }
}
