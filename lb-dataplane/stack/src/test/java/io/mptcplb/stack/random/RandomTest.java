package io.mptcplb.stack.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RandomTest {
    /** The block of RFC 8439 section 2.3.2. */
    @Test
    void chaCha_rfc8439Block_matches() {
        int[] in = {
            0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, 0x03020100, 0x07060504, 0x0b0a0908,
                    0x0f0e0d0c,
            0x13121110, 0x17161514, 0x1b1a1918, 0x1f1e1d1c, 0x00000001, 0x09000000, 0x4a000000,
                    0x00000000
        };
        int[] expected = {
            0xe4e7f110, 0x15593bd1, 0x1fdd0f50, 0xc47120a3, 0xc7f4d1c7, 0x0368c033, 0x9aaa2204,
                    0x4e6cd4c3,
            0x466482d2, 0x09aa9f07, 0x05d7c214, 0xa2028bd9, 0xd19c12b5, 0xb94e16de, 0xe883d0cb,
                    0x4e3c50a2
        };
        int[] out = new int[16];
        ChaChaKeySource.chacha20(in, out);
        assertArrayEquals(expected, out);
    }

    @Test
    void keySource_manyValues_neverRepeats() {
        KeySource keys = new ChaChaKeySource(new byte[ChaChaKeySource.SEED_BYTES]);
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < 100_000; i++) {
            assertTrue(seen.add(keys.nextLong()), "repeated at " + i);
        }
    }

    @Test
    void keySource_twoFromTheSystem_differ() {
        assertNotEquals(
                ChaChaKeySource.fromSystem().nextLong(), ChaChaKeySource.fromSystem().nextLong());
    }

    @Test
    void fill_oddLength_staysInside() {
        byte[] bytes = new byte[21];
        new ChaChaKeySource(new byte[ChaChaKeySource.SEED_BYTES]).fill(bytes, 2, 17);
        assertEquals(0, bytes[0] | bytes[1] | bytes[19] | bytes[20]);
        assertNotEquals(0, bytes[2] | bytes[3] | bytes[18]);
    }

    @Test
    void prng_sameSeed_sameStream() {
        Prng a = new Prng(42);
        Prng b = new Prng(42);
        Prng c = new Prng(43);
        long first = a.nextLong();
        assertEquals(first, b.nextLong());
        assertNotEquals(first, c.nextLong());
    }

    @Test
    void prng_bounds_hold() {
        Prng prng = new Prng(7);
        int[] counts = new int[10];
        for (int i = 0; i < 100_000; i++) {
            counts[prng.nextInt(10)]++;
            long between = prng.between(-5, 5);
            assertTrue(between >= -5 && between < 5);
        }
        for (int count : counts) {
            assertTrue(count > 9_500 && count < 10_500, "count " + count);
        }
    }

    /**
     * The byte-wise model reproduces the published SipHash-2-4 vector, and then checks the
     * word-wise SipHash-1-3.
     */
    @Test
    void sipHash_wordWise_equalsTheModel() {
        byte[] published = new byte[15];
        for (int i = 0; i < published.length; i++) {
            published[i] = (byte) i;
        }
        long k0 = 0x0706050403020100L;
        long k1 = 0x0f0e0d0c0b0a0908L;
        assertEquals(0xa129ca6149be45e5L, model(2, 4, k0, k1, published));

        Prng prng = new Prng(1);
        for (int round = 0; round < 1_000; round++) {
            SipHash hash = new SipHash(prng.nextLong(), prng.nextLong());
            int words = prng.nextInt(8);
            Prng replay = new Prng(1_000 + round);
            ByteBuffer bytes = ByteBuffer.allocate(words * 8).order(ByteOrder.LITTLE_ENDIAN);
            SipHash keyed = new SipHash(round, ~round);
            keyed.begin();
            hash.begin();
            for (int i = 0; i < words; i++) {
                long word = replay.nextLong();
                bytes.putLong(word);
                keyed.word(word);
                hash.word(word);
            }
            long value = keyed.finish();
            assertEquals(model(1, 3, round, ~round, bytes.array()), value);
            assertNotEquals(value, hash.finish());
        }
    }

    private static long model(int compressions, int finals, long k0, long k1, byte[] message) {
        long[] v = {
            k0 ^ 0x736f6d6570736575L,
            k1 ^ 0x646f72616e646f6dL,
            k0 ^ 0x6c7967656e657261L,
            k1 ^ 0x7465646279746573L
        };
        int padded = (message.length / 8 + 1) * 8;
        byte[] bytes = java.util.Arrays.copyOf(message, padded);
        bytes[padded - 1] = (byte) message.length;
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            long m = in.getLong();
            v[3] ^= m;
            rounds(v, compressions);
            v[0] ^= m;
        }
        v[2] ^= 0xff;
        rounds(v, finals);
        return v[0] ^ v[1] ^ v[2] ^ v[3];
    }

    private static void rounds(long[] v, int count) {
        for (int i = 0; i < count; i++) {
            v[0] += v[1];
            v[1] = Long.rotateLeft(v[1], 13) ^ v[0];
            v[0] = Long.rotateLeft(v[0], 32);
            v[2] += v[3];
            v[3] = Long.rotateLeft(v[3], 16) ^ v[2];
            v[0] += v[3];
            v[3] = Long.rotateLeft(v[3], 21) ^ v[0];
            v[2] += v[1];
            v[1] = Long.rotateLeft(v[1], 17) ^ v[2];
            v[2] = Long.rotateLeft(v[2], 32);
        }
    }
}
