package io.mptcplb.sim;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.stack.buffer.HeldBuffers;
import io.mptcplb.stack.buffer.Payload;
import io.mptcplb.stack.buffer.StreamQueue;
import io.mptcplb.stack.tcp.CloseCause;
import io.mptcplb.stack.tcp.Stream;
import io.mptcplb.stack.tcp.StreamListener;
import io.mptcplb.wire.Checksum;
import org.jspecify.annotations.Nullable;

/**
 * An application at one end of a stream: sends a known pattern, checks every byte it receives, and
 * finishes its half when told.
 */
public final class StreamPeer implements StreamListener {
    private static final int QUEUED_BYTES_MAX = 256 * 1024;

    private final HeldBuffers buffers;
    private final StreamQueue received;
    private final StreamQueue source;
    private final Pattern sends;
    private final Pattern expects;
    private final long sendBytes;
    private final int receiveBudget;
    private final int sendBudget;
    private int chunkBytes = 1400;
    private boolean reading = true;
    private boolean finishAfterPeer;
    private @Nullable Stream stream;
    private long verified;
    private long corruptAt = -1;
    private boolean connected;
    private @Nullable CloseCause cause;

    /**
     * @param sendSeed pattern of what is sent
     * @param expectSeed pattern of what must come
     * @param sendBytes how much is sent before this half is finished
     */
    public StreamPeer(HeldBuffers buffers, long sendSeed, long expectSeed, long sendBytes) {
        this.buffers = buffers;
        this.sendBytes = sendBytes;
        received = new StreamQueue(buffers);
        source = new StreamQueue(buffers);
        sends = new Pattern(sendSeed);
        expects = new Pattern(expectSeed);
        receiveBudget = buffers.openBudget();
        sendBudget = buffers.openBudget();
    }

    /** Bytes of one write; the last may be shorter. */
    public StreamPeer chunks(int bytes) {
        chunkBytes = bytes;
        return this;
    }

    /** This half is finished only after the peer's is. */
    public StreamPeer finishAfterPeer() {
        finishAfterPeer = true;
        return this;
    }

    /** Binds the application to its stream. */
    public void use(Stream newStream, long nowNanos) {
        stream = newStream;
        newStream.attach(this, received, source, receiveBudget);
        write(nowNanos);
    }

    /** A reader that stops reading leaves everything in the queue. */
    public void reading(boolean on, long nowNanos) {
        reading = on;
        read(nowNanos);
    }

    private void write(long nowNanos) {
        if (cause != null || stream == null) {
            return;
        }
        boolean grew = false;
        while (source.endOffset() < sendBytes
                && source.endOffset() - source.headOffset() < QUEUED_BYTES_MAX) {
            long m = buffers.exhausted(sendBudget) ? 0 : buffers.pool().alloc();
            if (m == 0) {
                break;
            }
            int bytes = (int) Math.min(chunkBytes, sendBytes - source.endOffset());
            sends.write(Mbuf.data(m), source.endOffset(), bytes);
            Mbuf.setLength(m, bytes);
            Payload.clear(m);
            Payload.setSum(m, Checksum.sum(Mbuf.data(m), bytes));
            buffers.adopt(m, sendBudget);
            source.append(m);
            grew = true;
        }
        boolean mayFinish = !finishAfterPeer || received.finished();
        if (source.endOffset() == sendBytes && mayFinish && !source.finished()) {
            source.finish();
            grew = true;
        }
        if (grew) {
            stream.sourceChanged(nowNanos);
        }
    }

    private void read(long nowNanos) {
        if (!reading) {
            return;
        }
        while (verified < received.endOffset()) {
            long m = received.bufferAt(verified);
            int skip = (int) (verified - Payload.offset(m));
            int bytes = Mbuf.dataLen(m) - skip;
            long wrong = expects.mismatch(Mbuf.data(m) + skip, verified, bytes);
            if (wrong >= 0 && corruptAt < 0) {
                corruptAt = wrong;
            }
            verified += bytes;
            received.releaseTo(verified);
        }
        if (stream != null && cause == null) {
            stream.windowMayHaveGrown(nowNanos);
        }
    }

    @Override
    public void onConnected(Stream of, long nowNanos) {
        connected = true;
    }

    @Override
    public void onReceived(Stream of, long nowNanos) {
        read(nowNanos);
        write(nowNanos);
    }

    @Override
    public void onReleased(Stream of, long nowNanos) {
        write(nowNanos);
    }

    @Override
    public void onTimer(Stream of, long nowNanos) {}

    @Override
    public void onClosed(Stream of, CloseCause why, long nowNanos) {
        cause = why;
        stream = null;
        read(nowNanos);
        source.clear();
    }

    /** Gives everything back; after it no buffer may be missing. */
    public void dispose() {
        received.clear();
        source.clear();
        buffers.closeBudget(receiveBudget);
        buffers.closeBudget(sendBudget);
    }

    public boolean connected() {
        return connected;
    }

    /** Null while the stream lives. */
    public @Nullable CloseCause cause() {
        return cause;
    }

    /** The peer's half is finished and every byte before that was read. */
    public boolean receivedAll() {
        return received.finished() && verified == received.endOffset();
    }

    public long verifiedBytes() {
        return verified;
    }

    /** Position of the first wrong byte, or -1. */
    public long corruptAt() {
        return corruptAt;
    }
}
