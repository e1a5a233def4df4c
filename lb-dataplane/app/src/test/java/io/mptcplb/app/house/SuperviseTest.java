package io.mptcplb.app.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The supervisor, with dataplanes that die in every way. */
class SuperviseTest {
    private static final String SUPERVISE =
            Path.of("src/main/scripts/supervise").toAbsolutePath().toString();

    @TempDir private Path root;

    @Test
    void dataplane_diesOnce_isBackWithinTwoSecondsAndTheCrashIsKept() throws Exception {
        long startedNanos = System.nanoTime();
        Script.Ended ended =
                supervise(
                        """
                        echo "start $MPTCP_LB_RESTARTS with ${1:-nothing more}"
                        [ "$MPTCP_LB_RESTARTS" = 1 ] && exit 0
                        echo "frames of the crash" > state/hs_err.log
                        kill -SEGV $$
                        """);
        long tookMillis = (System.nanoTime() - startedNanos) / 1_000_000;

        assertEquals(0, ended.status(), ended.output());
        assertTrue(ended.output().contains("start 1 with --no-warm-up"), ended.output());
        assertTrue(tookMillis < 2_000, "took " + tookMillis + " ms");
        Path crash = crashes().getFirst();
        assertEquals("139", Files.readString(crash.resolve("status")).strip());
        assertEquals(
                "start 0 with nothing more", Files.readString(crash.resolve("output.log")).strip());
        assertEquals("frames of the crash", Files.readString(crash.resolve("hs_err.log")).strip());
        assertEquals("1", Files.readString(root.resolve("state/restarts")).strip());
    }

    @Test
    void dataplane_diesAgainAndAgain_waitsLongerEachTime() throws Exception {
        Script.Ended ended = supervise("[ \"$MPTCP_LB_RESTARTS\" = 3 ] && exit 0; exit 134");

        assertEquals(0, ended.status(), ended.output());
        assertTrue(ended.output().contains("in 200 ms"), ended.output());
        assertTrue(ended.output().contains("in 400 ms"), ended.output());
        assertTrue(ended.output().contains("in 800 ms"), ended.output());
        assertEquals(3, crashes().size());
    }

    @Test
    void dataplane_refusesToStart_staysDownWithItsStatus() throws Exception {
        Script.Ended ended = supervise("echo 'no such interface: isp-a'; exit 69");

        assertEquals(69, ended.status());
        assertTrue(ended.output().contains("no such interface"), ended.output());
        assertEquals(List.of(), crashes());
    }

    @Test
    void dataplane_talksForever_itsEndIsKeptWithinBounds() throws Exception {
        Script.Ended ended =
                supervise("for ((i = 0; i < 20000; i++)); do echo line $i of many; done; exit 64");

        assertEquals(64, ended.status());
        assertTrue(ended.output().contains("line 19999 of many"), "passed on");
        long kept = 0;
        try (Stream<Path> files = Files.list(root.resolve("state"))) {
            for (Path file : files.filter(f -> f.toString().contains("output.log")).toList()) {
                kept += Files.size(file);
            }
        }
        assertTrue(kept > 100_000 && kept < 210_000, kept + " bytes");
        assertTrue(
                Files.readString(root.resolve("state/output.log"))
                        .endsWith("line 19999 of many\n"));
    }

    @Test
    void supervisor_terminated_endsTheDataplaneFirst() throws Exception {
        Process process =
                start(
                        "trap 'echo closed ports; exit 0' TERM; echo up; while :; do read -t 1 <"
                                + " <(:); done");
        try (BufferedReader output = process.inputReader()) {
            assertEquals("up", output.readLine());
            process.toHandle().destroy();
            assertEquals("closed ports", output.readLine());
        }

        assertEquals(0, process.waitFor());
        assertEquals(List.of(), crashes());
        assertFalse(Files.exists(root.resolve("state/pid")));
    }

    @Test
    void supervisor_terminatedAndDataplaneDeaf_killsIt() throws Exception {
        Process process = start("trap '' TERM; echo up $$; exec tail -f /dev/null");
        try (BufferedReader output = process.inputReader()) {
            long dataplane = Long.parseLong(output.readLine().substring("up ".length()));
            process.toHandle().destroy();
            int status = process.waitFor();

            assertEquals(137, status);
            assertTrue(ProcessHandle.of(dataplane).isEmpty());
        }
    }

    private Script.Ended supervise(String dataplane) throws Exception {
        return Script.await(start(dataplane));
    }

    private Process start(String dataplane) throws IOException {
        return Script.start(
                root,
                Map.of(
                        "MPTCP_LB_STOP_SECONDS", "1",
                        "MPTCP_LB_OUTPUT_BYTES", "100000",
                        "MPTCP_LB_RESTART_ARGUMENTS", "--no-warm-up"),
                List.of(SUPERVISE, "state", "bash", "-c", dataplane, "dataplane"));
    }

    private List<Path> crashes() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("state"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("crash-"))
                    .sorted()
                    .toList();
        }
    }
}
