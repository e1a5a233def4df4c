package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.Lab;
import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabException;
import io.mptcplb.bench.lab.LabNamespace;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.LabProcess;
import io.mptcplb.bench.lab.WireKind;
import io.mptcplb.bench.load.LoadClient;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.bench.load.LoadServer;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.PortConfig;
import io.mptcplb.contract.PortDevice;
import io.mptcplb.contract.PortRole;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * As in a pod: the box reaches its backends by the address that the kernel has on the same device,
 * by which other programs of the pod go on speaking.
 */
@Tag("interop")
class SharedAddressInteropTest {
    private static final LabOptions OPTIONS =
            LabOptions.named("shared").wire(WireKind.DIRECT).dualStack();
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final long BYTES = 20_000_000;
    private static final int PROGRAM_PORT = 8080;
    private static final int LAN = 2;
    private static final int ANSWER_MILLIS = 2_000;

    /** What the pod's network gives its kernel. */
    private static final String POD =
            """
            for i in all default b1; do
                echo 0 >/proc/sys/net/ipv6/conf/$i/disable_ipv6
                echo 0 >/proc/sys/net/ipv6/conf/$i/accept_dad
            done
            ip address add 203.0.113.1/24 dev b1
            ip address add 2001:db8:3::1/64 dev b1 nodad
            ip route add default via 203.0.113.10 dev b1
            """;

    private static final String PORTS =
            "echo '32768 49151' >/proc/sys/net/ipv4/ip_local_port_range\n";

    @ParameterizedTest
    @ValueSource(strings = {LabAddresses.BACKEND, LabAddresses.BACKEND_V6})
    void kernelAndBox_overOneAddress_bothWaysAtOnce(String backend) throws Exception {
        try (Lab lab = pod(true)) {
            boolean v6 = backend.equals(LabAddresses.BACKEND_V6);
            String pod = v6 ? LabAddresses.BOX_BACKEND_V6 : LabAddresses.BOX_BACKEND;
            InetSocketAddress server = LabAddresses.socket(backend, LabAddresses.BACKEND_PORT);
            InetSocketAddress program = LabAddresses.socket(pod, PROGRAM_PORT);
            lab.closing(lab.backend().call(() -> LoadServer.start(server)));
            lab.closing(lab.box().call(() -> LoadServer.start(program)));
            LabBox box = LabBox.start(lab, config(backend), LabBox::cold);
            try (BoxFigures figures = new BoxFigures(box)) {
                // The box's and the program's connections differ in their own port alone.
                List<CompletableFuture<LoadReport>> all =
                        List.of(
                                aside(lab.client(), LoadPlan.duplex(LabAddresses.service(), BYTES)),
                                aside(lab.box(), LoadPlan.duplex(server, BYTES).plainTcp()),
                                aside(lab.backend(), LoadPlan.duplex(program, BYTES).plainTcp()));
                for (CompletableFuture<LoadReport> each : all) {
                    assertTrue(each.get().verified(), each.get().bulk() + figures.all());
                }
                assertEquals(0, lab.box().counters().get("TcpOutRsts"), "the kernel is silent");
                InetAddress pinged = program.getAddress();
                assertTrue(lab.backend().call(() -> pinged.isReachable(ANSWER_MILLIS)));
                figures.awaitAtRest();
                assertEquals(0, figures.at(Metric.NEIGHBOUR_ANSWERS_TX, LAN), figures::all);
                assertEquals(0, figures.at(Metric.ICMP_ECHO_ANSWERED, LAN), figures::all);
                assertEquals(0, figures.value(Metric.NEIGHBOUR_FAILURES), figures::all);
            }
            box.close();
            assertFalse(lab.box().run("nft", "list", "tables").contains("mptcplb"));
        }
    }

    /** NET_ADMIN is needed once, by another program than the one that serves. */
    @Test
    void shieldedBefore_servesWithoutTheRight_andWithoutAShieldTheKernelResets() throws Exception {
        try (Lab lab = pod(true)) {
            lab.closing(lab.backend().call(() -> LoadServer.start(LabAddresses.backend())));
            LabProcess shield = lab.box().start("shield", command("--shield", "b1"));
            assertEquals(0, shield.await(LIMIT), () -> String.join("\n", shield.lines()));
            UnaryOperator<List<String>> bare = SharedAddressInteropTest::withoutNetAdmin;
            LabBox box = LabBox.start(lab, config(LabAddresses.BACKEND), bare);
            LoadPlan plan = LoadPlan.duplex(LabAddresses.service(), BYTES / 10);
            assertTrue(lab.client().call(() -> LoadClient.run(plan)).verified());
            assertEquals(0, lab.box().counters().get("TcpOutRsts"));

            lab.box().run("nft", "flush", "ruleset");
            assertFalse(lab.client().call(() -> LoadClient.run(plan)).verified());
            assertTrue(lab.box().counters().get("TcpOutRsts") > 0, "the test's own proof");
            box.close();
        }
    }

    @Test
    void kernelsTcpPortsReachIntoOurs_refusedWithTheRemedy() throws Exception {
        try (Lab lab = pod(false)) {
            LabException refused =
                    assertThrows(
                            LabException.class,
                            () -> LabBox.start(lab, config(LabAddresses.BACKEND), LabBox::cold));
            String text = String.valueOf(refused.getMessage());
            assertTrue(text.contains("ip_local_port_range='1024 49151'"), text);
        }
    }

    // ---- helpers

    private static Lab pod(boolean ports) throws Exception {
        Lab lab = Lab.build(OPTIONS);
        lab.box().script(POD + (ports ? PORTS : ""));
        return lab;
    }

    private static CompletableFuture<LoadReport> aside(LabNamespace host, LoadPlan plan) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return host.call(() -> LoadClient.run(plan));
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                task -> Thread.ofPlatform().name("aside").daemon().start(task));
    }

    private static LbConfig config(String backend) {
        LbConfig lab = LabBox.dualConfig(MptcpConfig.defaults(), backend);
        List<PortConfig> ports = new ArrayList<>(lab.ports());
        PortDevice device = PortDevice.packet("b1");
        ports.set(
                LAN, new PortConfig("b1", device, PortRole.BACKEND, 0, true, List.of(), List.of()));
        return lab.withPorts(ports);
    }

    private static List<String> withoutNetAdmin(List<String> command) {
        List<String> words =
                new ArrayList<>(List.of("setpriv", "--bounding-set", "-net_admin", "--"));
        words.addAll(LabBox.cold(command));
        words.add("--shielded");
        return words;
    }

    private static List<String> command(String... arguments) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                System.getProperty("java.home") + "/bin/java",
                                "@" + Path.of("src/main/scripts/jvm.options").toAbsolutePath(),
                                "-Xmx64m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "io.mptcplb.app.Main"));
        words.addAll(List.of(arguments));
        return words;
    }
}
