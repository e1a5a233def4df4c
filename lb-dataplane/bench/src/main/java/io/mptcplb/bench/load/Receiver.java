package io.mptcplb.bench.load;

import io.mptcplb.bench.sys.StreamSocket;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads one direction of a connection: verifies it, measures its longest stall, and misbehaves as
 * told (pauses, reads slowly). What came behind the stream's end stays in its buffer.
 */
final class Receiver {
    private final StreamSocket socket;
    private final MemorySegment buffer;
    private long startNanos;
    private long limitNanos;
    private long bytesInTime;
    private ByteGate gate = ByteGate.OPEN;
    private int from;
    private int to;
    private long lastNanos;
    private long stallNanos;
    private long stallAtNanos;
    private long stallAtBytes;
    private boolean ended;

    Receiver(StreamSocket socket, MemorySegment buffer) {
        this.socket = socket;
        this.buffer = buffer;
        begin(System.nanoTime(), 0, ByteGate.OPEN);
    }

    /**
     * The moment from which stalls and durations count, and who is told of every piece.
     *
     * @param limitMillis the sender's time; 0 if it sends a number of bytes instead
     */
    void begin(long nowNanos, long limitMillis, ByteGate newGate) {
        startNanos = nowNanos;
        limitNanos = limitMillis * 1_000_000;
        lastNanos = nowNanos;
        gate = newGate;
    }

    MemorySegment buffer() {
        return buffer;
    }

    /** Reads until the stream is complete, broken, or the connection's end; never throws it. */
    void receive(BlockReader reader, int readBytesMax) throws IOException {
        int room = readBytesMax == 0 ? Buffers.BYTES : Math.min(readBytesMax, Buffers.BYTES);
        while (!reader.complete()) {
            if (from == to && !fill(room, reader.payloadBytes())) {
                throw new LoadException("end-before-trailer");
            }
            from += (int) reader.accept(buffer, from, to - from);
            if (limitNanos == 0 || lastNanos - startNanos <= limitNanos) {
                bytesInTime = reader.payloadBytes();
            }
            if (reader.broken()) {
                throw new LoadException("content-corrupt");
            }
        }
    }

    /** Reads exactly so many bytes to the front of the buffer; false if the stream has ended. */
    boolean receiveExactly(int bytes) throws IOException {
        MemorySegment.copy(buffer, from, buffer, 0, to - from);
        to -= from;
        from = 0;
        while (to < bytes) {
            int n = socket.receive(buffer, to, Buffers.BYTES - to);
            if (n == 0 && to == 0) {
                ended = true;
                return false;
            }
            if (n == 0) {
                throw new LoadException("end-inside-record");
            }
            to += n;
        }
        from = bytes;
        return true;
    }

    /** The other end must have closed its direction, and sent nothing more. */
    void expectEnd() throws IOException {
        if (from != to || (!ended && socket.receive(buffer, 0, Buffers.BYTES) != 0)) {
            throw new LoadException("bytes-after-end");
        }
        ended = true;
    }

    Verdict verdict(BlockReader reader) {
        return new Verdict(
                reader.complete(),
                reader.payloadBytes(),
                bytesInTime,
                reader.corruptBlocks(),
                reader.firstCorruptAt(),
                lastNanos - startNanos,
                limitNanos > 0 ? limitNanos : lastNanos - startNanos,
                stallNanos,
                stallAtNanos,
                stallAtBytes,
                Digest.text(reader.sha()),
                Digest.text(reader.senderSha()));
    }

    private boolean fill(int room, long receivedBytes) throws IOException {
        long readyNanos = System.nanoTime();
        int n;
        try {
            n = socket.receive(buffer, 0, room);
        } finally {
            long nowNanos = System.nanoTime();
            if (nowNanos - readyNanos > stallNanos) {
                stallNanos = nowNanos - readyNanos;
                stallAtNanos = readyNanos - startNanos;
                stallAtBytes = receivedBytes;
            }
        }
        if (n == 0) {
            ended = true;
            return false;
        }
        lastNanos = System.nanoTime();
        from = 0;
        to = n;
        gate.moved(n);
        return true;
    }

    /** Holds the reader up once at an offset, and to a rate throughout. */
    static ByteGate slow(long pauseAtBytes, long pauseMillis, long bytesPerSecond) {
        if (pauseAtBytes < 0 && bytesPerSecond == 0) {
            return ByteGate.OPEN;
        }
        return new ByteGate() {
            private final long startNanos = System.nanoTime();
            private long bytes;
            private boolean paused = pauseAtBytes < 0;

            @Override
            public void moved(long n) {
                bytes += n;
                if (!paused && bytes >= pauseAtBytes) {
                    paused = true;
                    waitUntil(System.nanoTime() + pauseMillis * 1_000_000);
                }
                if (bytesPerSecond > 0) {
                    waitUntil(startNanos + (long) (bytes * 1e9 / bytesPerSecond));
                }
            }
        };
    }

    static void waitUntil(long deadlineNanos) {
        for (long left = deadlineNanos - System.nanoTime();
                left > 0;
                left = deadlineNanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
