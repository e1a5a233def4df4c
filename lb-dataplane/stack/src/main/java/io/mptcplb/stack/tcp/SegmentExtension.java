package io.mptcplb.stack.tcp;

import io.mptcplb.wire.DropReason;

/**
 * The port through which one TCP endpoint works for something above it: a plain stream, or MPTCP.
 * One instance per endpoint, preallocated; every call comes from the worker thread, inside {@code
 * TcpEndpoint.onSegment}, {@code onTimer} or {@code output}.
 */
public interface SegmentExtension {
    /** Instead of a budget: payload is refused. */
    int NO_BUDGET = -2;

    /**
     * Most option bytes put on a data segment, a multiple of 4: payload per segment is reduced by
     * it.
     */
    int dataOptionBytes();

    /**
     * True when several segments' payload may go under one and the same set of options: as one
     * super-segment, where the device cuts it.
     */
    boolean mayMerge();

    /**
     * True when the options of the next segment, a pure acknowledgement, leave no room for
     * timestamps: it goes without.
     */
    boolean displacesTimestamps();

    /**
     * Writes options of an outgoing segment at {@code at}: at most {@code roomBytes} (a multiple of
     * 4). Returns the bytes written, a multiple of 4. Timestamps stand already, unless displaced;
     * SACK blocks take what is left.
     */
    int writeOptions(TcpEndpoint tcp, OutgoingSegment out, long at, int roomBytes);

    /**
     * An acceptable segment's options, before its acknowledgement and its payload are processed; in
     * SYN-RECEIVED it is the third ACK. {@code NONE} to go on; otherwise the segment is dropped
     * under that name (this extension may have aborted the endpoint).
     */
    DropReason onOptions(TcpEndpoint tcp, Segment segment, long nowNanos);

    /** The handshake is complete. Payload of the same segment follows. */
    void onEstablished(TcpEndpoint tcp, long nowNanos);

    /**
     * Payload in subflow order, at stream offset {@code Payload.offset(m)}; the hold on the buffer
     * passes to the extension. If the segment had a mapping, {@link #onOptions} has left it in the
     * buffer: {@code Payload.setMapping} on {@code Segment.buffer}.
     */
    void onPayload(TcpEndpoint tcp, long m, long nowNanos);

    /** The peer's FIN, after all its payload. */
    void onFinReceived(TcpEndpoint tcp, long nowNanos);

    /**
     * Bytes up to {@code tcp.sender().ackedOffset()} are acknowledged; room to send may have grown.
     */
    void onAcked(TcpEndpoint tcp, long nowNanos);

    /**
     * Called once per burst when the endpoint was marked: send new data as far as windows allow.
     */
    void pump(TcpEndpoint tcp, long nowNanos);

    /**
     * Bytes beyond what was received in order that memory allows to invite now; asking changes
     * nothing.
     */
    long receiveWindowBytes(TcpEndpoint tcp);

    /**
     * Bytes beyond what was received in order that earlier segments have invited: the right edge
     * never moves left.
     */
    long offeredWindowBytes(TcpEndpoint tcp);

    /** A segment that invites so many bytes is on its way. */
    void onWindowOffered(TcpEndpoint tcp, long bytes);

    /**
     * Budget that received payload is charged to: {@code HeldBuffers.NOBODY} where it will be
     * thrown away, {@link #NO_BUDGET} as long as there is none.
     */
    int budget(TcpEndpoint tcp);

    /**
     * A tail probe had no answer in time, or a retransmission timeout fired: the path may be dead.
     */
    void onSilence(TcpEndpoint tcp, long nowNanos);

    /** The deadline set by {@code TcpEndpoint.armUser} has passed. */
    void onUserTimer(TcpEndpoint tcp, long nowNanos);

    /**
     * The endpoint is of no more use: closed, reset or in TIME-WAIT with nothing left to do. Called
     * exactly once. Afterwards the endpoint may be reused; unacknowledged records are still listed
     * during the call.
     */
    void onClosed(TcpEndpoint tcp, CloseCause cause, long nowNanos);
}
