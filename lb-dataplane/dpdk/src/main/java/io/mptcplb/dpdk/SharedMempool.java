package io.mptcplb.dpdk;

import org.jspecify.annotations.Nullable;

/**
 * The mempool behind the pools of one worker or several, freed when the last of them is closed.
 * Owner: whoever opens and closes pools.
 */
final class SharedMempool {
    private final long address;
    private final Mempools.Shape shape;
    private final int workers;
    private final boolean inOnePage;
    private @Nullable MbufMemory memory;
    private int open;

    /** {@code shape} is that of all workers together. */
    SharedMempool(String name, Mempools.Shape shape, int workers, boolean inOnePage) {
        this.shape = shape;
        this.workers = workers;
        this.inOnePage = inOnePage;
        String driver = workers == 1 ? Mempools.STACK : Mempools.SHARED_STACK;
        address = Mempools.create(name, shape, inOnePage, driver);
    }

    long address() {
        return address;
    }

    int workers() {
        return workers;
    }

    /** Buffers of each worker. */
    int countOfEach() {
        return shape.count() / workers;
    }

    int roomBytes() {
        return shape.roomBytes();
    }

    boolean inOnePage() {
        return inOnePage;
    }

    /** A worker's pool stands on this from now on; the first comes while all buffers are here. */
    void opened(MbufCache cache) {
        if (open++ == 0) {
            memory = MbufMemory.register(cache, shape.count(), address);
        }
    }

    /** One worker's pool has given back all it kept. */
    void closed() {
        if (--open == 0) {
            if (memory != null) {
                memory.unregister();
            }
            Mempools.free(address);
        }
    }
}
