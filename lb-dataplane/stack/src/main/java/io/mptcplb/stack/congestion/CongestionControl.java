package io.mptcplb.stack.congestion;

/**
 * One sender's congestion window. All sizes in bytes; {@code mssBytes} is the payload of a full
 * segment.
 */
public interface CongestionControl {
    /** A new connection or subflow: initial window of RFC 6928. */
    void reset(int mssBytes);

    /** The path's segment size changed. */
    void onMssChange(int mssBytes);

    /**
     * New data was acknowledged outside of recovery, while the window was in use.
     *
     * @param rttNanos latest sample, 0 when there is none
     * @param roundStart true once per round trip
     */
    void onAcked(int ackedBytes, long rttNanos, long srttNanos, boolean roundStart, long nowNanos);

    /**
     * A loss episode begins: sets {@link #ssthresh} (RFC 9438 s4.6); the sender sets the window
     * while it recovers.
     */
    void onLoss(int flightBytes, long nowNanos);

    /** A retransmission timeout: the window falls to one segment (RFC 9438 s4.8). */
    void onTimeout(int flightBytes, long nowNanos);

    /** The last loss episode or timeout was spurious: as if it had not happened (RFC 9438 s4.9). */
    void onSpurious();

    /** Nothing was sent for longer than a retransmission timeout (RFC 5681 s4.1). */
    void onIdle(long nowNanos);

    int cwnd();

    /** The sender's recovery (RFC 6937) moves the window through here. */
    void setCwnd(int bytes);

    int ssthresh();
}
