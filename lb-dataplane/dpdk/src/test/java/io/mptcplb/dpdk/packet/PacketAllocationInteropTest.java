package io.mptcplb.dpdk.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.mptcplb.dpdk.Frames;
import io.mptcplb.dpdk.Poller;
import io.mptcplb.frame.ArenaBufferPool;
import io.mptcplb.frame.GatherFrame;
import io.mptcplb.frame.Mbuf;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Alloc, send, flush, poll, release, wait: not one byte on the Java heap, nothing copied. */
@Tag("interop")
final class PacketAllocationInteropTest {
    private static final int WARM_UP = 200_000;
    private static final int COUNTED = 1_000_000;
    private static final int BURST = 16;
    private static final int BUFFERS = 2047;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final ArenaBufferPool pool = new ArenaBufferPool(BUFFERS, Mbuf.DEFAULT_ROOM_BYTES);
    private final GatherFrame frame = new GatherFrame();
    private final long[] frames = new long[64];
    private Veth veth;
    private PacketPort left;
    private PacketPort right;
    private Poller poller;
    private long seen;
    private volatile Object planted = new Object();

    @BeforeEach
    void wire() {
        veth = new Veth();
        left = veth.openOurs(pool);
        right = veth.openTheirs(pool);
        poller = new Poller();
        poller.add(left);
        poller.add(right);
    }

    @AfterEach
    void close() {
        poller.close();
        left.close();
        right.close();
        veth.close();
        assertEquals(BUFFERS, pool.available());
        pool.close();
    }

    @Test
    void packetPath_overAMillionFrames_allocatesAndCopiesNothing() {
        assertEquals(0, leastAllocatedBytes(0));
        assertEquals(0, left.copiedPayloadBytes());
        assertEquals(0, left.sendDrops());
        assertEquals(0, right.statistics().rxMissed());
    }

    /** The proof that the measurement above can fail: one small object in every 100,000 frames. */
    @Test
    void plantedAllocation_inTheSameLoop_isSeen() {
        long bytes = leastAllocatedBytes(100_000);
        assertTrue(bytes >= COUNTED / 100_000 * 16L, "only " + bytes + " bytes were seen");
    }

    /** The least of three windows: the compiler may once give up an assumption in one of them. */
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
        long payload = Frames.of(pool, 1000, 1);
        int received = 0;
        int sent = 0;
        while (received < count) {
            for (int i = 0; i < BURST; i++) {
                long header = pool.alloc();
                Mbuf.setLength(header, 54);
                frame.begin(header);
                frame.add(payload, Mbuf.dataOff(payload), 1000);
                sent += left.send(frame) ? 1 : 0;
                if (plantEvery > 0 && sent % plantEvery == 0) {
                    planted = new byte[8];
                }
            }
            left.flush();
            received += drain();
            if (received % 160 == 0) {
                left.linkUp();
                poller.await(0);
            }
            if (received % 80_000 == 0) {
                seen += left.statistics().txFrames() + right.statistics().rxMissed();
            }
        }
        assertEquals(sent, received);
        pool.release(payload);
    }

    private int drain() {
        int received = right.poll(frames);
        for (int i = 0; i < received; i++) {
            pool.releaseChain(frames[i]);
        }
        return received;
    }
}
