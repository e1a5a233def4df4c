package io.mptcplb.stack.tcp;

/**
 * What clients' TCP did over each NIC port: columns by port index, plain TCP and subflows alike;
 * read for metrics.
 */
public final class PathFigures {
    private static final int PORTS_MAX = 64;
    private static final int SMOOTHING_SHIFT = 4;

    private final long[] receivedBytes = new long[PORTS_MAX];
    private final long[] sentBytes = new long[PORTS_MAX];
    private final long[] retransmittedSegments = new long[PORTS_MAX];
    private final long[] retransmittedBytes = new long[PORTS_MAX];
    private final long[] timeouts = new long[PORTS_MAX];
    private final long[] recoveries = new long[PORTS_MAX];
    private final long[] opened = new long[PORTS_MAX];
    private final long[] closed = new long[PORTS_MAX];
    private final long[] roundTripNanos = new long[PORTS_MAX];

    /** Payload bytes received in order. */
    public long receivedBytes(int port) {
        return receivedBytes[port];
    }

    /** Payload bytes sent for the first time on their subflow. */
    public long sentBytes(int port) {
        return sentBytes[port];
    }

    public long retransmittedSegments(int port) {
        return retransmittedSegments[port];
    }

    public long retransmittedBytes(int port) {
        return retransmittedBytes[port];
    }

    /** Retransmission timeouts. */
    public long timeouts(int port) {
        return timeouts[port];
    }

    /** Fast recoveries entered. */
    public long recoveries(int port) {
        return recoveries[port];
    }

    /** Handshakes completed. */
    public long opened(int port) {
        return opened[port];
    }

    /** Of those, how many have ended. */
    public long closed(int port) {
        return closed[port];
    }

    /** Mean over the latest samples of whoever measured; 0 before the first. */
    public long roundTripNanos(int port) {
        return roundTripNanos[port];
    }

    void onReceived(int port, int bytes) {
        receivedBytes[port] += bytes;
    }

    void onSent(int port, int bytes) {
        sentBytes[port] += bytes;
    }

    void onRetransmitted(int port, int bytes) {
        retransmittedSegments[port]++;
        retransmittedBytes[port] += bytes;
    }

    void onTimeout(int port) {
        timeouts[port]++;
    }

    void onRecovery(int port) {
        recoveries[port]++;
    }

    void onOpened(int port) {
        opened[port]++;
    }

    void onClosed(int port) {
        closed[port]++;
    }

    void onRoundTrip(int port, long nanos) {
        long mean = roundTripNanos[port];
        roundTripNanos[port] = mean == 0 ? nanos : mean + (nanos - mean >> SMOOTHING_SHIFT);
    }
}
