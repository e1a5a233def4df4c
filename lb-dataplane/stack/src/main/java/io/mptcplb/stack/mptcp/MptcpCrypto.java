package io.mptcplb.stack.mptcp;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * SHA-256 over keys and HMAC-SHA256 (RFC 2104) under two of them. One per worker; results stay in
 * it until the next call. HMAC is built on one reused digest, because {@code javax.crypto.Mac}
 * allocates at every key.
 */
public final class MptcpCrypto {
    static final int HASH_BYTES = 32;
    private static final int BLOCK_BYTES = 64;
    private static final byte INNER_PAD = 0x36;
    private static final byte OUTER_PAD = 0x5c;

    private final MessageDigest sha256;
    private final byte[] keyBlock = new byte[BLOCK_BYTES];
    private final byte[] message = new byte[BLOCK_BYTES];
    private final byte[] hash = new byte[HASH_BYTES];

    public MptcpCrypto() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Hashes one key; then read {@link #token} and {@link #initialDsn} (RFC 8684 s3.1, s3.2). */
    public void hashKey(long key) {
        putLong(message, 0, key);
        sha256.update(message, 0, Long.BYTES);
        finishDigest();
    }

    /** The most significant 32 bits of the hash. */
    public int token() {
        return (int) (longAt(0) >>> 32);
    }

    /** The least significant 64 bits of the hash: the sequence number of MP_CAPABLE itself. */
    public long initialDsn() {
        return longAt(24);
    }

    /**
     * HMAC of a join: key {@code firstKey | secondKey}, message {@code firstNonce | secondNonce}
     * (s3.2).
     */
    public void hmacNonces(long firstKey, long secondKey, int firstNonce, int secondNonce) {
        putLong(message, 0, (long) firstNonce << 32 | secondNonce & 0xffff_ffffL);
        hmac(firstKey, secondKey, Long.BYTES);
    }

    /**
     * HMAC of an ADD_ADDR: key {@code sendersKey | receiversKey}, message id, address, port
     * (s3.4.1).
     *
     * @param port 0 when the option carries none
     */
    // Over ParameterNumber: an address is two longs, and the packet path makes no record of them.
    public void hmacAddress(
            long sendersKey, long receiversKey, int id, boolean ipv6, long hi, long lo, int port) {
        message[0] = (byte) id;
        int at = 1;
        if (ipv6) {
            putLong(message, at, hi);
            putLong(message, at + 8, lo);
            at += 16;
        } else {
            putInt(message, at, (int) lo);
            at += 4;
        }
        message[at] = (byte) (port >>> 8);
        message[at + 1] = (byte) port;
        hmac(sendersKey, receiversKey, at + 2);
    }

    /** The leftmost 64 bits of the last HMAC: what a JOIN's SYN/ACK carries. */
    public long leftmost64() {
        return longAt(0);
    }

    /** Bits 64 to 127 of the last HMAC. */
    public long second64() {
        return longAt(8);
    }

    /** Bits 128 to 159: with the two before, what a JOIN's third ACK carries. */
    public int third32() {
        return (int) (longAt(16) >>> 32);
    }

    /** The rightmost 64 bits of the last HMAC: what ADD_ADDR carries. */
    public long rightmost64() {
        return longAt(24);
    }

    /** HMAC of {@code messageBytes} bytes of {@link #message} under the 16 bytes of both keys. */
    private void hmac(long firstKey, long secondKey, int messageBytes) {
        putLong(keyBlock, 0, firstKey);
        putLong(keyBlock, 8, secondKey);
        finishHmac(2 * Long.BYTES, message, messageBytes);
    }

    private void finishHmac(int keyBytes, byte[] text, int textBytes) {
        pad(keyBytes, INNER_PAD);
        sha256.update(keyBlock, 0, BLOCK_BYTES);
        sha256.update(text, 0, textBytes);
        finishDigest();
        // From inner to outer pad in place.
        for (int i = 0; i < BLOCK_BYTES; i++) {
            keyBlock[i] ^= INNER_PAD ^ OUTER_PAD;
        }
        sha256.update(keyBlock, 0, BLOCK_BYTES);
        sha256.update(hash, 0, HASH_BYTES);
        finishDigest();
    }

    private void pad(int keyBytes, byte pad) {
        for (int i = 0; i < BLOCK_BYTES; i++) {
            keyBlock[i] = (byte) (i < keyBytes ? keyBlock[i] ^ pad : pad);
        }
    }

    /** For test vectors: a key of at most one block. */
    byte[] hmac(byte[] key, byte[] text) {
        System.arraycopy(key, 0, keyBlock, 0, key.length);
        finishHmac(key.length, text, text.length);
        return hash.clone();
    }

    private void finishDigest() {
        try {
            sha256.digest(hash, 0, HASH_BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException("the buffer has the digest's length", e);
        }
    }

    private long longAt(int at) {
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = value << 8 | hash[at + i] & 0xff;
        }
        return value;
    }

    private static void putLong(byte[] to, int at, long value) {
        putInt(to, at, (int) (value >>> 32));
        putInt(to, at + 4, (int) value);
    }

    private static void putInt(byte[] to, int at, int value) {
        to[at] = (byte) (value >>> 24);
        to[at + 1] = (byte) (value >>> 16);
        to[at + 2] = (byte) (value >>> 8);
        to[at + 3] = (byte) value;
    }
}
