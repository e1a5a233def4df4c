package io.mptcplb.policy.path;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each {@code traces/*.trace}: what happens at the margin, what the manager makes of it indented.
 * {@code -Dmptcplb.golden.refresh=true} rewrites what is indented.
 */
class PathTraceTest {
    static List<Path> traces() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/traces"))) {
            return files.filter(file -> file.toString().endsWith(".trace")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("traces")
    void trace_run_readsTheSame(Path trace) throws IOException {
        String text = Files.readString(trace);
        String run = PathTrace.run(text);
        if (Boolean.getBoolean("mptcplb.golden.refresh")) {
            Files.writeString(trace, run);
        }
        assertEquals(run, Files.readString(trace));
    }
}
