package io.mptcplb.bench.load;

import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over native memory. Switched off, it costs nothing and answers zeros. */
final class Digest {
    private final MessageDigest sha;
    private final boolean on;

    Digest(boolean on) {
        this.on = on;
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    void update(MemorySegment segment, long offset, long bytes) {
        if (on) {
            sha.update(segment.asSlice(offset, bytes).asByteBuffer());
        }
    }

    byte[] finish() {
        return on ? sha.digest() : new byte[Block.SHA_BYTES];
    }

    /** The text form of {@link #finish}: {@code -} where it was off. */
    static String text(byte[] digest) {
        for (byte b : digest) {
            if (b != 0) {
                return HexFormat.of().formatHex(digest);
            }
        }
        return "-";
    }

    /** The inverse of {@link #text}. */
    static byte[] bytes(String text) {
        return text.equals("-") ? new byte[Block.SHA_BYTES] : HexFormat.of().parseHex(text);
    }
}
