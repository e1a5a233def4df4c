package io.mptcplb.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.Command;
import io.mptcplb.bench.lab.Lab;
import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.LabProcess;
import io.mptcplb.bench.load.LoadClient;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.bench.load.LoadServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both images: what is in them, that they are the same twice, and that they do their work. */
@Tag("interop")
class ImageInteropTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long UNPACKED_BYTES_MAX = 150_000_000;
    private static final int NO_PERMISSION = 77;
    private static final List<String> NET_RAW = List.of("CAP_NET_RAW");

    @TempDir private static Path directory;
    private static Image dataplane;
    private static Image controlPlane;

    @BeforeAll
    static void assemble() throws Exception {
        dataplane = Image.dataplane(directory.resolve("first"));
        controlPlane = Image.controlPlane(directory.resolve("first"));
    }

    @Test
    void inputs_same_digestIsTheSame() throws Exception {
        Image again = Image.dataplane(directory.resolve("again"));

        assertEquals(dataplane.digest(), again.digest());
        assertEquals(-1, Files.mismatch(dataplane.archive(), again.archive()));
    }

    @Test
    void contents_listed_areWhatIsThere() throws Exception {
        for (Image image : List.of(dataplane, controlPlane)) {
            Path root = directory.resolve("root-" + image.archive().getFileName());
            image.unpack(root);
            List<String> lines = Files.readAllLines(image.contents());

            assertTrue(lines.stream().anyMatch(line -> line.startsWith("package libc6 ")));
            assertFalse(Files.exists(root.resolve("bin/sh")), "a shell has no business here");
            long bytes =
                    Long.parseLong(Command.run(List.of("du", "-bs", root + "")).split("\t")[0]);
            assertTrue(bytes < UNPACKED_BYTES_MAX, image.archive() + ": " + bytes);
            assertListed(root, lines);
        }
    }

    /** Every file under a root stands in the list with its sum, but for the list itself. */
    private static void assertListed(Path root, List<String> lines) throws IOException {
        String sums =
                Command.run(
                        List.of(
                                "bash",
                                "-c",
                                "cd \"$0\" && find . -type f -not -name contents -printf '%P\\0'"
                                        + " | LC_ALL=C sort -z | xargs -0 sha256sum",
                                root.toString()));
        List<String> there =
                sums.lines().map(line -> "file " + line.replaceFirst("  ", " ")).toList();
        assertEquals(there, lines.stream().filter(line -> line.startsWith("file ")).toList());
    }

    @Test
    void containers_withThePodsRights_checkCompileAndServe() throws Exception {
        try (Lab lab = Lab.build(LabOptions.named("mi-image"))) {
            Path state = Files.createDirectories(lab.directory().resolve("box"));
            Path file = Files.writeString(state.resolve("lb.yaml"), text());
            lab.closing(lab.backend().call(() -> LoadServer.start(LabAddresses.backend())));

            assertEquals(0, controlPlane(lab, state, List.of("check", "-c", file.toString())));
            assertEquals(
                    0,
                    controlPlane(
                            lab,
                            state,
                            List.of(
                                    "compile",
                                    file.toString(),
                                    "--output",
                                    state.resolve("config.last").toString(),
                                    "--jvm-options",
                                    state.resolve("heap").toString())));

            LabProcess box = dataplane(lab, state, NET_RAW);
            box.awaitLine("serving configuration", LIMIT);
            LoadPlan plan = LoadPlan.download(LabAddresses.service(), 20_000_000);
            LoadReport report = lab.client().call(() -> LoadClient.run(plan));
            assertTrue(report.verified(), report::summary);
            assertSteered(lab, state, file);
            box.close();

            LabProcess powerless = dataplane(lab, state, List.of());
            assertEquals(NO_PERMISSION, powerless.await(LIMIT), () -> powerless.lines().toString());
        }
    }

    /** An agent in its image speaks with the dataplane in its own. */
    private static void assertSteered(Lab lab, Path state, Path file) throws Exception {
        List<String> words =
                List.of("agent", "--config", file.toString(), "--state", state.toString());
        Container container =
                Container.of(controlPlane, state, namespace(lab), List.of(), "-Xmx128m", words);
        try (LabProcess agent = lab.box().start("agent", container.command())) {
            agent.awaitLine("admin API at", LIMIT);
            LabEvents.await(
                    "the agent is in step",
                    LIMIT,
                    () -> controlPlane(lab, state, List.of("ctl", "status")) == 0);
        }
    }

    private static int controlPlane(Lab lab, Path state, List<String> words) throws IOException {
        Container container =
                Container.of(controlPlane, state, namespace(lab), List.of(), "-Xmx128m", words);
        return lab.box().start(words.getFirst(), container.command()).await(LIMIT);
    }

    private static LabProcess dataplane(Lab lab, Path state, List<String> capabilities)
            throws Exception {
        String heap = Repository.read(state.resolve("heap")).strip().replace('\n', ' ');
        List<String> words =
                List.of(
                        "--config",
                        state.resolve("config.last").toString(),
                        "--state",
                        state.toString(),
                        "--no-warm-up");
        Container container =
                Container.of(dataplane, state, namespace(lab), capabilities, heap, words);
        return lab.closing(lab.box().start("box", container.command()));
    }

    private static Path namespace(Lab lab) {
        return Path.of("/run/netns", lab.box().name());
    }

    private static String text() {
        return """
        ports:
          - {name: p1, device: p1, role: client, addresses: [%1$s/24]}
          - {name: p2, device: p2, role: client, addresses: [%2$s/24]}
          - {name: b1, device: b1, role: backend, addresses: [%3$s/24]}
        virtualServers:
          - {name: service, addresses: [%1$s, %2$s], port: %4$d, pool: servers}
        pools:
          - {name: servers, backends: [{name: server-1, address: %5$s, port: %6$d}]}
        """
                .formatted(
                        LabAddresses.BOX_1,
                        LabAddresses.BOX_2,
                        LabAddresses.BOX_BACKEND,
                        LabAddresses.SERVICE_PORT,
                        LabAddresses.BACKEND,
                        LabAddresses.BACKEND_PORT);
    }
}
