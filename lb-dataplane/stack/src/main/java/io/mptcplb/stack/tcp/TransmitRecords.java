package io.mptcplb.stack.tcp;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.stack.buffer.HeldBuffers;
import io.mptcplb.stack.buffer.Payload;

/**
 * What was sent and is not yet acknowledged, for all senders of a worker: one record per segment,
 * in preallocated columns, named by an index.
 *
 * <p>A record holds its payload by reference: the first buffer, where in its data room the bytes
 * begin, and how many there are; the rest is found along {@link Payload#next}. A record also knows
 * which run of records it was first sent with: under MPTCP the run is one DSS mapping, and when a
 * part of it is retransmitted, the original mapping goes with it.
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
    private final int[] runSkip;
    private final int[] runBytes;
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
        runSkip = new int[capacity];
        runBytes = new int[capacity];
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
     */
    int open(long firstBuffer, int offset, int byteCount, long atStreamOffset) {
        int r = free;
        if (r == NONE) {
            return NONE;
        }
        free = next[r];
        inUse++;
        buffer[r] = firstBuffer;
        roomOffset[r] = offset;
        bytes[r] = byteCount;
        streamOffset[r] = atStreamOffset;
        runSkip[r] = 0;
        runBytes[r] = byteCount;
        flags[r] = 0;
        next[r] = NONE;
        previous[r] = NONE;
        sentNext[r] = NONE;
        sentPrevious[r] = NONE;
        hold(firstBuffer, offset, byteCount);
        return r;
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

    /** Where the record stands in the run that it was first sent with. */
    void setRun(int r, int skip, int wholeBytes) {
        runSkip[r] = skip;
        runBytes[r] = wholeBytes;
    }

    /** Payload bytes of its run before the record. */
    public int runSkip(int r) {
        return runSkip[r];
    }

    /** Payload bytes of its whole run. */
    public int runBytes(int r) {
        return runBytes[r];
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
