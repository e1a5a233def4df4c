package io.mptcplb.stack.tcp;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.stack.buffer.HeldBuffers;
import io.mptcplb.stack.buffer.Payload;

/**
 * What was sent and is not yet acknowledged, for all senders of a worker: one record per frame, in
 * preallocated columns, named by an index.
 *
 * <p>A record holds its payload by reference: the first buffer, where in its data room the bytes
 * begin, and how many there are; the rest is found along {@link Payload#next}. That of a
 * super-segment is {@link #split} where the fate of its segments differs, and {@link #trim trimmed}
 * by what the peer acknowledges, always between two segments. Each part still knows the whole that
 * was sent: under MPTCP that is one DSS mapping, which goes with whatever part is retransmitted.
 *
 * <p>Each record stands in its sender's list in sequence order and, while its fate is open, in a
 * list in order of sending (RACK).
 */
public final class TransmitRecords {
    /** No record. */
    public static final int NONE = -1;

    /** The peer has it, out of order. */
    public static final int SACKED = 1;

    /** Deemed lost and not yet sent again. */
    public static final int LOST = 2;

    /** Sent more than once. */
    public static final int RETRANSMITTED = 4;

    /** Carries FIN after its payload. */
    public static final int FIN = 8;

    /** The same bytes went out on another subflow, too. */
    public static final int REINJECTED = 16;

    private static final int IN_SENT_LIST = 32;

    private final HeldBuffers buffers;
    private final int[] seq;
    private final int[] bytes;
    private final long[] buffer;
    private final int[] roomOffset;
    private final long[] streamOffset;
    private final int[] wholeSkip;
    private final int[] wholeBytes;
    private final int[] segmentBytes;
    private final long[] sentNanos;
    private final int[] flags;
    private final int[] next;
    private final int[] previous;
    private final int[] sentNext;
    private final int[] sentPrevious;
    private int free;
    private int inUse;

    public TransmitRecords(int capacity, HeldBuffers buffers) {
        this.buffers = buffers;
        seq = new int[capacity];
        bytes = new int[capacity];
        buffer = new long[capacity];
        roomOffset = new int[capacity];
        streamOffset = new long[capacity];
        wholeSkip = new int[capacity];
        wholeBytes = new int[capacity];
        segmentBytes = new int[capacity];
        sentNanos = new long[capacity];
        flags = new int[capacity];
        next = new int[capacity];
        previous = new int[capacity];
        sentNext = new int[capacity];
        sentPrevious = new int[capacity];
        for (int r = 0; r < capacity; r++) {
            next[r] = r + 1 < capacity ? r + 1 : NONE;
        }
        free = capacity > 0 ? 0 : NONE;
    }

    /**
     * A new record that holds {@code byteCount} bytes from {@code offset} of {@code firstBuffer}'s
     * data room on; {@link #NONE} when all are in use. A record without payload has buffer 0.
     *
     * @param segment payload bytes of every segment of it but the last, at least 1
     */
    int open(long firstBuffer, int offset, int byteCount, int segment, long atStreamOffset) {
        int r = take();
        if (r == NONE) {
            return NONE;
        }
        buffer[r] = firstBuffer;
        roomOffset[r] = offset;
        bytes[r] = byteCount;
        streamOffset[r] = atStreamOffset;
        wholeSkip[r] = 0;
        wholeBytes[r] = byteCount;
        segmentBytes[r] = segment;
        flags[r] = 0;
        next[r] = NONE;
        previous[r] = NONE;
        sentNext[r] = NONE;
        sentPrevious[r] = NONE;
        hold(firstBuffer, offset, byteCount);
        return r;
    }

    private int take() {
        int r = free;
        if (r != NONE) {
            free = next[r];
            inUse++;
        }
        return r;
    }

    /**
     * Cuts a record in two: it keeps its first {@code keep} bytes, a multiple of a segment and less
     * than all. Returns the record of the rest, with the same flags, FIN taken over and standing in
     * no list; {@link #NONE} when there is no record for it.
     */
    int split(int r, int keep) {
        int rest = take();
        if (rest == NONE) {
            return NONE;
        }
        buffer[rest] = buffer[r];
        roomOffset[rest] = roomOffset[r];
        if (!skip(rest, keep, false)) {
            buffers.retain(buffer[rest]);
        }
        seq[rest] = seq[r] + keep;
        bytes[rest] = bytes[r] - keep;
        streamOffset[rest] = streamOffset[r] + keep;
        wholeSkip[rest] = wholeSkip[r] + keep;
        wholeBytes[rest] = wholeBytes[r];
        segmentBytes[rest] = segmentBytes[r];
        sentNanos[rest] = sentNanos[r];
        flags[rest] = flags[r] & ~IN_SENT_LIST;
        bytes[r] = keep;
        flags[r] &= ~FIN;
        return rest;
    }

    /** Lets go of a record's first {@code count} bytes: a multiple of a segment, less than all. */
    void trim(int r, int count) {
        skip(r, count, true);
        seq[r] += count;
        bytes[r] -= count;
        streamOffset[r] += count;
        wholeSkip[r] += count;
    }

    /**
     * Moves where the payload begins; true when it begins with a buffer of its own now, and shares
     * none with what was skipped.
     */
    private boolean skip(int r, int count, boolean release) {
        long at = buffer[r];
        int from = roomOffset[r];
        int left = count;
        int here = Mbuf.dataOff(at) + Mbuf.dataLen(at) - from;
        while (left >= here) {
            long after = Payload.next(at);
            if (release) {
                buffers.release(at);
            }
            left -= here;
            at = after;
            from = Mbuf.dataOff(at);
            here = Mbuf.dataLen(at);
        }
        buffer[r] = at;
        roomOffset[r] = from + left;
        return left == 0;
    }

    /** Lets go of the payload and of the record, which must stand in no list. */
    void close(int r) {
        letGo(buffer[r], roomOffset[r], bytes[r]);
        buffer[r] = 0;
        next[r] = free;
        free = r;
        inUse--;
    }

    private void hold(long first, int offset, int byteCount) {
        int left = byteCount;
        int from = offset;
        long at = first;
        while (left > 0) {
            buffers.retain(at);
            left -= Mbuf.dataOff(at) + Mbuf.dataLen(at) - from;
            at = Payload.next(at);
            from = at == 0 ? 0 : Mbuf.dataOff(at);
        }
    }

    private void letGo(long first, int offset, int byteCount) {
        int left = byteCount;
        int from = offset;
        long at = first;
        while (left > 0) {
            long after = Payload.next(at);
            left -= Mbuf.dataOff(at) + Mbuf.dataLen(at) - from;
            buffers.release(at);
            at = after;
            from = at == 0 || left <= 0 ? 0 : Mbuf.dataOff(at);
        }
    }

    /** Sequence number of the first byte. */
    public int seq(int r) {
        return seq[r];
    }

    void setSeq(int r, int value) {
        seq[r] = value;
    }

    /** Payload bytes. */
    public int bytes(int r) {
        return bytes[r];
    }

    /** Sequence number one past the record, FIN included. */
    public int endSeq(int r) {
        return seq[r] + bytes[r] + ((flags[r] & FIN) != 0 ? 1 : 0);
    }

    /** Sequence space of the record, FIN included. */
    int length(int r) {
        return bytes[r] + ((flags[r] & FIN) != 0 ? 1 : 0);
    }

    public long buffer(int r) {
        return buffer[r];
    }

    public int roomOffset(int r) {
        return roomOffset[r];
    }

    /** Position of the first byte in the source queue. */
    public long streamOffset(int r) {
        return streamOffset[r];
    }

    /** Payload bytes that went before the record in the frame that it was first sent in. */
    public int wholeSkip(int r) {
        return wholeSkip[r];
    }

    /** Payload bytes of that whole frame. */
    public int wholeBytes(int r) {
        return wholeBytes[r];
    }

    /** Payload bytes of the first segment. */
    int firstSegmentBytes(int r) {
        return Math.min(bytes[r], segmentBytes[r]);
    }

    /** Segments on the wire. */
    int segments(int r) {
        return Math.max(1, (bytes[r] + segmentBytes[r] - 1) / segmentBytes[r]);
    }

    /** Payload bytes before the last segment. */
    int beforeLastSegment(int r) {
        return (segments(r) - 1) * segmentBytes[r];
    }

    /** So many of the first bytes as are whole segments, the last one left out. */
    int segmentsWithin(int r, int count) {
        return Math.min(count / segmentBytes[r] * segmentBytes[r], beforeLastSegment(r));
    }

    /**
     * Payload bytes up to the first segment that begins {@code count} bytes after ours or later.
     */
    int segmentsUpTo(int r, int count) {
        return (count + segmentBytes[r] - 1) / segmentBytes[r] * segmentBytes[r];
    }

    public long sentNanos(int r) {
        return sentNanos[r];
    }

    void setSentNanos(int r, long nanos) {
        sentNanos[r] = nanos;
    }

    public boolean has(int r, int flag) {
        return (flags[r] & flag) != 0;
    }

    public void set(int r, int flag) {
        flags[r] |= flag;
    }

    public void unset(int r, int flag) {
        flags[r] &= ~flag;
    }

    /** The record after this one in sequence order, or {@link #NONE}. */
    public int next(int r) {
        return next[r];
    }

    void setNext(int r, int value) {
        next[r] = value;
    }

    void setPrevious(int r, int value) {
        previous[r] = value;
    }

    int previous(int r) {
        return previous[r];
    }

    int sentNext(int r) {
        return sentNext[r];
    }

    /** Puts the record last in order of sending. Returns the list's new head. */
    int appendSent(int r, int head, int tail) {
        flags[r] |= IN_SENT_LIST;
        sentPrevious[r] = tail;
        sentNext[r] = NONE;
        if (tail != NONE) {
            sentNext[tail] = r;
        }
        return head == NONE ? r : head;
    }

    /** Puts the record right after another one in order of sending. */
    void insertSent(int r, int before) {
        flags[r] |= IN_SENT_LIST;
        int after = sentNext[before];
        sentPrevious[r] = before;
        sentNext[r] = after;
        sentNext[before] = r;
        if (after != NONE) {
            sentPrevious[after] = r;
        }
    }

    boolean inSentList(int r) {
        return (flags[r] & IN_SENT_LIST) != 0;
    }

    int sentPrevious(int r) {
        return sentPrevious[r];
    }

    /** Takes the record out of the order of sending; the caller mends its head and tail first. */
    void removeSent(int r) {
        flags[r] &= ~IN_SENT_LIST;
        int before = sentPrevious[r];
        int after = sentNext[r];
        if (before != NONE) {
            sentNext[before] = after;
        }
        if (after != NONE) {
            sentPrevious[after] = before;
        }
    }

    public int inUse() {
        return inUse;
    }

    public int capacity() {
        return seq.length;
    }
}
