package io.mptcplb.proxy;

import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.stack.buffer.HeldBuffers;
import io.mptcplb.stack.buffer.Payload;
import io.mptcplb.stack.buffer.StreamQueue;
import io.mptcplb.stack.tcp.CloseCause;
import io.mptcplb.stack.tcp.Stream;
import io.mptcplb.stack.tcp.StreamListener;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One peer of a session that does exactly what a test says, with real buffers in real queues. As a
 * real stream, it calls back in the middle of {@link #abort}, and then forgets its session.
 */
final class FakeStream implements Stream {
    static final int PAYLOAD_MAX = 1_400;

    private final HeldBuffers buffers;
    private @Nullable StreamListener listener;
    private @Nullable StreamQueue received;
    private @Nullable StreamQueue source;
    private int budget = -1;
    int sourceChanges;
    int windowChances;
    int aborts;
    long timerNanos = Long.MAX_VALUE;

    FakeStream(HeldBuffers buffers) {
        this.buffers = buffers;
    }

    // ---- what the session does

    @Override
    public void attach(
            StreamListener newListener, StreamQueue newReceived, StreamQueue newSource, int id) {
        listener = newListener;
        received = newReceived;
        source = newSource;
        budget = id;
    }

    @Override
    public void sourceChanged(long nowNanos) {
        sourceChanges++;
    }

    @Override
    public void windowMayHaveGrown(long nowNanos) {
        windowChances++;
    }

    @Override
    public long bandwidthDelayBytes() {
        return 0;
    }

    @Override
    public int payloadMax() {
        return PAYLOAD_MAX;
    }

    @Override
    public void abort(long nowNanos) {
        aborts++;
        close(CloseCause.ABORTED, nowNanos);
    }

    @Override
    public void armTimer(long deadlineNanos) {
        timerNanos = deadlineNanos;
    }

    // ---- what the peer does

    void connected(long nowNanos) {
        listener().onConnected(this, nowNanos);
    }

    void receive(int bytes, long nowNanos) {
        BufferPool pool = buffers.pool();
        long m = pool.alloc();
        Mbuf.setLength(m, bytes);
        Payload.clear(m);
        buffers.adopt(m, budget);
        Objects.requireNonNull(received).append(m);
        listener().onReceived(this, nowNanos);
    }

    void finish(long nowNanos) {
        Objects.requireNonNull(received).finish();
        listener().onReceived(this, nowNanos);
    }

    /** The peer acknowledges everything that is there to send. */
    void acknowledgeAll(long nowNanos) {
        StreamQueue from = Objects.requireNonNull(source);
        from.releaseTo(from.endOffset());
        listener().onReleased(this, nowNanos);
    }

    /** Bytes that wait to be sent to this peer, or for its acknowledgement. */
    long waitingBytes() {
        StreamQueue from = Objects.requireNonNull(source);
        return from.endOffset() - from.headOffset();
    }

    /** As a sender does, whose segment still lies in a port's ring. */
    long holdFirst() {
        long m = Objects.requireNonNull(source).bufferAt(0);
        buffers.retain(m);
        return m;
    }

    boolean sourceFinished() {
        return Objects.requireNonNull(source).finished();
    }

    void timer(long nowNanos) {
        timerNanos = Long.MAX_VALUE;
        listener().onTimer(this, nowNanos);
    }

    void close(CloseCause cause, long nowNanos) {
        StreamListener told = listener();
        listener = null;
        received = null;
        source = null;
        told.onClosed(this, cause, nowNanos);
    }

    private StreamListener listener() {
        return Objects.requireNonNull(listener, "not attached");
    }
}
