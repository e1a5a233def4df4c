package io.mptcplb.app;

import com.sun.management.ThreadMXBean;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;

/**
 * When a rehearsal is long enough: once the compilers, which work beside it, have nearly nothing
 * left to do for what it plays. Until then they would take a core from the first clients. Owner:
 * the thread that rehearses.
 */
final class Warmth {
    /**
     * Of this thread's CPU time: on a busy machine it takes longer rather than stay cold. Less than
     * this is played through the interpreter, before the compilers know what to do.
     */
    private static final long CPU_NANOS_MIN = 1_000_000_000L;

    /** Not for ever, though: then a client's patience counts more. */
    private static final long WALL_NANOS_MAX = 20_000_000_000L;

    /** A look at the compilers covers at least so much time. */
    private static final long LOOK_NANOS = 400_000_000L;

    /** They are quiet when they worked for less than one part in so many of it. */
    private static final long QUIET = 10;

    /** A compilation shows when it ends, and a large one may outlast a look. */
    private static final int QUIET_LOOKS = 3;

    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
    private final long startNanos = System.nanoTime();
    private final long startCpuNanos = threads.getCurrentThreadCpuTime();
    private long lookNanos = startNanos;
    private long lookCompiledNanos = compiledNanos();
    private int quietLooks;

    /** Asked after every round. */
    boolean enough() {
        long nowNanos = System.nanoTime();
        if (nowNanos - startNanos >= WALL_NANOS_MAX) {
            return true;
        }
        long passedNanos = nowNanos - lookNanos;
        if (passedNanos < LOOK_NANOS) {
            return false;
        }
        long compiledNanos = compiledNanos();
        boolean quiet = (compiledNanos - lookCompiledNanos) * QUIET < passedNanos;
        quietLooks = quiet ? quietLooks + 1 : 0;
        lookNanos = nowNanos;
        lookCompiledNanos = compiledNanos;
        return quietLooks >= QUIET_LOOKS
                && threads.getCurrentThreadCpuTime() - startCpuNanos >= CPU_NANOS_MIN;
    }

    /** All compilers' time since the JVM started. */
    private long compiledNanos() {
        return compilers.getTotalCompilationTime() * NANOS_PER_MILLI;
    }
}
