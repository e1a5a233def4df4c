package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.demo.Demo;
import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.TcpFrame;
import io.mptcplb.bench.lab.TsharkCheck;
import io.mptcplb.bench.load.Arguments;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo itself, with the real box: its conditions, its packets, and what it leaves behind. */
@Tag("interop")
class DemoInteropTest {
    private static final Set<Integer> SUBTYPES =
            Set.of(TcpFrame.MP_CAPABLE, TcpFrame.MP_JOIN, TcpFrame.DSS);

    /** Less than the demo's own, and enough for path 2 to come back in. */
    private static final String BYTES = "120m";

    @Test
    void demo_captured_passesAndItsPacketsAreFlawless(@TempDir Path directory) throws Exception {
        Path capture = directory.resolve("demo.pcapng");
        int status = Demo.main(new Arguments("--bytes", BYTES, "--capture", capture.toString()));
        assertEquals(0, status, "the demo says what it missed");

        TsharkCheck check = TsharkCheck.read(capture, false, SUBTYPES);
        assertEquals(List.of(), check.problems());
        assertTrue(check.frames() > 50_000, check.frames() + " segments");
        // One answer per connection, or more where it was lost.
        assertTrue(check.count(LabAddresses.BOX_1, TcpFrame.MP_CAPABLE) >= 2);
        assertTrue(check.count(LabAddresses.BOX_1, TcpFrame.MP_JOIN) >= 2);
        assertTrue(check.count(LabAddresses.BOX_1, TcpFrame.DSS) > 20_000);
    }

    @Test
    void demo_interrupted_leavesNothingBehind() throws Exception {
        Set<String> before = traces();
        Process demo =
                new ProcessBuilder(
                                System.getProperty("java.home") + "/bin/java",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "io.mptcplb.bench.Main",
                                "demo")
                        .redirectErrorStream(true)
                        .start();
        awaitOutput(demo, "path 2 goes dark");
        List<ProcessHandle> children = demo.descendants().toList();
        assertFalse(children.isEmpty());
        // What Ctrl-C sends; Java's own destroy() would send SIGTERM.
        new ProcessBuilder("kill", "-INT", Long.toString(demo.pid())).start().waitFor();
        assertTrue(demo.waitFor(30, TimeUnit.SECONDS));
        assertEquals(130, demo.exitValue());
        assertTrue(children.stream().noneMatch(ProcessHandle::isAlive));
        assertEquals(before, traces());
    }

    private static void awaitOutput(Process demo, String wanted) throws Exception {
        BufferedReader output = demo.inputReader();
        StringBuilder said = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            said.append(line).append('\n');
            if (line.contains(wanted)) {
                return;
            }
        }
        throw new AssertionError("never said: " + wanted + "\n" + said);
    }

    /** Namespaces, directories and locks of demos. */
    private static Set<String> traces() throws Exception {
        try (Stream<Path> namespaces = list("/run/netns");
                Stream<Path> directories = list("/run/mptcplb-lab")) {
            return Stream.concat(namespaces, directories)
                    .map(Path::toString)
                    .filter(path -> path.contains("/lb-demo"))
                    .collect(java.util.stream.Collectors.toCollection(java.util.TreeSet::new));
        }
    }

    private static Stream<Path> list(String directory) throws Exception {
        return Files.isDirectory(Path.of(directory))
                ? Files.list(Path.of(directory))
                : Stream.empty();
    }
}
