package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.Lab;
import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.LabProcess;
import io.mptcplb.bench.lab.WireKind;
import io.mptcplb.bench.load.LoadClient;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadServer;
import io.mptcplb.contract.ConfigFile;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.PortConfig;
import io.mptcplb.contract.VirtualServerConfig;
import io.mptcplb.contract.control.Command;
import io.mptcplb.contract.control.ReplyCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A dataplane that is given its configuration while it runs: the first one, and other ports. */
@Tag("interop")
class RestartInteropTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void configurationComes_portsChange_oneCannotBeServed_itIsTheSameProcess() throws Exception {
        try (Lab lab = Lab.build(LabOptions.named("restart").wire(WireKind.DIRECT))) {
            lab.closing(lab.backend().call(() -> LoadServer.start(LabAddresses.backend())));
            Path state = lab.directory();
            Path last = state.resolve(ConfigFile.LAST);
            LabProcess box = lab.box().start("box", command(state));
            box.awaitLine("waiting for a configuration: " + last, LIMIT);

            ConfigFile.write(last, onePath(1));
            box.awaitLine("serving configuration 1", LIMIT);
            transfers(lab);
            long epoch = restart(state, LabBox.config(MptcpConfig.defaults()), 2);
            box.awaitLine("serving configuration 2", LIMIT);
            transfers(lab);
            try (ControlProbe probe = ControlProbe.greeted(state.resolve("control.sock"))) {
                assertNotEquals(epoch, probe.epoch());
            }

            lab.box().run("ip", "link", "set", "dev", "p2", "name", "gone");
            restart(state, LabBox.config(MptcpConfig.defaults()), 3);
            box.awaitLine("cannot start: .*interface p2", LIMIT);
            box.awaitLine("waiting for another configuration", LIMIT);
            String refused = Files.readString(state.resolve(ConfigFile.REFUSED));
            assertTrue(refused.contains("interface p2"), refused);
            ConfigFile.write(last, onePath(4));
            box.awaitLine("serving configuration 4", LIMIT);
            transfers(lab);
            assertFalse(Files.exists(state.resolve(ConfigFile.REFUSED)));
            assertTrue(box.alive());
            assertTrue(descriptors(box) < 100, "descriptors are left behind");
        }
    }

    private static void transfers(Lab lab) throws Exception {
        LoadPlan plan = LoadPlan.duplex(LabAddresses.service(), 100_000);
        assertTrue(lab.client().call(() -> LoadClient.run(plan)).verified());
    }

    /** The epoch of the process that was asked; its socket is gone when this returns. */
    private static long restart(Path state, LbConfig like, long generation) throws Exception {
        Path socket = state.resolve("control.sock");
        try (ControlProbe probe = ControlProbe.greeted(socket)) {
            LbConfig config = with(like, generation, like.ports(), like.virtualServers());
            if (generation == 2) {
                assertEquals(
                        ReplyCode.RESTART_REQUIRED,
                        probe.command(new Command.ApplyConfig(config)).code());
            }
            probe.ok(new Command.Restart(config));
            probe.awaitEnd();
            LabEvents.await("the socket is gone", LIMIT, () -> !Files.exists(socket));
            return probe.epoch();
        }
    }

    private static long descriptors(LabProcess box) throws Exception {
        try (var files = Files.list(Path.of("/proc/" + box.pid() + "/fd"))) {
            return files.count();
        }
    }

    /** Without the second port. */
    private static LbConfig onePath(long generation) {
        LbConfig both = LabBox.config(MptcpConfig.defaults());
        List<PortConfig> ports = new ArrayList<>(both.ports());
        ports.removeIf(port -> port.name().equals("p2"));
        VirtualServerConfig server = both.virtualServers().getFirst();
        VirtualServerConfig one =
                new VirtualServerConfig(
                        server.name(),
                        List.of(IpAddress.parse(LabAddresses.BOX_1)),
                        server.port(),
                        server.pool(),
                        server.mptcp(),
                        server.timeouts(),
                        server.maxConnections());
        return with(both, generation, ports, List.of(one));
    }

    private static LbConfig with(
            LbConfig like,
            long generation,
            List<PortConfig> ports,
            List<VirtualServerConfig> servers) {
        return new LbConfig(
                generation,
                like.workers(),
                like.buffers(),
                like.sizes(),
                ports,
                servers,
                like.pools());
    }

    private static List<String> command(Path state) {
        return List.of(
                System.getProperty("java.home") + "/bin/java",
                "@" + Path.of("src/main/scripts/jvm.options").toAbsolutePath(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                "io.mptcplb.app.Main",
                "--state",
                state.toString(),
                "--no-warm-up");
    }
}
