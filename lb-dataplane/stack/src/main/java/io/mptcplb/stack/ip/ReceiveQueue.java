package io.mptcplb.stack.ip;

/**
 * The queue in which a port's frames wait until the worker looks, shared by those who receive over
 * the port: what their peers are invited to send must find room in it. What is lost there is lost
 * by super-frames, forty segments at a time.
 *
 * <p>A window spreads over its round trip, and the queue is emptied meanwhile: only what may arrive
 * between two looks counts against it. A worker with much to do looks less often, and lengthens
 * round trips itself.
 */
final class ReceiveQueue {
    /** The longest that a worker leaves the queue alone, more or less, unless it has much to do. */
    static final long DRAIN_NANOS = 1_000_000L;

    /** Whoever received something so lately may receive at the same time as the others. */
    static final long PERIOD_NANOS = 10_000_000L;

    /** Two or three segments: less would have a peer wait for each. */
    static final int SHARE_BYTES_MIN = 4 << 10;

    private final int bytes;
    private int period;
    private long periodNanos;
    private int receivers;
    private int receiversBefore;
    private long drainNanos = DRAIN_NANOS;

    /** A queue for so much payload; {@code Integer.MAX_VALUE} is one that needs no care. */
    ReceiveQueue(int bytes) {
        this.bytes = bytes;
    }

    /**
     * Somebody received something. Returns the period that we are in, which is what to pass the
     * next time; 0 at first.
     */
    int onReceived(int lastPeriod, long nowNanos) {
        long since = nowNanos - periodNanos;
        long lengthNanos = Math.max(PERIOD_NANOS, 2 * drainNanos);
        if (since >= lengthNanos) {
            receiversBefore = since >= 2 * lengthNanos ? 0 : receivers;
            receivers = 0;
            period++;
            periodNanos = nowNanos;
        }
        if (lastPeriod != period) {
            receivers++;
        }
        return period;
    }

    /** So long a busy worker took from one look to the next. */
    void onBusyCycle(long nanos) {
        drainNanos = Math.max(Math.max(DRAIN_NANOS, nanos), drainNanos - (drainNanos >> 6));
    }

    /** What one peer may send at once; {@code roundTripNanos} is 0 where it is not known. */
    long windowBytes(long roundTripNanos) {
        if (bytes == Integer.MAX_VALUE) {
            return Integer.MAX_VALUE;
        }
        long sharers = Math.max(1, Math.max(receivers, receiversBefore));
        long share = Math.max(SHARE_BYTES_MIN, bytes / sharers);
        return roundTripNanos <= drainNanos ? share : share * (roundTripNanos / drainNanos);
    }
}
