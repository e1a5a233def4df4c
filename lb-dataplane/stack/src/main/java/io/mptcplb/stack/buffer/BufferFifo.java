package io.mptcplb.stack.buffer;

import io.mptcplb.frame.Mbuf;

/**
 * Received buffers that wait their turn, first in first out, each held once; linked through {@link
 * Payload#next}.
 */
public final class BufferFifo {
    private final HeldBuffers buffers;
    private long head;
    private long tail;
    private int bytes;

    public BufferFifo(HeldBuffers buffers) {
        this.buffers = buffers;
    }

    /** Takes the caller's hold. */
    public void add(long m) {
        Payload.setNext(m, 0);
        if (tail == 0) {
            head = m;
        } else {
            Payload.setNext(tail, m);
        }
        tail = m;
        bytes += Mbuf.dataLen(m);
    }

    /** The first buffer, or 0. Go on with {@link Payload#next}. */
    public long head() {
        return head;
    }

    /** Takes the first buffer out; its hold is the caller's. Only while not empty. */
    public long poll() {
        long m = head;
        head = Payload.next(m);
        if (head == 0) {
            tail = 0;
        }
        bytes -= Mbuf.dataLen(m);
        return m;
    }

    /** Puts a buffer in front of the others; takes the caller's hold. */
    public void addFirst(long m) {
        Payload.setNext(m, head);
        if (tail == 0) {
            tail = m;
        }
        head = m;
        bytes += Mbuf.dataLen(m);
    }

    public boolean empty() {
        return head == 0;
    }

    /** Payload bytes in it. */
    public int bytes() {
        return bytes;
    }

    /** Lets go of everything. */
    public void clear() {
        while (head != 0) {
            buffers.release(poll());
        }
    }
}
