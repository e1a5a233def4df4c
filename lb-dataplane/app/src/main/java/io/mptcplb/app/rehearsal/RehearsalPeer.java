package io.mptcplb.app.rehearsal;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.stack.buffer.HeldBuffers;
import io.mptcplb.stack.buffer.Payload;
import io.mptcplb.stack.buffer.StreamQueue;
import io.mptcplb.stack.tcp.CloseCause;
import io.mptcplb.stack.tcp.Stream;
import io.mptcplb.stack.tcp.StreamListener;
import org.jspecify.annotations.Nullable;

/** An application at one end of a stream: sends so many bytes, reads all it gets, then ends. */
public final class RehearsalPeer implements StreamListener {
    private static final int CHUNK_BYTES = 1_400;
    private static final int SLOW_BYTES = 2_000;
    private static final int QUEUED_BYTES_MAX = 128 * 1_024;

    private final HeldBuffers buffers;
    private final StreamQueue received;
    private final StreamQueue source;
    private final long sendBytes;
    private final int receiveBudget;
    private final int sendBudget;
    private final long leadBytes;
    private @Nullable Stream stream;
    private @Nullable CloseCause cause;
    private long receivedBytes;
    private boolean slow;

    /**
     * @param sendBytes how much it sends before it finishes its direction
     */
    public RehearsalPeer(HeldBuffers buffers, long sendBytes) {
        this(buffers, sendBytes, sendBytes);
    }

    /**
     * @param leadBytes how far what it sends is ahead of what it has received: a request for a
     *     client that takes turns with its server, 0 for the server
     */
    RehearsalPeer(HeldBuffers buffers, long sendBytes, long leadBytes) {
        this.leadBytes = leadBytes;
        this.buffers = buffers;
        this.sendBytes = sendBytes;
        received = new StreamQueue(buffers);
        source = new StreamQueue(buffers);
        receiveBudget = buffers.openBudget();
        sendBudget = buffers.openBudget();
    }

    /** Binds it to its stream, once. */
    public void use(Stream newStream, long nowNanos) {
        stream = newStream;
        newStream.attach(this, received, source, receiveBudget);
        write(nowNanos);
    }

    /** Payload bytes that have come. */
    public long receivedBytes() {
        return receivedBytes;
    }

    /** How its stream ended; null while it lives. */
    public @Nullable CloseCause cause() {
        return cause;
    }

    /** Ends the stream without a clean end. */
    public void abort(long nowNanos) {
        Stream open = stream;
        if (open != null) {
            open.abort(nowNanos);
        }
    }

    /** Gives its budgets back, once nothing is charged to them; false while something is. */
    public boolean dispose() {
        received.clear();
        source.clear();
        if (buffers.held(receiveBudget) + buffers.held(sendBudget) > 0) {
            return false;
        }
        buffers.closeBudget(receiveBudget);
        buffers.closeBudget(sendBudget);
        return true;
    }

    private void write(long nowNanos) {
        Stream to = stream;
        if (to == null || source.finished()) {
            return;
        }
        boolean grew = false;
        long limit = Math.min(sendBytes, receivedBytes + leadBytes);
        while (source.endOffset() < limit
                && source.endOffset() - source.headOffset() < QUEUED_BYTES_MAX) {
            long m = buffers.exhausted(sendBudget) ? 0 : buffers.pool().alloc();
            if (m == 0) {
                break;
            }
            Mbuf.setLength(m, (int) Math.min(CHUNK_BYTES, limit - source.endOffset()));
            Payload.clear(m);
            buffers.adopt(m, sendBudget);
            source.append(m);
            grew = true;
        }
        if (source.endOffset() == sendBytes) {
            source.finish();
            grew = true;
        }
        if (grew) {
            to.sourceChanged(nowNanos);
        }
    }

    @Override
    public void onConnected(Stream of, long nowNanos) {
        write(nowNanos);
    }

    @Override
    public void onReceived(Stream of, long nowNanos) {
        if (!slow) {
            take(of, received.endOffset(), nowNanos);
        }
    }

    private void take(Stream of, long endOffset, long nowNanos) {
        receivedBytes = endOffset;
        received.releaseTo(endOffset);
        of.windowMayHaveGrown(nowNanos);
        write(nowNanos);
    }

    /** From now on nothing is read but by {@link #read}: its window is what holds its peer up. */
    void readSlowly() {
        slow = true;
    }

    /** Reads a little of what has come. */
    void read(long nowNanos) {
        Stream open = stream;
        long end = Math.min(received.endOffset(), receivedBytes + SLOW_BYTES);
        if (open != null && end > receivedBytes) {
            take(open, end, nowNanos);
        }
    }

    @Override
    public void onReleased(Stream of, long nowNanos) {
        write(nowNanos);
    }

    @Override
    public void onTimer(Stream of, long nowNanos) {}

    @Override
    public void onClosed(Stream of, CloseCause why, long nowNanos) {
        stream = null;
        cause = why;
    }
}
