package io.mptcplb.frame;

/**
 * Where a worker's buffers come from and go back to. Owner: the worker thread. Nothing here
 * allocates Java objects.
 *
 * <p>The reference count lives in the buffer ({@link Mbuf#retain}); the pool gets a buffer back
 * when its last owner releases it.
 */
public interface BufferPool {
    /**
     * A fresh buffer: empty, one segment, reference count 1, standard headroom; 0 when the pool is
     * empty (counted).
     */
    long alloc();

    /**
     * Gives up one reference of this one buffer; at the last one it returns to the pool. Chained
     * buffers are untouched.
     */
    void release(long m);

    /** Gives up one reference of every buffer in the chain. */
    default void releaseChain(long m) {
        long at = m;
        while (at != 0) {
            long next = Mbuf.next(at);
            Mbuf.setNext(at, 0);
            Mbuf.setNbSegs(at, 1);
            release(at);
            at = next;
        }
    }

    /** Buffers in all. */
    int capacity();

    /**
     * Buffers that {@link #alloc} could still give; may be approximate while the pool batches what
     * comes back.
     */
    int available();

    /** Data room of each buffer in bytes, headroom included. */
    int roomBytes();

    /** Times {@link #alloc} found nothing. */
    long allocFailures();
}
