package io.mptcplb.stack.tcp;

/**
 * The segment that is being built, as {@link SegmentExtension#writeOptions} sees it. One per
 * worker, reused.
 */
public final class OutgoingSegment {
    int flags;
    int seq;
    int record;
    int payloadBytes;
    int payloadSum;
    boolean payloadSummed;

    /** Wire segments that the device makes of it. */
    int segments;

    void set(int newFlags, int newSeq, int newRecord) {
        flags = newFlags;
        seq = newSeq;
        record = newRecord;
        payloadBytes = 0;
        payloadSum = 0;
        payloadSummed = true;
        segments = 1;
    }

    /** TCP flags, as {@code TcpView} names them. */
    public int flags() {
        return flags;
    }

    public int seq() {
        return seq;
    }

    /**
     * The transmit record whose bytes (or a part of them) this segment carries, or {@link
     * TransmitRecords#NONE}.
     */
    public int record() {
        return record;
    }

    public int payloadBytes() {
        return payloadBytes;
    }

    /** Folded sum of the payload of this segment, for the DSS checksum. */
    public int payloadSum() {
        return payloadSum;
    }

    /** False where the device sums the payload: {@link #payloadSum} is not known. */
    public boolean payloadSummed() {
        return payloadSummed;
    }
}
