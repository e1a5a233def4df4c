package io.mptcplb.bench.load;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Checks one direction of bulk content as it arrives, in pieces of any size. Keeps no content: only
 * the header or trailer that a piece may cut in two.
 */
final class BlockReader {
    private enum State {
        HEADER,
        PAYLOAD,
        TRAILER,
        COMPLETE,
        BROKEN
    }

    private final long seed;
    private final Digest digest;
    private final MemorySegment cut = MemorySegment.ofArray(new byte[Block.TRAILER_BYTES]);
    private State state = State.HEADER;
    private int cutBytes;
    private long block;
    private int blockBytes;
    private int blockAt;
    private boolean blockDiffers;
    private boolean last;
    private long payloadBytes;
    private long corruptBlocks;
    private long firstCorruptAt = -1;
    private long announcedBytes = -1;
    private byte[] sha = new byte[Block.SHA_BYTES];
    private byte[] senderSha = new byte[Block.SHA_BYTES];

    BlockReader(long seed, boolean sha) {
        this.seed = seed;
        this.digest = new Digest(sha);
    }

    /** The trailer has arrived. */
    boolean complete() {
        return state == State.COMPLETE;
    }

    /** A block header was wrong: what follows cannot be told apart any more. */
    boolean broken() {
        return state == State.BROKEN;
    }

    long payloadBytes() {
        return payloadBytes;
    }

    /** Blocks that differ, plus one if lengths or digests of the two ends do. */
    long corruptBlocks() {
        boolean unequal =
                complete() && (announcedBytes != payloadBytes || !Arrays.equals(sha, senderSha));
        return corruptBlocks + (unequal ? 1 : 0);
    }

    /** The payload offset of the first byte that differs, or -1. */
    long firstCorruptAt() {
        return firstCorruptAt;
    }

    /** The digest of what arrived here; zeros until {@link #complete}. */
    byte[] sha() {
        return sha.clone();
    }

    /** The digest that the sender put into the trailer. */
    byte[] senderSha() {
        return senderSha.clone();
    }

    /** Checks the bytes; returns how many belong to this stream (less only at its end). */
    long accept(MemorySegment from, long offset, long bytes) {
        long at = offset;
        long end = offset + bytes;
        while (at < end && state != State.COMPLETE && state != State.BROKEN) {
            at +=
                    switch (state) {
                        case HEADER -> header(from, at, end - at);
                        case PAYLOAD -> payload(from, at, end - at);
                        case TRAILER -> trailer(from, at, end - at);
                        case COMPLETE, BROKEN -> throw new IllegalStateException();
                    };
        }
        return at - offset;
    }

    private long header(MemorySegment from, long at, long bytes) {
        long used = collect(from, at, bytes, Block.HEADER_BYTES);
        if (cutBytes == Block.HEADER_BYTES) {
            cutBytes = 0;
            openBlock();
        }
        return used;
    }

    private void openBlock() {
        int mark = cut.get(Block.INT, Block.MARK_OFFSET);
        blockBytes = cut.get(Block.INT, Block.PAYLOAD_BYTES_OFFSET);
        boolean good =
                (mark == Block.MARK_BLOCK || mark == Block.MARK_LAST)
                        && blockBytes >= 0
                        && blockBytes <= Block.PAYLOAD_BYTES_MAX
                        && cut.get(Block.LONG, Block.NUMBER_OFFSET) == block;
        if (!good) {
            corrupt(0);
            state = State.BROKEN;
            return;
        }
        last = mark == Block.MARK_LAST;
        blockAt = 0;
        blockDiffers = false;
        state = State.PAYLOAD;
        if (blockBytes == 0) {
            closeBlock();
        }
    }

    private long payload(MemorySegment from, long at, long bytes) {
        int n = (int) Math.min(bytes, blockBytes - blockAt);
        long differs = Pattern.mismatch(from, at, seed, block, blockAt, n);
        if (differs >= 0 && !blockDiffers) {
            blockDiffers = true;
            corrupt(differs);
        }
        digest.update(from, at, n);
        blockAt += n;
        payloadBytes += n;
        if (blockAt == blockBytes) {
            closeBlock();
        }
        return n;
    }

    private void closeBlock() {
        block++;
        state = last ? State.TRAILER : State.HEADER;
    }

    private long trailer(MemorySegment from, long at, long bytes) {
        long used = collect(from, at, bytes, Block.TRAILER_BYTES);
        if (cutBytes == Block.TRAILER_BYTES) {
            announcedBytes = cut.get(Block.LONG, Block.TRAILER_TOTAL_OFFSET);
            sha = digest.finish();
            senderSha = cut.asSlice(Block.TRAILER_SHA_OFFSET, Block.SHA_BYTES).toArray(JAVA_BYTE);
            state = State.COMPLETE;
        }
        return used;
    }

    private long collect(MemorySegment from, long at, long bytes, int wanted) {
        int n = (int) Math.min(bytes, wanted - cutBytes);
        MemorySegment.copy(from, at, cut, cutBytes, n);
        cutBytes += n;
        return n;
    }

    private void corrupt(long differsAt) {
        corruptBlocks++;
        if (firstCorruptAt < 0) {
            firstCorruptAt = payloadBytes + differsAt;
        }
    }
}
