package io.mptcplb.dpdk;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A worker's own stack of free mbufs in front of one mempool, filled and drained {@value #BULK} at
 * a time through the mempool driver's functions (DPDK's own calls are inline and not in its
 * libraries). Free mbufs keep DPDK's promise: direct, refcnt 1, no next, one segment. Owner: the
 * worker thread.
 *
 * <p>DPDK's cache per lcore is bypassed: it serves the driver's receive path alone and may hold
 * {@link #LCORE_CACHE} * 1.5 mbufs that only the driver can reach.
 */
final class MbufCache {
    static final int BULK = 64;
    static final int LCORE_CACHE = 64;
    private static final int KEEP_MAX = 2 * BULK;

    private final long pool;
    private final MemorySegment enqueue;
    private final MemorySegment dequeue;
    private final long table;
    private int count;

    MbufCache(long pool, Arena arena) {
        this.pool = pool;
        int index = Mem.hostU32(pool + Abi.MEMPOOL_OPS_INDEX);
        int known = Mem.hostU32(Natives.mempoolOpsTable() + Abi.OPS_TABLE_COUNT);
        if (index < 0 || index >= known || known > Abi.OPS_MAX) {
            throw new DpdkException(
                    DpdkError.ABI_SELF_TEST_FAILED, "mempool operations " + index + " of " + known);
        }
        long operations =
                Natives.mempoolOpsTable() + Abi.OPS_TABLE_FIRST + (long) Abi.OPS_BYTES * index;
        enqueue = MemorySegment.ofAddress(Mem.hostU64(operations + Abi.OPS_ENQUEUE));
        dequeue = MemorySegment.ofAddress(Mem.hostU64(operations + Abi.OPS_DEQUEUE));
        table = arena.allocate(8L * KEEP_MAX, 64).address();
        Mem.register(table, 8L * KEEP_MAX);
    }

    /** A free mbuf as the mempool keeps it (not reset), or 0. */
    long take() {
        if (count == 0 && !fill()) {
            return 0;
        }
        count--;
        long m = Mem.hostU64(table + 8L * count);
        assert Mbuf.next(m) == 0 : "a free mbuf has no next";
        return m;
    }

    /** True when {@code wanted} mbufs, at most {@value #BULK}, can be taken without a miss. */
    boolean ensure(int wanted) {
        while (count < wanted) {
            if (!fill()) {
                return false;
            }
        }
        return true;
    }

    /** Keeps a direct mbuf whose last reference the caller held. */
    void give(long m) {
        if (count == KEEP_MAX) {
            drain(BULK);
        }
        Mbuf.setNext(m, 0);
        Mbuf.setNbSegs(m, 1);
        // Checked mode marks what lies here, so that a second release is seen.
        Mbuf.setRefcnt(m, Mem.CHECKED ? 0 : 1);
        Mem.setHostU64(table + 8L * count, m);
        count++;
    }

    /** The mempool gives all or nothing: near its end it is asked for less. */
    private boolean fill() {
        for (int wanted = Math.min(BULK, KEEP_MAX - count); wanted > 0; wanted >>= 1) {
            if (Natives.poolOperation(dequeue, pool, table + 8L * count, wanted) == 0) {
                count += wanted;
                return true;
            }
        }
        return false;
    }

    private void drain(int frames) {
        count -= frames;
        if (Mem.CHECKED) {
            for (int i = 0; i < frames; i++) {
                Mbuf.setRefcnt(Mem.hostU64(table + 8L * (count + i)), 1);
            }
        }
        if (Natives.poolOperation(enqueue, pool, table + 8L * count, frames) != 0) {
            // A ring of the pool's own size cannot be full: an mbuf was given back twice.
            throw new IllegalStateException("mempool refuses its own mbufs");
        }
    }

    /** Gives everything back to the mempool. */
    void flush() {
        while (count > 0) {
            drain(Math.min(count, BULK));
        }
    }

    /** Addresses of all {@code mbufs} of a mempool that is full. */
    long[] peekAll(int mbufs) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment all = arena.allocate(8L * mbufs, 8);
            if (Natives.poolOperation(dequeue, pool, all.address(), mbufs) != 0) {
                throw new DpdkException(
                        DpdkError.ABI_SELF_TEST_FAILED, "a fresh mempool is not full");
            }
            long[] copy = all.toArray(ValueLayout.JAVA_LONG);
            if (Natives.poolOperation(enqueue, pool, all.address(), mbufs) != 0) {
                throw new DpdkException(
                        DpdkError.ABI_SELF_TEST_FAILED, "a mempool refuses its own mbufs");
            }
            return copy;
        }
    }

    int kept() {
        return count;
    }

    void close() {
        flush();
        Mem.unregister(table);
    }
}
