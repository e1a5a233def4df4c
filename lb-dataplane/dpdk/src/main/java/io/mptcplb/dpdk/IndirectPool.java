package io.mptcplb.dpdk;

import io.mptcplb.frame.Mbuf;
import java.lang.foreign.Arena;

/**
 * Mbufs without data of their own, each standing for a slice of another mbuf in a chain to
 * transmit. {@link #attach} does what DPDK's inline {@code rte_pktmbuf_attach} does; when a driver
 * frees such an mbuf, DPDK itself detaches it, gives up the reference to the mbuf that holds the
 * data, and puts both back. Owner: the worker thread.
 */
final class IndirectPool implements AutoCloseable {
    private final long mempool;
    private final int capacity;
    private final Arena arena = Arena.ofShared();
    private final MbufCache cache;
    private final MbufMemory memory;

    IndirectPool(String name, int count) {
        mempool = Mempools.create(name, new Mempools.Shape(count, 0, 0), false, Mempools.STACK);
        capacity = count;
        cache = new MbufCache(mempool, arena);
        memory = MbufMemory.register(cache, count, mempool);
    }

    /** True when that many mbufs can be taken; at most those of one frame. */
    boolean ensure(int mbufs) {
        return cache.ensure(mbufs);
    }

    /** An mbuf for {@link #attach}; {@link #ensure} said that there is one. */
    long take() {
        return cache.take();
    }

    /** True when the data of {@code m} can be referred to: drivers' own memory cannot. */
    static boolean canAttach(long m) {
        return (Mbuf.olFlags(m) & DpdkBufferPool.EXTERNAL) == 0;
    }

    /**
     * Makes {@code indirect} stand for {@code bytes} from {@code offset} of the data room of {@code
     * m}, and takes a reference to the mbuf that owns that room ({@code m} may itself be indirect).
     */
    static void attach(long indirect, long m, int offset, int bytes) {
        Mbuf.retain(owner(m));
        Mbuf.pointAt(indirect, m, offset, bytes);
    }

    /**
     * The mbuf in whose data room {@code m} points: rte_mbuf_from_indirect, which of a direct mbuf
     * is itself.
     */
    static long owner(long m) {
        return Mbuf.bufAddr(m) - Mbuf.STRUCT_BYTES - Mbuf.privSize(m);
    }

    int capacity() {
        return capacity;
    }

    int available() {
        return cache.kept() + Natives.mempoolAvailCount(mempool);
    }

    @Override
    public void close() {
        cache.close();
        memory.unregister();
        Mempools.free(mempool);
        arena.close();
    }
}
