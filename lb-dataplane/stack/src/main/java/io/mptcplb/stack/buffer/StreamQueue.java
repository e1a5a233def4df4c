package io.mptcplb.stack.buffer;

import io.mptcplb.frame.GatherFrame;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import io.mptcplb.wire.Checksum;

/**
 * The bytes of one direction of a session, in order: what a receiver has put in order and the other
 * side's sender has not yet had acknowledged. Receivers append and finish, senders read by offset
 * and release; nobody copies.
 *
 * <p>Buffers are linked through {@link Payload#next}. A link never changes once made, so that a
 * sender that holds a buffer may walk on from it even after the queue has released it.
 */
public final class StreamQueue {
    /**
     * Buffers that one segment may gather: below what a frame can, for a segment of thin ones is
     * cut anew.
     */
    private static final int JOINED_MAX = 32;

    private final HeldBuffers buffers;
    private long head;
    private long tail;
    private long lastFound;
    private long headOffset;
    private long endOffset;
    private boolean finished;

    public StreamQueue(HeldBuffers buffers) {
        this.buffers = buffers;
    }

    /**
     * Appends payload that follows the queue's end without a gap; the queue takes the caller's
     * hold.
     */
    public void append(long m) {
        int bytes = Mbuf.dataLen(m);
        if (compact(m, bytes)) {
            return;
        }
        Payload.setNext(m, 0);
        Payload.setOffset(m, endOffset);
        if (tail == 0) {
            head = m;
        } else {
            Payload.setNext(tail, m);
        }
        tail = m;
        endOffset += bytes;
    }

    /** No byte will follow {@link #endOffset}. */
    public void finish() {
        finished = true;
    }

    /**
     * Lets go of every buffer that ends at or before {@code offset}: its bytes need not be sent
     * again.
     */
    public void releaseTo(long offset) {
        while (head != 0 && Payload.end(head) <= offset && head != tail) {
            popHead();
        }
        if (head != 0 && Payload.end(head) <= offset) {
            popHead();
            tail = 0;
        }
        headOffset = Math.max(headOffset, Math.min(offset, endOffset));
    }

    /** Lets go of everything and starts again at offset 0. */
    public void clear() {
        releaseTo(endOffset);
        headOffset = 0;
        endOffset = 0;
        finished = false;
    }

    /**
     * The buffer in which {@code offset} lies, or 0 if it is outside the queue. Reading on from the
     * last find is cheap.
     */
    public long bufferAt(long offset) {
        long at = lastFound != 0 && Payload.offset(lastFound) <= offset ? lastFound : head;
        while (at != 0 && Payload.end(at) <= offset) {
            at = Payload.next(at);
        }
        if (at != 0) {
            lastFound = at;
        }
        return at;
    }

    /**
     * Bytes of the next segment from {@code skip} of {@code buffer} on: whole buffers as far as
     * they fit into {@code most}, or a part of the first if that alone is too large.
     */
    public int segmentBytes(long buffer, int skip, int most) {
        int bytes = Mbuf.dataLen(buffer) - skip;
        if (bytes >= most) {
            return most;
        }
        long at = Payload.next(buffer);
        for (int joined = 1;
                at != 0 && joined < JOINED_MAX && bytes + Mbuf.dataLen(at) <= most;
                joined++) {
            bytes += Mbuf.dataLen(at);
            at = Payload.next(at);
        }
        return bytes;
    }

    /**
     * Bytes from {@code skip} of {@code buffer} on, at most {@code most} and at most what one frame
     * can gather.
     */
    public int gatherableBytes(long buffer, int skip, int most) {
        int bytes = Mbuf.dataLen(buffer) - skip;
        long at = Payload.next(buffer);
        for (int slices = 1; at != 0 && bytes < most && slices < GatherFrame.SLICES_MAX; slices++) {
            bytes += Mbuf.dataLen(at);
            at = Payload.next(at);
        }
        return Math.min(bytes, most);
    }

    /** Offset of the first byte that may still have to be sent again. */
    public long headOffset() {
        return headOffset;
    }

    /** Offset one past the last byte so far. */
    public long endOffset() {
        return endOffset;
    }

    public boolean finished() {
        return finished;
    }

    public boolean empty() {
        return head == 0;
    }

    private void popHead() {
        long gone = head;
        head = Payload.next(gone);
        if (lastFound == gone) {
            lastFound = 0;
        }
        buffers.releaseDelivered(gone);
    }

    /**
     * A segment below an eighth of its buffer moves into the room behind the last one, or a stream
     * of single bytes would hold two kilobytes for each. Bytes already referred to by slices do not
     * move.
     */
    private boolean compact(long m, int bytes) {
        if (tail == 0 || bytes << 3 >= Mbuf.bufLen(m) || bytes > Mbuf.tailroom(tail)) {
            return false;
        }
        int before = Mbuf.dataLen(tail);
        Mem.copy(Mbuf.data(m), Mbuf.data(tail) + before, bytes);
        if (Payload.has(tail, Payload.SUM_KNOWN) && Payload.has(m, Payload.SUM_KNOWN)) {
            int added = (before & 1) == 0 ? Payload.sum(m) : Checksum.atOddOffset(Payload.sum(m));
            Payload.setSum(tail, Checksum.add(Payload.sum(tail), added));
        } else {
            Payload.setFlags(tail, Payload.flags(tail) & ~Payload.SUM_KNOWN);
        }
        Mbuf.setLength(tail, before + bytes);
        endOffset += bytes;
        buffers.countCompacted(bytes);
        buffers.release(m);
        return true;
    }
}
