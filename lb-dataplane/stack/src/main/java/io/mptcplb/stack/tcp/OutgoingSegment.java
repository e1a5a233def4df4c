package io.mptcplb.stack.tcp;

/**
 * The segment that is being built, as {@link SegmentExtension#writeOptions} sees it. One per
 * worker, reused.
 */
public final class OutgoingSegment {
    int flags;
    int record;
    int payloadBytes;
    int payloadSum;

    void set(int newFlags, int newRecord, int newPayloadBytes, int newPayloadSum) {
        flags = newFlags;
        record = newRecord;
        payloadBytes = newPayloadBytes;
        payloadSum = newPayloadSum;
    }

    /** TCP flags, as {@code TcpView} names them. */
    public int flags() {
        return flags;
    }

    /** The transmit record whose bytes (or a part of them) this segment carries, or -1. */
    public int record() {
        return record;
    }

    public int payloadBytes() {
        return payloadBytes;
    }

    /** Folded sum of the payload, for the DSS checksum. */
    public int payloadSum() {
        return payloadSum;
    }
}
