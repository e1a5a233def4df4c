package io.mptcplb.app;

import io.mptcplb.dpdk.Posix;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The JVM's compilers beside workers. What they do for the first clients makes later ones faster,
 * but where CPUs are few it would have those first ones wait for whole time slices, milliseconds
 * each: a worker that has something to do goes first.
 */
final class CompilerThreads {
    /** A ninth of the weight of other threads: enough to come through on a full machine. */
    static final int NICE = 10;

    private static final Path THREADS = Path.of("/proc/self/task");

    private CompilerThreads() {}

    /**
     * For good: to take a nice value back would need a right. Threads that one of them starts
     * inherit it.
     *
     * @return how many there are
     */
    static int stepBack() throws IOException {
        List<Path> threads;
        try (Stream<Path> all = Files.list(THREADS)) {
            threads = all.filter(CompilerThreads::compiles).toList();
        }
        try (Arena arena = Arena.ofConfined()) {
            Posix posix = new Posix(arena);
            for (Path thread : threads) {
                posix.setThreadNice(Integer.parseInt(thread.getFileName().toString()), NICE);
            }
        }
        return threads.size();
    }

    private static boolean compiles(Path thread) {
        try {
            String name = Files.readString(thread.resolve("comm"));
            return name.startsWith("C1 ") || name.startsWith("C2 ");
        } catch (IOException ended) {
            return false;
        }
    }
}
