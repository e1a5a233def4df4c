package io.mptcplb.stack;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Counts the bytes that a piece of code allocates on its thread once it is warm. */
public final class AllocationMeter {
    private static final int ROUNDS = 8;

    private AllocationMeter() {}

    /**
     * The fewest bytes of several runs, the first being warm-up. What allocates on its path does so
     * in every run; what the virtual machine allocates while it compiles the path does not.
     */
    public static long fewestBytes(Runnable work) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long fewest = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            work.run();
            long bytes = threads.getCurrentThreadAllocatedBytes() - before;
            if (i > 0) {
                fewest = Math.min(fewest, bytes);
            }
        }
        return fewest;
    }
}
