package io.mptcplb.stack.tcp;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.stack.buffer.Payload;
import io.mptcplb.stack.buffer.StreamQueue;
import io.mptcplb.wire.DropReason;
import org.jspecify.annotations.Nullable;

/**
 * Plain TCP as a stream: a backend connection, or a client without MPTCP. One per endpoint, reused
 * with it.
 */
public final class PlainStream implements Stream, SegmentExtension {
    private final TcpStack stack;
    private final TcpEndpoint tcp;
    private @Nullable Acceptor acceptor;
    private @Nullable StreamListener listener;
    private @Nullable StreamQueue received;
    private @Nullable StreamQueue source;
    private int budget = NO_BUDGET;
    private long sentOffset;

    PlainStream(TcpStack stack, TcpEndpoint tcp) {
        this.stack = stack;
        this.tcp = tcp;
    }

    /** For a client of this listener, whose SYN is being answered. */
    public PlainStream accept(Acceptor by) {
        clear();
        acceptor = by;
        return this;
    }

    /**
     * Sends the SYN of an active open that {@link TcpStack#prepare} made; the stream must be
     * attached.
     *
     * @param mssBytes what the peer may send in one segment
     */
    public void connect(int mssBytes, long nowNanos) {
        tcp.openActive(mssBytes, this, nowNanos);
    }

    /** The TCP below. */
    public TcpEndpoint tcp() {
        return tcp;
    }

    void clear() {
        acceptor = null;
        listener = null;
        received = null;
        source = null;
        budget = NO_BUDGET;
        sentOffset = 0;
    }

    // ---- Stream

    @Override
    public void attach(
            StreamListener newListener,
            StreamQueue newReceived,
            StreamQueue newSource,
            int newBudget) {
        listener = newListener;
        received = newReceived;
        source = newSource;
        budget = newBudget;
        sentOffset = 0;
    }

    @Override
    public void sourceChanged(long nowNanos) {
        tcp.mark();
    }

    @Override
    public void windowMayHaveGrown(long nowNanos) {
        tcp.considerWindowUpdate(stack.settings().initialWindowBytes() / 2);
    }

    @Override
    public long bandwidthDelayBytes() {
        TcpSender sender = tcp.sender();
        return sender.bytesPerMillisecond() * sender.rtt().minRttNanos() / 1_000_000L;
    }

    @Override
    public int payloadMax() {
        return tcp.sender().payloadMax();
    }

    @Override
    public void abort(long nowNanos) {
        tcp.abort(CloseCause.ABORTED, nowNanos);
    }

    @Override
    public void armTimer(long deadlineNanos) {
        tcp.armUser(deadlineNanos);
    }

    // ---- SegmentExtension

    @Override
    public int dataOptionBytes() {
        return 0;
    }

    @Override
    public boolean mayMerge() {
        return true;
    }

    @Override
    public boolean displacesTimestamps() {
        return false;
    }

    @Override
    public int writeOptions(TcpEndpoint of, OutgoingSegment out, long at, int roomBytes) {
        return 0;
    }

    @Override
    public DropReason onOptions(TcpEndpoint of, Segment segment, long nowNanos) {
        return DropReason.NONE;
    }

    @Override
    public void onEstablished(TcpEndpoint of, long nowNanos) {
        Listener from = tcp.listener();
        if (acceptor != null && from != null) {
            acceptor.onAccepted(this, from, nowNanos);
        } else if (listener != null) {
            listener.onConnected(this, nowNanos);
        }
        tcp.mark();
    }

    @Override
    public void onPayload(TcpEndpoint of, long m, long nowNanos) {
        if (received == null || listener == null) {
            throw new IllegalStateException("payload before attach");
        }
        received.append(m);
        listener.onReceived(this, nowNanos);
    }

    @Override
    public void onFinReceived(TcpEndpoint of, long nowNanos) {
        if (received != null && listener != null) {
            received.finish();
            listener.onReceived(this, nowNanos);
        }
    }

    @Override
    public void onAcked(TcpEndpoint of, long nowNanos) {
        if (source != null && listener != null) {
            source.releaseTo(tcp.sender().ackedOffset());
            listener.onReleased(this, nowNanos);
        }
    }

    @Override
    public void pump(TcpEndpoint of, long nowNanos) {
        StreamQueue from = source;
        if (from == null) {
            return;
        }
        TcpSender sender = tcp.sender();
        long waiting = from.endOffset() - sentOffset;
        int room = sender.newDataBytes(waiting);
        while (room > 0) {
            int bytes = sendNext(from, room, waiting, nowNanos);
            if (bytes == 0) {
                return;
            }
            waiting -= bytes;
            room = sender.newDataBytes(waiting);
        }
        if (waiting > 0) {
            sender.waitForWindow(nowNanos);
        } else if (from.finished()) {
            tcp.finish(nowNanos);
        }
    }

    /** One frame; returns its payload bytes, 0 when it could not go. */
    private int sendNext(StreamQueue from, int room, long waiting, long nowNanos) {
        TcpSender sender = tcp.sender();
        long buffer = from.bufferAt(sentOffset);
        int skip = (int) (sentOffset - Payload.offset(buffer));
        int bytes = tcp.payloadOfNextFrame(from, buffer, skip, sender.frameBytes(room, waiting));
        boolean last = from.finished() && sentOffset + bytes == from.endOffset();
        int sent =
                sender.send(buffer, Mbuf.dataOff(buffer) + skip, bytes, sentOffset, last, nowNanos);
        if (sent == TcpSender.NOT_SENT) {
            return 0;
        }
        sentOffset += sent;
        if (sender.finSent()) {
            tcp.onFinSent(nowNanos);
        }
        return sent;
    }

    @Override
    public long receiveWindowBytes(TcpEndpoint of) {
        return budget < 0
                ? stack.settings().initialWindowBytes()
                : stack.buffers().invitableBytes(budget);
    }

    @Override
    public long offeredWindowBytes(TcpEndpoint of) {
        return tcp.receiver().offeredBytes();
    }

    @Override
    public void onWindowOffered(TcpEndpoint of, long bytes) {}

    @Override
    public int budget(TcpEndpoint of) {
        return budget;
    }

    @Override
    public void onSilence(TcpEndpoint of, long nowNanos) {}

    @Override
    public void onUserTimer(TcpEndpoint of, long nowNanos) {
        if (listener != null) {
            listener.onTimer(this, nowNanos);
        }
    }

    @Override
    public void onClosed(TcpEndpoint of, CloseCause cause, long nowNanos) {
        StreamListener told = listener;
        clear();
        if (told != null) {
            told.onClosed(this, cause, nowNanos);
        }
    }
}
