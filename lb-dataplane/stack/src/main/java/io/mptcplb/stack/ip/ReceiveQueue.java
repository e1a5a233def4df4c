package io.mptcplb.stack.ip;

/**
 * The queue in which a port's frames wait until the worker looks, shared by those who receive over
 * the port: what their peers are invited to send must find room in it. What is lost there is lost
 * by super-frames, forty segments at a time.
 *
 * <p>Together they may invite what the queue takes and, beyond it, what a busy worker takes out
 * during a round trip. Whoever receives at the same time shares: that is who received something
 * within the last milliseconds; and as the worker comes to be busy all the time and what is invited
 * waits, everyone who received something while the last queuefuls came in.
 */
final class ReceiveQueue {
    /** The longest that a worker leaves the queue alone, more or less, unless it has much to do. */
    static final long DRAIN_NANOS = 1_000_000L;

    /** Whoever received something so lately may receive at the same time as the others. */
    static final long PERIOD_NANOS = 10_000_000L;

    /** A round ends with so many queuefuls: whoever had an invitation has made use of it. */
    static final int ROUND_QUEUES = 2;

    /** A round ends after so long: whoever had an invitation makes no use of it. */
    static final long ROUND_NANOS_MAX = 1_000_000_000L;

    /** How busy the worker is and what it takes out is averaged over so long. */
    static final long LOAD_NANOS = 20_000_000L;

    /** A first flight: ten segments (RFC 6928), and one to spare. */
    static final int FIRST_BYTES = 16 << 10;

    /** Two or three segments: less would have a peer wait for each. */
    static final int SHARE_BYTES_MIN = 4 << 10;

    /** Round trips bounded by echoed timestamps may be so much shorter than they look. */
    private static final long CLOCK_NANOS = 1_000_000L;

    private final int bytes;
    private int period;
    private long periodNanos;
    private int receivers;
    private int receiversBefore;
    private int roundPeriod;
    private long roundNanos;
    private long roundBytes;
    private int roundReceivers;
    private int roundReceiversBefore;
    private long drainNanos = DRAIN_NANOS;
    private long loadSinceNanos;
    private long loadBytes;
    private long busyNanos;
    private double bytesPerBusyNano;
    private double busy;

    /** A queue for so much payload; {@code Integer.MAX_VALUE} is one that needs no care. */
    ReceiveQueue(int bytes) {
        this.bytes = bytes;
        bytesPerBusyNano = (double) bytes / DRAIN_NANOS;
    }

    /**
     * Somebody received something. Returns the period that we are in, which is what to pass the
     * next time; 0 at first.
     */
    int onReceived(int lastPeriod, int payloadBytes, long nowNanos) {
        measure(payloadBytes, nowNanos);
        advance(payloadBytes, nowNanos);
        if (lastPeriod != period) {
            receivers++;
        }
        if (lastPeriod - roundPeriod < 0) {
            roundReceivers++;
        }
        return period;
    }

    private void measure(int payloadBytes, long nowNanos) {
        long since = nowNanos - loadSinceNanos;
        if (since >= LOAD_NANOS) {
            if (busyNanos > 0) {
                bytesPerBusyNano = (double) loadBytes / busyNanos;
            }
            busy = Math.min(1, (double) busyNanos / since);
            loadBytes = 0;
            busyNanos = 0;
            loadSinceNanos = nowNanos;
        }
        loadBytes += payloadBytes;
    }

    private void advance(int payloadBytes, long nowNanos) {
        long since = nowNanos - periodNanos;
        long lengthNanos = Math.max(PERIOD_NANOS, 2 * drainNanos);
        if (since >= lengthNanos) {
            receiversBefore = since >= 2 * lengthNanos ? 0 : receivers;
            receivers = 0;
            period++;
            periodNanos = nowNanos;
            advanceRound(nowNanos);
        }
        roundBytes += payloadBytes;
    }

    private void advanceRound(long nowNanos) {
        long since = nowNanos - roundNanos;
        if (since >= ROUND_NANOS_MAX || roundBytes >= (long) ROUND_QUEUES * bytes) {
            roundReceiversBefore = since >= 2 * ROUND_NANOS_MAX ? 0 : roundReceivers;
            roundReceivers = 0;
            roundBytes = 0;
            roundPeriod = period;
            roundNanos = nowNanos;
        }
    }

    /** So long a busy worker took from one look to the next. */
    void onBusyCycle(long nanos) {
        drainNanos = Math.max(Math.max(DRAIN_NANOS, nanos), drainNanos - (drainNanos >> 6));
        busyNanos += nanos;
    }

    /**
     * What one peer may have on its way. A sender that starts slowly cannot use more than twice
     * what has come, nor twice that over two subflows (over eight it grows by half in a round trip
     * instead of doubling); and a thousand that start together must not have been invited one by
     * one, each as the only one.
     *
     * @param roundTripNanos 0 where it is not known, and without what waits in queues
     * @param receivedBytes what came from this peer so far
     */
    long windowBytes(long roundTripNanos, long receivedBytes) {
        if (bytes == Integer.MAX_VALUE) {
            return Integer.MAX_VALUE;
        }
        double away = bytesPerBusyNano * Math.max(0, roundTripNanos - CLOCK_NANOS);
        long share = (long) ((bytes + away) / sharers());
        return Math.max(SHARE_BYTES_MIN, Math.min(share, FIRST_BYTES + 4 * receivedBytes));
    }

    /** Half busy or less, the worker empties the queue as fast as anybody fills it. */
    private int sharers() {
        double pressure = Math.max(0, 2 * busy - 1);
        int inRound = (int) (Math.max(roundReceivers, roundReceiversBefore) * pressure);
        return Math.max(1, Math.max(inRound, Math.max(receivers, receiversBefore)));
    }
}
