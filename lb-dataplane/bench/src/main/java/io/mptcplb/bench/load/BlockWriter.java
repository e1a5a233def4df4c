package io.mptcplb.bench.load;

import io.mptcplb.bench.sys.StreamSocket;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Sends one direction of bulk content: a number of bytes, or for a time. */
final class BlockWriter {
    private static final int BATCH_BLOCKS = Buffers.BYTES / Block.BYTES_MAX;

    private final StreamSocket socket;
    private final MemorySegment batch;
    private final long seed;
    private final int chunkBytes;
    private final Digest digest;
    private final ByteGate gate;

    private long block;
    private long payloadBytes;

    /**
     * @param chunkBytes at most this much per send call; 0 leaves it to the batch
     */
    BlockWriter(
            StreamSocket socket,
            MemorySegment batch,
            long seed,
            int chunkBytes,
            boolean sha,
            ByteGate gate) {
        this.socket = socket;
        this.batch = batch;
        this.seed = seed;
        this.chunkBytes = chunkBytes;
        this.digest = new Digest(sha);
        this.gate = gate;
    }

    long payloadBytes() {
        return payloadBytes;
    }

    /** Sends exactly {@code bytes} of payload; returns its SHA-256. */
    byte[] sendBytes(long bytes) throws IOException {
        long left = bytes;
        boolean last = false;
        while (!last) {
            long at = 0;
            for (int i = 0; i < BATCH_BLOCKS && !last; i++) {
                int payload = (int) Math.min(left, Block.PAYLOAD_BYTES_MAX);
                left -= payload;
                last = left == 0;
                at = put(at, payload, last);
            }
            if (!last) {
                write(at);
                continue;
            }
            return finish(at);
        }
        throw new IllegalStateException("unreachable: the last batch returns");
    }

    /** Sends until {@code System.nanoTime()} reaches the deadline; returns the SHA-256. */
    byte[] sendUntil(long deadlineNanos) throws IOException {
        while (deadlineNanos - System.nanoTime() > 0) {
            long at = 0;
            for (int i = 0; i < BATCH_BLOCKS; i++) {
                at = put(at, Block.PAYLOAD_BYTES_MAX, false);
            }
            write(at);
        }
        return finish(put(0, 0, true));
    }

    private byte[] finish(long at) throws IOException {
        byte[] sha = digest.finish();
        batch.set(Block.LONG, at + Block.TRAILER_TOTAL_OFFSET, payloadBytes);
        MemorySegment.copy(
                MemorySegment.ofArray(sha),
                0,
                batch,
                at + Block.TRAILER_SHA_OFFSET,
                Block.SHA_BYTES);
        write(at + Block.TRAILER_BYTES);
        return sha;
    }

    private long put(long at, int payload, boolean last) {
        batch.set(Block.INT, at + Block.MARK_OFFSET, last ? Block.MARK_LAST : Block.MARK_BLOCK);
        batch.set(Block.INT, at + Block.PAYLOAD_BYTES_OFFSET, payload);
        batch.set(Block.LONG, at + Block.NUMBER_OFFSET, block);
        Pattern.fill(batch, at + Block.HEADER_BYTES, seed, block, 0, payload);
        digest.update(batch, at + Block.HEADER_BYTES, payload);
        block++;
        payloadBytes += payload;
        return at + Block.HEADER_BYTES + payload;
    }

    private void write(long bytes) throws IOException {
        int chunk = chunkBytes == 0 ? (int) bytes : chunkBytes;
        for (long at = 0; at < bytes; at += chunk) {
            long n = Math.min(chunk, bytes - at);
            socket.sendAll(batch, at, n);
            gate.moved(n);
        }
    }
}
