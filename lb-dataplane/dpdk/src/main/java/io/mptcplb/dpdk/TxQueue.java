package io.mptcplb.dpdk;

import io.mptcplb.frame.Mem;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Frames on their way to one transmit queue of the driver. What the driver does not take stays
 * here, in order, until the next {@link #flush}; the room is bounded. Owner: the worker thread.
 */
final class TxQueue implements AutoCloseable {
    private final int capacity;
    private final Arena arena = Arena.ofShared();
    private final long table;
    private final MemorySegment burst;
    private final long queue;
    private final MemorySegment prepare;
    private int head;
    private int count;

    /**
     * {@code prepare} is called before each burst; NULL where no offload was asked for or the
     * driver has none.
     */
    TxQueue(MemorySegment burst, MemorySegment prepare, long queue, int capacityAtLeast) {
        capacity = Integer.highestOneBit(Math.max(64, capacityAtLeast) * 2 - 1);
        table = arena.allocate(8L * capacity, 64).address();
        Mem.register(table, 8L * capacity);
        this.burst = burst;
        this.prepare = prepare;
        this.queue = queue;
    }

    boolean full() {
        return count == capacity;
    }

    int waiting() {
        return count;
    }

    /** Adds a frame; there must be room. */
    void add(long m) {
        Mem.setHostU64(table + 8L * ((head + count) & capacity - 1), m);
        count++;
    }

    /**
     * Offers all frames to the driver; returns how many it took. Frames refused by tx_prepare are
     * freed into {@code drops}.
     */
    int flush(long[] drops) {
        int taken = 0;
        while (count > 0) {
            int run = Math.min(count, capacity - head);
            int ready =
                    prepare.address() == 0
                            ? run
                            : Natives.burst(prepare, queue, table + 8L * head, run);
            int sent = ready == 0 ? 0 : Natives.burst(burst, queue, table + 8L * head, ready);
            advance(sent);
            taken += sent;
            if (ready < run && sent == ready) {
                dropHead();
                drops[PortDrop.TX_REFUSED.code()]++;
            } else if (sent == 0) {
                break;
            }
        }
        return taken;
    }

    private void advance(int frames) {
        head = (head + frames) & capacity - 1;
        count -= frames;
    }

    private void dropHead() {
        Natives.pktmbufFreeBulk(table + 8L * head, 1);
        advance(1);
    }

    /** Frees everything that waits; returns how many frames that were. */
    int dropAll() {
        int dropped = count;
        while (count > 0) {
            int run = Math.min(count, capacity - head);
            Natives.pktmbufFreeBulk(table + 8L * head, run);
            advance(run);
        }
        return dropped;
    }

    @Override
    public void close() {
        Mem.unregister(table);
        arena.close();
    }
}
