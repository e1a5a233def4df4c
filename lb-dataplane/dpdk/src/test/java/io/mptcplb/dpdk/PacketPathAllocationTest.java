package io.mptcplb.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.mptcplb.frame.GatherFrame;
import io.mptcplb.frame.Mbuf;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Alloc, send, flush, poll, release, wait: not one byte on the Java heap. */
final class PacketPathAllocationTest {
    private static final int WARM_UP = 200_000;
    private static final int COUNTED = 1_000_000;
    private static final int BURST = 16;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static Eal eal;
    private static DpdkBufferPool pool;
    private static RingPair pair;
    private static Poller poller;

    private final GatherFrame frame = new GatherFrame();
    private final long[] frames = new long[RxQueue.BURST_MAX];
    private long seen;
    private volatile Object planted = new Object();

    @BeforeAll
    static void start() {
        eal = Eal.start(EalOptions.ofMegabytes(32).withMemoryMode(MemoryMode.ORDINARY));
        pool = DpdkBufferPool.create("alloc-test", 1023, Mbuf.DEFAULT_ROOM_BYTES);
        pair = new RingPair("pair", 256, pool);
        poller = new Poller();
        poller.add(pair.left);
        poller.add(pair.right);
    }

    @AfterAll
    static void stop() {
        poller.close();
        pair.close();
        assertEquals(1023, pool.available());
        pool.close();
        eal.close();
    }

    @Test
    void packetPath_overAMillionFrames_allocatesNothing() {
        assertEquals(0, leastAllocatedBytes(0));
    }

    /** The proof that the measurement above can fail: one small object in every 100,000 frames. */
    @Test
    void plantedAllocation_inTheSameLoop_isSeen() {
        long seen = leastAllocatedBytes(100_000);
        assertTrue(seen >= COUNTED / 100_000 * 16L, "only " + seen + " bytes were seen");
    }

    /**
     * The least of three windows of a million frames each: the compiler may once give up an
     * assumption and put an object on the heap that it had kept in registers; code that allocates
     * does so in every window.
     */
    private long leastAllocatedBytes(int plantEvery) {
        forward(WARM_UP, 0);
        long least = Long.MAX_VALUE;
        for (int window = 0; window < 3 && least > 0; window++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            forward(COUNTED, plantEvery);
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    private void forward(int count, int plantEvery) {
        EthPort left = pair.left;
        EthPort right = pair.right;
        long payload = Frames.of(pool, 1000, 1);
        int received = 0;
        int sent = 0;
        while (received < count) {
            for (int i = 0; i < BURST; i++) {
                long header = pool.alloc();
                Mbuf.setLength(header, 54);
                frame.begin(header);
                frame.add(payload, Mbuf.dataOff(payload), 1000);
                Mbuf.retain(payload);
                sent += left.send(frame) ? 1 : 0;
                pool.release(payload);
                if (plantEvery > 0 && sent % plantEvery == 0) {
                    planted = new byte[8];
                }
            }
            left.flush();
            received += drain(right);
            if (received % 160 == 0) {
                left.linkUp();
                poller.await(0);
            }
            if (received % 80_000 == 0) {
                // Rare, and so never compiled.
                seen += left.statistics().txFrames() + right.statistics().rxMissed();
            }
        }
        assertEquals(sent, received);
        pool.release(payload);
    }

    private int drain(EthPort port) {
        int received = port.poll(frames);
        for (int i = 0; i < received; i++) {
            pool.releaseChain(frames[i]);
        }
        return received;
    }
}
