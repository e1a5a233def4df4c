package io.mptcplb.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The simulator is worth what it finds. Each row here is a plausible mistake: one line of the
 * stack's source is changed, compiled, and loaded instead of the true class; within a bounded
 * number of seeds the simulator must name a fault. A row whose line is no longer in the source
 * fails, too.
 */
class PlantedBugsTest {
    private static final Path STACK =
            Path.of("..", "stack", "src", "main", "java", "io", "mptcplb", "stack");
    private static final int SEEDS_MAX = 400;

    record Bug(String file, String line, String mistake) {
        @Override
        public String toString() {
            return file + ": " + mistake.strip();
        }
    }

    static Stream<Bug> bugs() {
        return Stream.of(
                new Bug("tcp/TcpInput.java", "!Checksum.intact(sum)", "false"),
                new Bug("buffer/Reassembly.java", "Payload.trimFront(m, overlap);", ""),
                new Bug(
                        "buffer/Reassembly.java",
                        "Payload.trimBack(m, (int) (Payload.end(m) - start));",
                        ""),
                new Bug(
                        "tcp/TcpReceiver.java",
                        "if (finOffset == reassembly.nextOffset() && !finDelivered)",
                        "if (finOffset >= 0 && !finDelivered)"),
                new Bug("tcp/TcpSender.java", "board.markAllLost();", ""),
                new Bug(
                        "tcp/TcpSender.java",
                        "stack.builder().sendProbe(tcp, sndUna - 1, nowNanos);",
                        ""),
                new Bug(
                        "buffer/StreamQueue.java",
                        "Payload.end(head) <= offset && head != tail",
                        "Payload.offset(head) < offset && head != tail"),
                new Bug(
                        "tcp/TransmitRecords.java",
                        "letGo(buffer[r], roomOffset[r], bytes[r]);",
                        ""),
                new Bug("tcp/TransmitRecords.java", "hold(firstBuffer, offset, byteCount);", ""),
                new Bug(
                        "tcp/SegmentBuilder.java",
                        "out.set(flags, records.seq(r) + sent, r);",
                        "out.set(flags, records.seq(r), r);"),
                new Bug(
                        "tcp/SegmentBuilder.java",
                        "boolean whole = offset == Mbuf.dataOff(m) && bytes == Mbuf.dataLen(m);",
                        "boolean whole = offset == Mbuf.dataOff(m);"),
                new Bug(
                        "tcp/TcpReceiver.java",
                        "(int) reassembly.nextOffset() + (finDelivered ? 1 : 0)",
                        "(int) reassembly.nextOffset()"),
                new Bug(
                        "tcp/Scoreboard.java",
                        "Seq32.atOrBefore(records.endSeq(head), ack)",
                        "Seq32.before(records.seq(head), ack)"),
                new Bug(
                        "tcp/TcpEndpoint.java",
                        "case CLOSING -> enterTimeWait(nowNanos);",
                        "case CLOSING -> {}"),
                new Bug(
                        "tcp/TransmitRecords.java",
                        "if (!skip(rest, keep, false)) {",
                        "if (skip(rest, keep, false)) {"),
                new Bug("tcp/TransmitRecords.java", "roomOffset[r] = from + left;", ""),
                new Bug("tcp/Scoreboard.java", "subtract(head, trimmed);", ""),
                new Bug(
                        "tcp/Scoreboard.java",
                        "int whole = within <= 0 ? 0 : records.segmentsWithin(inside, within);",
                        "int whole = within;"));
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void plantedBug_isFound(Bug bug, @TempDir Path classes) throws Exception {
        compile(bug, classes);
        try (URLClassLoader loader = loaderWith(classes)) {
            long seed = 1;
            while (seed <= SEEDS_MAX && run(loader, seed).isEmpty()) {
                seed++;
            }
            assertTrue(seed <= SEEDS_MAX, SEEDS_MAX + " worlds did not notice " + bug);
        }
    }

    @org.junit.jupiter.api.Test
    void withoutBug_sameLoaderFindsNothing(@TempDir Path classes) throws Exception {
        compile(
                new Bug("tcp/TcpInput.java", "!Checksum.intact(sum)", "!Checksum.intact(sum)"),
                classes);
        try (URLClassLoader loader = loaderWith(classes)) {
            for (long seed = 1; seed <= 20; seed++) {
                assertEquals("", run(loader, seed), "seed " + seed);
            }
        }
    }

    private static void compile(Bug bug, Path classes) throws IOException {
        String source = Files.readString(STACK.resolve(bug.file()));
        String changed = source.replace(bug.line(), bug.mistake());
        if (!bug.line().equals(bug.mistake())) {
            assertNotEquals(source, changed, "the line to change is no longer in " + bug.file());
        }
        Path file = classes.resolve("changed").resolve(Path.of(bug.file()).getFileName());
        Files.createDirectories(file.getParent());
        Files.writeString(file, changed);
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-proc:none",
                                "-d",
                                classes.toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                file.toString());
        assertEquals(0, status, "the mistake must compile: " + bug);
    }

    /** Everything of ours is loaded anew, the changed class first. */
    private static URLClassLoader loaderWith(Path classes) throws MalformedURLException {
        List<String> path =
                List.of(System.getProperty("java.class.path").split(File.pathSeparator));
        URL[] urls = new URL[path.size() + 1];
        urls[0] = classes.toUri().toURL();
        for (int i = 0; i < path.size(); i++) {
            urls[i + 1] = Path.of(path.get(i)).toUri().toURL();
        }
        URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
        loader.setDefaultAssertionStatus(true);
        return loader;
    }

    /**
     * What the world of a seed says; an assertion or a fault of checked memory is a finding as
     * well.
     */
    private static String run(ClassLoader loader, long seed) throws ReflectiveOperationException {
        Class<?> worlds = loader.loadClass(TcpWorlds.class.getName());
        try {
            return (String)
                    worlds.getMethod("run", long.class, java.io.PrintStream.class)
                            .invoke(null, seed, null);
        } catch (InvocationTargetException found) {
            return String.valueOf(found.getCause());
        }
    }
}
