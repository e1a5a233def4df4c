package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CompilerThreadsTest {
    private static final int NICE_FIELD = 16;

    @Test
    void stepBack_compilersAreNice_othersAsBefore() throws Exception {
        assertTrue(CompilerThreads.stepBack() > 0);
        int compilers = 0;
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            for (Path thread : threads.toList()) {
                // Behind the name in brackets, which may have blanks.
                String stat = read(thread.resolve("stat"));
                if (stat.contains("(C1 ") || stat.contains("(C2 ")) {
                    assertEquals(CompilerThreads.NICE, nice(stat), stat);
                    compilers++;
                } else if (stat.contains("(java)")) {
                    assertTrue(nice(stat) < CompilerThreads.NICE, stat);
                }
            }
        }
        assertTrue(compilers > 0);
    }

    private static int nice(String stat) {
        return Integer.parseInt(
                stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[NICE_FIELD]);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException ended) {
            return "";
        }
    }
}
