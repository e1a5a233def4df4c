package io.mptcplb.stack.mptcp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.mptcplb.stack.AllocationMeter;
import io.mptcplb.stack.random.Prng;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** HMAC-SHA256 by the vectors of RFC 4231 and by the platform; tokens and IDSNs by the platform. */
class MptcpCryptoTest {
    private final MptcpCrypto crypto = new MptcpCrypto();

    private void vector(byte[] key, byte[] text, String expected) {
        assertArrayEquals(HexFormat.of().parseHex(expected), crypto.hmac(key, text));
    }

    private static byte[] repeat(int value, int count) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    @Test
    void rfc4231_cases1To4_match() {
        vector(
                repeat(0x0b, 20),
                "Hi There".getBytes(StandardCharsets.US_ASCII),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
        vector(
                "Jefe".getBytes(StandardCharsets.US_ASCII),
                "what do ya want for nothing?".getBytes(StandardCharsets.US_ASCII),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        vector(
                repeat(0xaa, 20),
                repeat(0xdd, 50),
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
        byte[] counting = new byte[25];
        for (int i = 0; i < counting.length; i++) {
            counting[i] = (byte) (i + 1);
        }
        vector(
                counting,
                repeat(0xcd, 50),
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
    }

    @Test
    void anyKeys_hashesAsThePlatform() {
        Prng prng = new Prng(4);
        for (int i = 0; i < 200; i++) {
            long a = prng.nextLong();
            long b = prng.nextLong();
            int x = prng.nextInt();
            int y = prng.nextInt();
            crypto.hmacNonces(a, b, x, y);
            ByteBuffer mac = ByteBuffer.wrap(TestPeer.hmac(a, b, TestPeer.pair(x, y)));
            assertEquals(mac.getLong(0), crypto.leftmost64());
            assertEquals(mac.getLong(8), crypto.second64());
            assertEquals(mac.getInt(16), crypto.third32());
            assertEquals(mac.getLong(24), crypto.rightmost64());
            crypto.hashKey(a);
            assertEquals(TestPeer.token(a), crypto.token());
            assertEquals(TestPeer.initialDsn(a), crypto.initialDsn());
        }
    }

    @Test
    void warm_allocatesNothing() {
        long bytes =
                AllocationMeter.fewestBytes(() -> {
                    for (int i = 0; i < 10_000; i++) {
                        crypto.hashKey(i);
                        crypto.hmacNonces(i, crypto.initialDsn(), i, crypto.token());
                    }
                });
        assertEquals(0, bytes);
    }
}
