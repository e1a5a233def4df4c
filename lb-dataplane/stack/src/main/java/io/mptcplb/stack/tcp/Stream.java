package io.mptcplb.stack.tcp;

import io.mptcplb.stack.buffer.StreamQueue;

/**
 * One peer of a session, as the proxy sees it: the client's MPTCP connection, or a plain TCP
 * connection.
 *
 * <p>What the peer sends is appended to the received queue, and the queue is finished after the
 * peer's last byte. What stands in the source queue is sent, released as the peer acknowledges it,
 * and after the source is finished the peer is told so. One stream's received queue is the other
 * stream's source.
 */
public interface Stream {
    /**
     * Binds the stream to a session. Must be called before the first payload is due: at the latest
     * inside the accept callback.
     *
     * @param budget what received payload is charged to; each direction of a session has its own,
     *     or a full queue one way would close the window the other way and both ends could wait for
     *     ever
     */
    void attach(StreamListener listener, StreamQueue received, StreamQueue source, int budget);

    /** The source has more bytes or is finished: sent at the end of this cycle. */
    void sourceChanged(long nowNanos);

    /**
     * Memory charged to the budget was freed: a larger window may be worth telling, at the end of
     * this cycle.
     */
    void windowMayHaveGrown(long nowNanos);

    /**
     * Bytes that keep the way to this peer busy: what it takes at present per least round trip, 0
     * while nothing is known. What stands in queues on the way does not count.
     */
    long bandwidthDelayBytes();

    /** Largest payload of one segment that goes to this peer unsplit. */
    int payloadMax();

    /**
     * Tells the peer that the stream is over without a clean end: RST, or MP_FASTCLOSE. The
     * listener hears {@code onClosed(ABORTED)}.
     */
    void abort(long nowNanos);

    /**
     * Calls {@link StreamListener#onTimer} once {@code deadlineNanos} has passed; the last call
     * counts, {@code Long.MAX_VALUE} cancels.
     */
    void armTimer(long deadlineNanos);
}
