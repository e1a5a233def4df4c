package io.mptcplb.dpdk;

import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * A worker's buffers out of a DPDK mempool; its ports receive into the same pool. Owner: the worker
 * thread ({@link #create} and {@link #close} belong to whoever owns it before and after).
 *
 * <p>Several workers may have their buffers from one mempool, each its share: a buffer that one
 * hands over to another goes back from there. DPDK lets any thread put and get; each worker's own
 * stack of free buffers in front of it makes that rare.
 *
 * <p>{@link #release} takes any mbuf of any DPDK pool: indirect ones and those of other pools go
 * back through DPDK itself.
 */
public final class DpdkBufferPool implements BufferPool, AutoCloseable {
    /** RTE_MBUF_F_EXTERNAL: the data lies in memory that belongs to a driver. */
    static final long EXTERNAL = 1L << 61;

    private final SharedMempool shared;
    private final long mempool;
    private final int capacity;
    private final int roomBytes;
    private final Arena arena = Arena.ofShared();
    private final MbufCache cache;
    private final long freeTable;
    private long allocFailures;

    /** Buffers given out less those that came back, whoever gave them out. */
    private long out;

    private boolean closed;

    private DpdkBufferPool(SharedMempool shared) {
        this.shared = shared;
        mempool = shared.address();
        capacity = shared.countOfEach();
        roomBytes = shared.roomBytes();
        cache = new MbufCache(mempool, arena);
        freeTable = arena.allocate(8, 8).address();
        Mem.register(freeTable, 8);
        shared.opened(cache);
    }

    /**
     * Makes a pool of {@code count} buffers with {@code roomBytes} of data room each (headroom
     * included, at most 65,535). The name is unique and has at most 25 characters. A count of 2^n -
     * 1 uses memory best.
     */
    public static DpdkBufferPool create(String name, int count, int roomBytes) {
        return create(name, 1, count, roomBytes, false).getFirst();
    }

    /**
     * As {@link #create}, with every buffer inside one page of ordinary memory, as {@link
     * PortDevice.AfXdp} demands.
     */
    public static DpdkBufferPool createForXdp(String name, int count, int roomBytes) {
        return create(name, 1, count, roomBytes, true).getFirst();
    }

    /**
     * As {@link #create}, for several workers: each has {@code count} buffers of one mempool.
     *
     * @param forXdp as {@link #createForXdp}
     */
    public static List<DpdkBufferPool> create(
            String name, int workers, int count, int roomBytes, boolean forXdp) {
        SharedMempool shared =
                new SharedMempool(name, shape(workers * count, roomBytes), workers, forXdp);
        List<DpdkBufferPool> pools = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            pools.add(new DpdkBufferPool(shared));
        }
        return pools;
    }

    /**
     * Megabytes that {@link EalOptions#memoryMegabytes} needs for a pool of this shape; {@code
     * forXdp} for one of {@link #createForXdp} in ordinary memory.
     */
    public static int megabytes(int count, int roomBytes, boolean forXdp) {
        return shape(count, roomBytes).megabytes(forXdp);
    }

    private static Mempools.Shape shape(int count, int roomBytes) {
        return new Mempools.Shape(count, Mbuf.PRIVATE_BYTES, roomBytes);
    }

    @Override
    public long alloc() {
        long m = cache.take();
        if (m == 0) {
            allocFailures++;
            return 0;
        }
        Mbuf.reset(m);
        out++;
        return m;
    }

    @Override
    public void release(long m) {
        int references = Mbuf.refcnt(m);
        if (Mem.CHECKED && references == 0) {
            throw new IllegalStateException("buffer 0x" + Long.toHexString(m) + " released twice");
        }
        if (references > 1) {
            Mbuf.setRefcnt(m, references - 1);
        } else if (Mbuf.pool(m) == mempool && (Mbuf.olFlags(m) & (Mbuf.INDIRECT | EXTERNAL)) == 0) {
            cache.give(m);
            out--;
        } else {
            releaseForeign(m);
        }
    }

    /** One mbuf of another pool, or one that must be detached first: DPDK knows how. */
    private void releaseForeign(long m) {
        Mbuf.setNext(m, 0);
        Mbuf.setNbSegs(m, 1);
        Mem.setHostU64(freeTable, m);
        Natives.pktmbufFreeBulk(freeTable, 1);
    }

    @Override
    public int capacity() {
        return capacity;
    }

    /**
     * Exact while no driver of this pool runs; mbufs in DPDK's lcore caches are counted although
     * only drivers reach them. Of several workers', those are missing that this one gave out and
     * nobody gave back here: the sum over all is right.
     */
    @Override
    public int available() {
        if (closed) {
            throw new IllegalStateException("pool is closed");
        }
        return shared.workers() > 1
                ? (int) (capacity - out)
                : cache.kept() + Natives.mempoolAvailCount(mempool);
    }

    @Override
    public int roomBytes() {
        return roomBytes;
    }

    @Override
    public long allocFailures() {
        return allocFailures;
    }

    /** Every buffer is one piece of physical memory. */
    boolean inOnePiece() {
        return shared.inOnePage() || Natives.ealHasHugepages();
    }

    long mempool() {
        return mempool;
    }

    /** Throws POOL_EMPTY unless {@code buffers} are there; for start-up checks. */
    void require(int buffers, String forWhat) {
        if (available() < buffers) {
            throw new DpdkException(
                    DpdkError.POOL_EMPTY,
                    forWhat
                            + " needs "
                            + buffers
                            + " buffers, the pool has "
                            + available()
                            + " of "
                            + capacity);
        }
    }

    /**
     * Frees the pool's memory; all buffers must be back and all ports that receive into it closed.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        cache.close();
        shared.closed();
        Mem.unregister(freeTable);
        arena.close();
    }
}
