package io.mptcplb.dpdk;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** One receive queue of the driver. Owner: the worker thread. */
final class RxQueue implements AutoCloseable {
    /** Frames per call of the driver. */
    static final int BURST_MAX = 64;

    private final Arena arena = Arena.ofShared();
    private final long table;
    private final MemorySegment burst;
    private final long queue;

    RxQueue(MemorySegment burst, long queue) {
        table = arena.allocate(8L * BURST_MAX, 64).address();
        Mem.register(table, 8L * BURST_MAX);
        this.burst = burst;
        this.queue = queue;
    }

    /**
     * Fills {@code frames} from the front; frames whose lengths lie are freed into {@code drops}.
     */
    int poll(long[] frames, long[] drops) {
        int received = Natives.burst(burst, queue, table, Math.min(frames.length, BURST_MAX));
        int kept = 0;
        for (int i = 0; i < received; i++) {
            long m = Mem.hostU64(table + 8L * i);
            if (sound(m)) {
                frames[kept++] = m;
            } else {
                Natives.pktmbufFreeBulk(table + 8L * i, 1);
                drops[PortDrop.RX_MALFORMED.code()]++;
            }
        }
        return kept;
    }

    /**
     * Everything above trusts these lengths without looking again: a driver's mistake must not
     * become a SIGSEGV.
     */
    static boolean sound(long m) {
        if (Mbuf.nbSegs(m) == 1) {
            return Mbuf.dataLen(m) == Mbuf.pktLen(m) && inside(m) && Mbuf.next(m) == 0;
        }
        long bytes = 0;
        int segments = 0;
        for (long at = m; at != 0; at = Mbuf.next(at)) {
            if (!inside(at) || ++segments > Mbuf.nbSegs(m)) {
                return false;
            }
            bytes += Mbuf.dataLen(at);
        }
        return segments == Mbuf.nbSegs(m) && bytes == Mbuf.pktLen(m);
    }

    private static boolean inside(long m) {
        return Mbuf.dataOff(m) + Mbuf.dataLen(m) <= Mbuf.bufLen(m);
    }

    @Override
    public void close() {
        Mem.unregister(table);
        arena.close();
    }
}
