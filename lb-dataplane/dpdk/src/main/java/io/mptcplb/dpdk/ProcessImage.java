package io.mptcplb.dpdk;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The program that this process runs. It may be begun anew in place, as DPDK cannot: whoever
 * supervises the process sees the same one, and nobody's back-off grows.
 */
public final class ProcessImage {
    private static final int DESCRIPTORS_KEPT = 3;
    private static final int CLOSE_RANGE_CLOEXEC = 4;

    private ProcessImage() {}

    /**
     * Begins this process's command line anew. Returns only by its exceptions; other threads are
     * gone otherwise, and so are all descriptors but input, output and errors.
     *
     * @param words to add to the command line, where it does not have them
     */
    public static void replace(List<String> words) throws IOException {
        String program = Path.of("/proc/self/exe").toRealPath().toString();
        List<String> command = new ArrayList<>(commandLine());
        words.stream().filter(word -> !command.contains(word)).forEach(command::add);
        try (Arena arena = Arena.ofConfined()) {
            Posix posix = new Posix(arena);
            MemorySegment arguments = arena.allocate(ADDRESS, command.size() + 1L);
            for (int i = 0; i < command.size(); i++) {
                arguments.setAtIndex(ADDRESS, i, arena.allocateFrom(command.get(i)));
            }
            // The JVM opens files that it would leave to the next one.
            int closed = posix.closeRange(DESCRIPTORS_KEPT, -1, CLOSE_RANGE_CLOEXEC);
            if (closed < 0) {
                throw DpdkException.ofSystemCall("close_range", closed);
            }
            int failed = posix.execv(arena.allocateFrom(program).address(), arguments.address());
            throw DpdkException.ofSystemCall("execv " + program, failed);
        }
    }

    private static List<String> commandLine() throws IOException {
        String all = Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.ISO_8859_1);
        byte[] bytes = all.getBytes(StandardCharsets.ISO_8859_1);
        return List.of(new String(bytes, StandardCharsets.UTF_8).split("\0"));
    }
}
