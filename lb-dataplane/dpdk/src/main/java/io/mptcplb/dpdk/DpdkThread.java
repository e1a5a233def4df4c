package io.mptcplb.dpdk;

import io.mptcplb.frame.Mem;
import java.lang.foreign.Arena;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A worker's thread: a platform thread, pinned to one CPU and known to DPDK, which gives it a cache
 * of mbufs of its own (a third off the cost of a packet). Virtual threads cannot be used: DPDK
 * keeps its state per kernel thread.
 */
public final class DpdkThread {
    private static final int CPU_MASK_BYTES = 128;

    private final Thread thread;
    private final CountDownLatch settled = new CountDownLatch(1);
    private volatile @Nullable DpdkException refusal;
    private volatile @Nullable Throwable failure;

    private DpdkThread(String name, int cpu, Runnable body) {
        thread = Thread.ofPlatform().name(name).unstarted(() -> run(cpu, body));
    }

    /**
     * Starts {@code body} on a thread of its own. Returns once it runs on {@code cpu} (-1: wherever
     * the process may) and is registered; throws CPU_UNAVAILABLE or THREAD_REFUSED otherwise.
     */
    public static DpdkThread start(String name, int cpu, Runnable body) {
        DpdkThread started = new DpdkThread(name, cpu, body);
        started.thread.start();
        boolean interrupted = false;
        while (started.settled.getCount() > 0) {
            try {
                started.settled.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        DpdkException refused = started.refusal;
        if (refused != null) {
            throw refused;
        }
        return started;
    }

    private void run(int cpu, Runnable body) {
        try {
            pin(cpu);
            if (Natives.threadRegister() != 0) {
                throw new DpdkException(
                        DpdkError.THREAD_REFUSED,
                        "rte_thread_register: " + Natives.errorText(Natives.rteErrno()));
            }
        } catch (DpdkException refused) {
            refusal = refused;
            settled.countDown();
            return;
        }
        settled.countDown();
        try {
            body.run();
        } catch (Throwable thrown) {
            failure = thrown;
        } finally {
            Natives.threadUnregister();
        }
    }

    private static void pin(int cpu) {
        if (cpu < 0) {
            return;
        }
        int result = -22;
        if (cpu < CPU_MASK_BYTES * 8) {
            try (Arena arena = Arena.ofConfined()) {
                long mask = arena.allocate(CPU_MASK_BYTES, 8).address();
                Mem.register(mask, CPU_MASK_BYTES);
                Mem.setU8(mask + cpu / 8, 1 << cpu % 8);
                Mem.unregister(mask);
                result = new Posix(arena).schedSetaffinity(0, CPU_MASK_BYTES, mask);
            }
        }
        if (result < 0) {
            throw new DpdkException(
                    DpdkError.CPU_UNAVAILABLE,
                    "cannot run on CPU " + cpu + ": " + Natives.errorText(result),
                    ProcessRights.allowedCpus());
        }
    }

    /** Waits for the end of the body; false when {@code millis} are over first. */
    public boolean join(long millis) throws InterruptedException {
        thread.join(millis);
        return !thread.isAlive();
    }

    public boolean isAlive() {
        return thread.isAlive();
    }

    /** What the body threw, or null. */
    public @Nullable Throwable failure() {
        return failure;
    }
}
