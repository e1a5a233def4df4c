package io.mptcplb.bench.load;

import java.lang.foreign.MemorySegment;
import java.util.Locale;

/**
 * What the receiver of one direction saw.
 *
 * @param complete the whole stream came, trailer included
 * @param bytes payload received
 * @param bytesInTime those within {@code timeNanos}
 * @param corrupt blocks that differ from what was sent
 * @param corruptAt payload offset of the first difference, -1 for none
 * @param nanos from the request to the last byte
 * @param timeNanos the time that the sender was to send for; {@code nanos} if it was to send bytes
 * @param stallNanos the longest wait for a new byte while the receiver was ready to read
 * @param stallAtNanos when that wait began, counted from the request
 * @param stallAtBytes how much had been received by then
 * @param sha256 of the payload received, in hexadecimal; {@code -} if it was not computed
 * @param senderSha256 of the payload sent, as the sender computed it
 */
public record Verdict(
        boolean complete,
        long bytes,
        long bytesInTime,
        long corrupt,
        long corruptAt,
        long nanos,
        long timeNanos,
        long stallNanos,
        long stallAtNanos,
        long stallAtBytes,
        String sha256,
        String senderSha256) {
    private static final int SHA_OFFSET = 88;
    private static final int SENDER_SHA_OFFSET = SHA_OFFSET + Block.SHA_BYTES;
    static final int BYTES = SENDER_SHA_OFFSET + Block.SHA_BYTES;
    public static final Verdict NOTHING = new Verdict(false, 0, 0, 0, -1, 0, 0, 0, 0, 0, "-", "-");

    private static final long MAGIC = 0x6d707665_72646963L;

    public boolean verified() {
        return complete && corrupt == 0;
    }

    /**
     * Payload bits per microsecond. Of a load that was to last for a time it is what arrived within
     * that: how long buffers take to empty afterwards says little of the path.
     */
    public double goodputMbps() {
        return timeNanos == 0 ? 0 : bytesInTime * 8e3 / timeNanos;
    }

    void encode(MemorySegment into, long at) {
        into.set(Block.LONG, at, MAGIC);
        into.set(Block.LONG, at + 8, complete ? 1 : 0);
        into.set(Block.LONG, at + 16, bytes);
        into.set(Block.LONG, at + 24, corrupt);
        into.set(Block.LONG, at + 32, corruptAt);
        into.set(Block.LONG, at + 40, nanos);
        into.set(Block.LONG, at + 48, stallNanos);
        into.set(Block.LONG, at + 56, stallAtNanos);
        into.set(Block.LONG, at + 64, stallAtBytes);
        into.set(Block.LONG, at + 72, bytesInTime);
        into.set(Block.LONG, at + 80, timeNanos);
        putSha(sha256, into, at + SHA_OFFSET);
        putSha(senderSha256, into, at + SENDER_SHA_OFFSET);
    }

    /** Null-free: a record that is not one reads as {@link #NOTHING}. */
    static Verdict decode(MemorySegment from, long at) {
        if (from.get(Block.LONG, at) != MAGIC) {
            return NOTHING;
        }
        return new Verdict(
                from.get(Block.LONG, at + 8) == 1,
                from.get(Block.LONG, at + 16),
                from.get(Block.LONG, at + 72),
                from.get(Block.LONG, at + 24),
                from.get(Block.LONG, at + 32),
                from.get(Block.LONG, at + 40),
                from.get(Block.LONG, at + 80),
                from.get(Block.LONG, at + 48),
                from.get(Block.LONG, at + 56),
                from.get(Block.LONG, at + 64),
                getSha(from, at + SHA_OFFSET),
                getSha(from, at + SENDER_SHA_OFFSET));
    }

    private static void putSha(String text, MemorySegment into, long at) {
        MemorySegment sha = MemorySegment.ofArray(Digest.bytes(text));
        MemorySegment.copy(sha, 0, into, at, Block.SHA_BYTES);
    }

    private static String getSha(MemorySegment from, long at) {
        byte[] sha = new byte[Block.SHA_BYTES];
        MemorySegment.copy(from, at, MemorySegment.ofArray(sha), 0, Block.SHA_BYTES);
        return Digest.text(sha);
    }

    /** Key=value words, each key behind {@code prefix}. */
    String text(String prefix) {
        return String.format(
                Locale.ROOT,
                "%1$sbytes=%2$d %1$sseconds=%3$.3f %1$smbps=%4$.2f %1$sstall_ms=%5$.1f"
                        + " %1$sstall_at_s=%6$.3f %1$sstall_at_bytes=%7$d %1$scorrupt=%8$d"
                        + " %1$scorrupt_at=%9$d %1$scomplete=%10$d %1$ssha256=%11$s",
                prefix,
                bytes,
                nanos / 1e9,
                goodputMbps(),
                stallNanos / 1e6,
                stallAtNanos / 1e9,
                stallAtBytes,
                corrupt,
                corruptAt,
                complete ? 1 : 0,
                sha256);
    }
}
