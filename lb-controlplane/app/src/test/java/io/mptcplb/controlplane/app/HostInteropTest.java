package io.mptcplb.controlplane.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checks against a real kernel: a namespace with two devices, one of which the kernel uses. */
@Tag("interop")
class HostInteropTest {
    private static final String CONFIG =
            """
            ports:
              - name: isp-a
                device: mlbhost0
                role: client
                addresses: [198.51.100.10/24]
              - name: lan
                device: mlbhost1
                role: backend
                addresses: [192.0.2.10/24, 2001:db8::10/64]
            virtualServers:
              - {name: web, addresses: [203.0.113.10], port: 443, pool: web}
            pools:
              - {name: web, backends: []}
            """;

    private final String namespace = "mlb-host-" + ProcessHandle.current().pid();

    @TempDir private Path directory;

    @BeforeEach
    void devices() throws IOException, InterruptedException {
        run(0, "ip", "netns", "add", namespace);
        run(
                0,
                "ip",
                "-n",
                namespace,
                "link",
                "add",
                "mlbhost0",
                "type",
                "veth",
                "peer",
                "name",
                "mlbhost1");
        run(0, "ip", "-n", namespace, "link", "set", "mlbhost0", "up");
        run(0, "ip", "-n", namespace, "link", "set", "mlbhost1", "up");
        Files.writeString(directory.resolve("lb.yaml"), CONFIG);
    }

    @AfterEach
    void remove() throws IOException, InterruptedException {
        run(0, "ip", "netns", "del", namespace);
    }

    /**
     * Entered without a mount namespace of its own, so that /sys shows the devices of another
     * namespace.
     */
    private String check(int status, String... privileges)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + namespace));
        words.addAll(Arrays.asList(privileges));
        words.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "check",
                        "--host",
                        directory.resolve("lb.yaml").toString()));
        return run(status, words.toArray(new String[0])).replace(directory + "/", "");
    }

    private static String run(int status, String... words)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(status, process.waitFor(), String.join(" ", words) + "\n" + said);
        return said;
    }

    @Test
    void freeDevices_areInOrder() throws IOException, InterruptedException {
        assertEquals("lb.yaml: in order: 1 worker, 2 ports, 1 virtual server, 1 pool\n", check(0));
    }

    @Test
    void devicesThatTheKernelUses_areRefused() throws IOException, InterruptedException {
        run(0, "ip", "-n", namespace, "address", "add", "198.51.100.77/24", "dev", "mlbhost0");
        run(
                0,
                "ip",
                "-n",
                namespace,
                "address",
                "add",
                "2001:db8::10/64",
                "dev",
                "mlbhost1",
                "nodad");
        assertEquals(
                """
                lb.yaml:3: ports[0].device: the kernel uses mlbhost0 with 198.51.100.77/24: leave it to the load balancer \
                (ip address flush dev mlbhost0), or use --share-devices
                lb.yaml:7: ports[1].device: the kernel uses mlbhost1 with 2001:db8::10/64: leave it to the load balancer \
                (ip address flush dev mlbhost1), or use --share-devices
                lb.yaml:9: ports[1].addresses[1]: the kernel has 2001:db8::10 on mlbhost1 and would answer for it: \
                ip address del 2001:db8::10/64 dev mlbhost1
                3 mistakes in lb.yaml
                """,
                check(2));
    }

    @Test
    void droppedCapabilities_areNamed() throws IOException, InterruptedException {
        assertEquals(
                """
                lb.yaml:2: ports[0].driver: packet needs CAP_NET_RAW, which this process lacks: \
                run it as root or grant them
                lb.yaml:6: ports[1].driver: packet needs CAP_NET_RAW, which this process lacks: \
                run it as root or grant them
                2 mistakes in lb.yaml
                """,
                check(2, "setpriv", "--bounding-set", "-net_raw", "--inh-caps", "-all"));
    }
}
