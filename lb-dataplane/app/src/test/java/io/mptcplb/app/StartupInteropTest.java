package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.Lab;
import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.LabProcess;
import io.mptcplb.bench.lab.WireKind;
import io.mptcplb.bench.load.LoadClient;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadServer;
import io.mptcplb.bench.sys.StreamSocket;
import io.mptcplb.contract.ConfigFile;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.SizeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the process says and does when it cannot serve, and what it can live with. */
@Tag("interop")
class StartupInteropTest {
    private static final LabOptions DIRECT = LabOptions.named("at-start").wire(WireKind.DIRECT);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration RESTART_CPU = Duration.ofSeconds(4);
    private static final long ATTEMPT_MILLIS = 50;

    @Test
    void device_missing_namedAndUnavailable() throws Exception {
        try (Lab lab = Lab.build(DIRECT)) {
            lab.box().run("ip", "link", "del", "p2");
            assertRefused(start(lab), StartupException.UNAVAILABLE, "interface p2");
        }
    }

    @Test
    void ourAddress_heldByTheKernel_refusedWithTheRemedy() throws Exception {
        try (Lab lab = Lab.build(DIRECT.kernelBox())) {
            assertRefused(start(lab), StartupException.BAD_CONFIG, "ip address del");
        }
    }

    @Test
    void device_withAnotherKernelAddress_refusedUnlessShared() throws Exception {
        try (Lab lab = Lab.build(DIRECT)) {
            lab.box().run("ip", "address", "add", "192.0.2.77/32", "dev", "p1");
            assertRefused(start(lab), StartupException.BAD_CONFIG, "192.0.2.77");
            start(lab, "--share-devices").awaitLine("serving configuration", LIMIT);
        }
    }

    /** As in a pod: the address that is ours is the kernel's, too, and stays. */
    @Test
    void ourAddresses_heldByTheKernelOnShieldedDevices_areServedAndTheKernelIsSilent()
            throws Exception {
        try (Lab lab = Lab.build(DIRECT.kernelBox())) {
            lab.closing(lab.backend().call(() -> LoadServer.start(LabAddresses.backend())));
            LabProcess box = start(lab, "--shield-devices");
            box.awaitLine("serving configuration", LIMIT);
            LoadPlan plan = LoadPlan.duplex(LabAddresses.service(), 1_000_000);
            assertTrue(lab.client().call(() -> LoadClient.run(plan)).verified());
            assertTrue(lab.box().run("nft", "list", "tables").contains("mptcplb_p1"));
            box.close();
            assertFalse(lab.box().run("nft", "list", "tables").contains("mptcplb"));
        }
    }

    @Test
    void configuration_damaged_refusedAsBadData() throws Exception {
        try (Lab lab = Lab.build(DIRECT)) {
            Path snapshot = snapshot(lab);
            byte[] bytes = Files.readAllBytes(snapshot);
            bytes[bytes.length / 2] ^= 1;
            Files.write(snapshot, bytes);
            assertRefused(run(lab), StartupException.BAD_DATA, "config.last");
        }
    }

    @Test
    void configuration_missing_refusedAsNoInput() throws Exception {
        try (Lab lab = Lab.build(DIRECT)) {
            assertRefused(run(lab), StartupException.NO_INPUT, "config.last");
        }
    }

    @Test
    void sizes_beyondTheHeap_refusedWithWhatWouldDo() throws Exception {
        try (Lab lab = Lab.build(DIRECT)) {
            LbConfig small = LabBox.config(MptcpConfig.defaults());
            ConfigFile.write(
                    snapshot(lab),
                    new LbConfig(
                            small.generation(),
                            small.workers(),
                            small.buffers(),
                            new SizeConfig(1 << 20, 1 << 20, 1 << 20, 256),
                            small.ports(),
                            small.virtualServers(),
                            small.pools()));
            assertRefused(run(lab), StartupException.BAD_CONFIG, "sizes.maxConnections 1048576");
        }
    }

    /**
     * The bounds are the process's own CPU time, and for the wall what a machine with ten times the
     * work it can do needs; a quiet one takes about a second.
     */
    @Test
    void dataplane_killed_answersAgainSoon() throws Exception {
        try (Lab lab = Lab.build(DIRECT)) {
            lab.closing(lab.backend().call(() -> LoadServer.start(LabAddresses.backend())));
            ConfigFile.write(snapshot(lab), LabBox.config(MptcpConfig.defaults()));
            List<String> command = new ArrayList<>();
            command.add("env");
            command.add("MPTCP_LB_RESTART_ARGUMENTS=--no-warm-up");
            command.add(Path.of("src/main/scripts/supervise").toAbsolutePath().toString());
            command.add(lab.directory().toString());
            command.addAll(command(lab));
            lab.box().start("box", command).awaitLine("serving configuration", LIMIT);
            assertTrue(answers(lab, LIMIT.toMillis()));
            long first = dataplane(lab);

            long killedNanos = System.nanoTime();
            assertTrue(ProcessHandle.of(first).orElseThrow().destroyForcibly());
            while (!answers(lab, ATTEMPT_MILLIS)) {
                assertTrue(System.nanoTime() - killedNanos < LIMIT.toNanos(), "no answer");
            }
            long millis = (System.nanoTime() - killedNanos) / 1_000_000;
            long again = dataplane(lab);
            Duration cpu =
                    ProcessHandle.of(again).orElseThrow().info().totalCpuDuration().orElseThrow();
            System.out.println(
                    "killed; a SYN was answered "
                            + millis
                            + " ms later, after "
                            + cpu.toMillis()
                            + " ms of the new process's CPU time");
            assertNotEquals(first, again);
            assertTrue(cpu.compareTo(RESTART_CPU) < 0, () -> "CPU time " + cpu);
        }
    }

    private static long dataplane(Lab lab) throws Exception {
        return Long.parseLong(Files.readString(lab.directory().resolve("pid")).strip());
    }

    /** True when the box answers a SYN within the time; each attempt is a new one. */
    private static boolean answers(Lab lab, long millis) throws Exception {
        try {
            lab.client()
                    .call(() -> StreamSocket.connect(false, null, LabAddresses.service(), millis))
                    .close();
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    @Test
    void link_downAtStart_servedOnceItIsUp() throws Exception {
        try (Lab lab = Lab.build(DIRECT)) {
            lab.closing(lab.backend().call(() -> LoadServer.start(LabAddresses.backend())));
            lab.client().run("ip", "link", "set", "dev", "c1", "down");
            LabProcess box = start(lab);
            box.awaitLine("p1.*link is down", LIMIT);
            box.awaitLine("serving configuration", LIMIT);
            lab.client().run("ip", "link", "set", "dev", "c1", "up");
            lab.client()
                    .run(
                            "ip",
                            "route",
                            "replace",
                            "default",
                            "via",
                            LabAddresses.BOX_1,
                            "dev",
                            "c1",
                            "src",
                            LabAddresses.CLIENT_1,
                            "table",
                            "101");
            LoadPlan plan = LoadPlan.upload(LabAddresses.service(), 100_000).plainTcp();
            assertTrue(lab.client().call(() -> LoadClient.run(plan)).verified());
        }
    }

    private static void assertRefused(LabProcess box, int status, String word) throws Exception {
        assertEquals(status, box.await(LIMIT), () -> String.join("\n", box.lines()));
        String last = box.lines().getLast();
        assertTrue(last.contains("cannot start: ") && last.contains(word), last);
        assertFalse(String.join("\n", box.lines()).contains("\tat "), "a stack trace");
    }

    private static LabProcess start(Lab lab, String... options) throws Exception {
        ConfigFile.write(snapshot(lab), LabBox.config(MptcpConfig.defaults()));
        return run(lab, options);
    }

    private static Path snapshot(Lab lab) throws Exception {
        Path snapshot = lab.directory().resolve("config.last");
        if (!Files.exists(snapshot)) {
            ConfigFile.write(snapshot, LabBox.config(MptcpConfig.defaults()));
        }
        return snapshot;
    }

    private static LabProcess run(Lab lab, String... options) throws Exception {
        List<String> command = command(lab);
        command.add("--no-warm-up");
        command.addAll(List.of(options));
        return lab.box().start("box", command);
    }

    private static List<String> command(Lab lab) {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(
                List.of(
                        "@" + Path.of("src/main/scripts/jvm.options").toAbsolutePath(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.mptcplb.app.Main",
                        "--config",
                        lab.directory().resolve("config.last").toString(),
                        "--state",
                        lab.directory().toString()));
        return command;
    }
}
