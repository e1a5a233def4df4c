package io.mptcplb.dpdk;

import io.mptcplb.frame.Mem;
import java.util.Arrays;

/**
 * Makes the memory of a pool's mbufs legal to touch in checked mode. A mempool may lie in several
 * pieces; neighbouring mbufs are joined into one range, so that the few bytes of DPDK's object
 * headers between them are the only ones not caught.
 */
final class MbufMemory {
    /** A pool may skip the rest of a page. */
    private static final int GAP_BYTES = 4096;

    private final long[] starts;

    private MbufMemory(long[] starts) {
        this.starts = starts;
    }

    /** Looks at every mbuf of a pool that is full, that is, before anybody else uses it. */
    static MbufMemory register(MbufCache cache, int count, long pool) {
        if (!Mem.CHECKED) {
            return new MbufMemory(new long[0]);
        }
        int strideBytes = Mempools.strideBytes(pool);
        int objectBytes = Mempools.objectBytes(pool);
        long[] all = cache.peekAll(count);
        Arrays.sort(all);
        long[] starts = new long[count];
        int ranges = 0;
        int from = 0;
        for (int i = 1; i <= count; i++) {
            if (i == count || all[i] - all[i - 1] > strideBytes + GAP_BYTES) {
                Mem.register(all[from], all[i - 1] + objectBytes - all[from]);
                starts[ranges++] = all[from];
                from = i;
            }
        }
        return new MbufMemory(Arrays.copyOf(starts, ranges));
    }

    void unregister() {
        for (long start : starts) {
            Mem.unregister(start);
        }
    }
}
