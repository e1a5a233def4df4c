package io.mptcplb.contract;

import java.util.List;

/**
 * The threads that touch packets.
 *
 * @param count one stack, one thread and one queue of every port each; 1 to 64
 * @param idle what they do without work
 * @param cores the CPUs they are pinned to, in order; empty leaves placement to the kernel, else
 *     one per worker
 */
public record WorkerConfig(int count, IdleMode idle, List<Integer> cores) {
    /** Worker ids ride in six bits of every token. */
    public static final int COUNT_MAX = 64;

    /** Highest CPU number that can be named. */
    public static final int CORE_MAX = 1023;

    public WorkerConfig {
        Rules.range("workers.count", count, 1, COUNT_MAX);
        cores = List.copyOf(cores);
        Rules.require(
                cores.isEmpty() || cores.size() == count,
                "workers.cores",
                cores.size() + " cores for " + count + " workers");
        cores.forEach(core -> Rules.range("workers.cores", core, 0, CORE_MAX));
        Rules.distinct("workers.cores", cores, core -> core);
    }

    /** One adaptive worker that the kernel places. */
    public static WorkerConfig defaults() {
        return new WorkerConfig(1, IdleMode.ADAPTIVE, List.of());
    }
}
