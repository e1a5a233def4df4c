package io.mptcplb.controlplane.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.mptcplb.contract.IpAddress;
import io.mptcplb.controlplane.app.Host.KernelAddress;
import io.mptcplb.policy.LbYaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostCheckTest {
    private static final String CONFIG =
            """
            workers: {cores: [1]}
            buffers:
              count: 8192
              memory: plain
            ports:
              - name: isp-a
                device: eth1
                role: client
                mtu: 1500
                addresses: [198.51.100.10/24]
              - name: lan
                device: eth2
                role: backend
                driver: net_af_packet
                addresses: [192.0.2.10/24]
            virtualServers:
              - {name: web, addresses: [203.0.113.10], port: 443, pool: web}
            pools:
              - {name: web, backends: []}
            """;

    @TempDir private Path root;

    private final List<KernelAddress> kernel = new ArrayList<>();

    @BeforeEach
    void machine() throws IOException {
        file(
                "proc/self/net/dev",
                """
                Inter-|   Receive                    |  Transmit
                 face |bytes    packets errs drop    |bytes    packets
                    lo: 1 2 3
                  eth1: 1 2 3
                  eth2: 1 2 3
                """);
        status("000001ffffffffff", "0-1,3");
        file("proc/meminfo", "MemTotal: 900000 kB\nMemAvailable:   500000 kB\n");
        device("eth1", 1500, 1);
        device("eth2", 1500, 1);
        file("sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "64\n");
        kernel.add(new KernelAddress("lo", IpAddress.parse("127.0.0.1"), 8));
        kernel.add(new KernelAddress("eth1", IpAddress.parse("fe80::1"), 64));
    }

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void device(String name, int mtuBytes, int type) throws IOException {
        file("sys/class/net/" + name + "/mtu", mtuBytes + "\n");
        file("sys/class/net/" + name + "/type", type + "\n");
    }

    private void status(String capabilities, String cpus) throws IOException {
        file(
                "proc/self/status",
                "Name:\tjava\nCapEff:\t" + capabilities + "\nCpus_allowed_list:\t" + cpus + "\n");
    }

    private void expect(String config, String... answers) {
        expect(config, false, answers);
    }

    private void expect(String config, boolean share, String... answers) {
        expect(config, new HostCheck(new Host(root, () -> kernel), share, false), answers);
    }

    private void expectShielded(String config, String... answers) {
        expect(config, new HostCheck(new Host(root, () -> kernel), false, true), answers);
    }

    private static void expect(String config, HostCheck check, String... answers) {
        List<String> found =
                check.check(LbYaml.read("lb.yaml", config)).stream().map(Object::toString).toList();
        assertEquals(String.join("\n", answers), String.join("\n", found));
    }

    @Test
    void soundMachine_hasNothingToSay() {
        expect(CONFIG);
    }

    @Test
    void sharedAddress_isThere_andTheKernelKeepsToItsTcpPorts() throws IOException {
        String shared =
                CONFIG.replace(
                        "    driver: net_af_packet\n    addresses: [192.0.2.10/24]",
                        "    shareKernelAddress: true");
        file("proc/sys/net/ipv4/ip_local_port_range", "32768\t60999\n");
        expect(
                shared,
                "lb.yaml:12: ports[1].device: the kernel has no address on eth2 that could be"
                        + " shared: ip address add ADDRESS/BITS dev eth2",
                "lb.yaml:14: ports[1].shareKernelAddress: the kernel opens connections by the TCP"
                        + " ports 32768 to 60999, those from 49152 on are ours: sysctl --write"
                        + " net.ipv4.ip_local_port_range='32768 49151'");
        file("proc/sys/net/ipv4/ip_local_port_range", "32768\t49151\n");
        kernel.add(new KernelAddress("eth2", IpAddress.parse("192.0.2.10"), 24));
        expect(shared);
    }

    @Test
    void missingDevice_isNamedWithTheNearest() {
        expect(
                CONFIG.replace("device: eth2", "device: eht2"),
                "lb.yaml:12: ports[1].device: there is no network device eht2, did you mean eth2?"
                        + " (ip link shows all)");
    }

    @Test
    void kernelAddress_onDevice_isRefusedUnlessShared() {
        kernel.add(new KernelAddress("eth2", IpAddress.parse("192.0.2.77"), 24));
        kernel.add(new KernelAddress("eth2", IpAddress.parse("2001:db8::77"), 64));
        expect(
                CONFIG,
                "lb.yaml:12: ports[1].device: the kernel uses eth2 with 192.0.2.77/24,"
                    + " 2001:db8::77/64: leave it to the load balancer (ip address flush dev eth2),"
                    + " or use --shield-devices or --share-devices");
        expect(CONFIG, true);
    }

    /** On a device on which the kernel hears nothing it answers for nothing. */
    @Test
    void kernelAddress_onShieldedDevice_evenOurs_isNoMatter() {
        kernel.add(new KernelAddress("eth2", IpAddress.parse("192.0.2.77"), 24));
        kernel.add(new KernelAddress("eth2", IpAddress.parse("192.0.2.10"), 24));
        kernel.add(new KernelAddress("lo", IpAddress.parse("203.0.113.10"), 32));
        expectShielded(
                CONFIG,
                "lb.yaml:17: virtualServers[0].addresses[0]: the kernel has 203.0.113.10 on lo and"
                        + " would answer for it: ip address del 203.0.113.10/32 dev lo");
    }

    @Test
    void ownAddress_onAnyDeviceOfTheKernel_isRefused() {
        kernel.add(new KernelAddress("lo", IpAddress.parse("203.0.113.10"), 32));
        kernel.add(new KernelAddress("eth9", IpAddress.parse("192.0.2.10"), 24));
        expect(
                CONFIG,
                true,
                "lb.yaml:15: ports[1].addresses[0]: the kernel has 192.0.2.10 on eth9 and would"
                        + " answer for it: ip address del 192.0.2.10/24 dev eth9",
                "lb.yaml:17: virtualServers[0].addresses[0]: the kernel has 203.0.113.10 on lo and"
                        + " would answer for it: ip address del 203.0.113.10/32 dev lo");
    }

    @Test
    void missingCapabilities_areNamed() throws IOException {
        status("0000000000001000", "0-3");
        expect(
                CONFIG,
                "lb.yaml:6: ports[0].driver: packet needs CAP_NET_RAW, which this process"
                        + " lacks: run it as root or grant them",
                "lb.yaml:14: ports[1].driver: net_af_packet needs CAP_NET_RAW, which this process"
                        + " lacks: run it as root or grant them");
        status("0000000000000000", "0-3");
        expect(
                CONFIG.replace("driver: net_af_packet", "driver: net_af_xdp")
                        .replace("role: client", "role: client\n    driver: vdev"),
                "lb.yaml:15: ports[1].driver: net_af_xdp needs CAP_IPC_LOCK, CAP_NET_ADMIN,"
                        + " CAP_NET_RAW, CAP_SYS_ADMIN, which this process lacks: run it as root or"
                        + " grant them");
    }

    @Test
    void hugepages_tooFew_saysHowManyToAskFor() throws IOException {
        String huge =
                CONFIG.replace("memory: plain", "memory: hugepages")
                        .replace("count: 8192", "count: 65536");
        expect(
                huge,
                "lb.yaml:4: buffers.memory: 268 MiB of huge pages are needed, 128 MiB are free:"
                        + " sysctl vm.nr_hugepages=134, or memory: plain");
        file("sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "134\n");
        expect(huge);
        file("sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "0\n");
        file("sys/kernel/mm/hugepages/hugepages-1048576kB/free_hugepages", "1\n");
        expect(huge);
    }

    @Test
    void memory_tooLittle_isSaid() {
        expect(
                CONFIG.replace("count: 8192", "count: 1048576"),
                "lb.yaml:3: buffers.count: the buffers of all workers take 3776 MiB, 489 MiB are"
                        + " available: fewer buffers, or a smaller room");
    }

    @Test
    void devicesOfTheWrongKind_areRefused() throws IOException {
        device("eth1", 1400, 1);
        device("eth2", 1500, 772);
        expect(
                CONFIG,
                "lb.yaml:9: ports[0].mtu: the MTU of eth1 is 1400: ip link set dev eth1 mtu 1500",
                "lb.yaml:12: ports[1].device: eth2 is no Ethernet device (type 772): choose"
                        + " another");
    }

    @Test
    void core_outsideTheAllowedOnes_isRefused() throws IOException {
        expect(
                CONFIG.replace("cores: [1]", "cores: [2]"),
                "lb.yaml:1: workers.cores[0]: this process may run on CPUs [0, 1, 3] only");
    }

    @Test
    void pciDevice_mustExistAndBeBound() throws IOException {
        String pci =
                CONFIG.replace("driver: net_af_packet", "driver: pci")
                        .replace("device: eth2", "device: 03:00.1");
        expect(
                pci,
                "lb.yaml:12: ports[1].device: there is no PCI device 0000:03:00.1 (lspci -D shows"
                        + " all)");
        Path device = Files.createDirectories(root.resolve("sys/bus/pci/devices/0000:03:00.1"));
        expect(
                pci,
                "lb.yaml:12: ports[1].device: 0000:03:00.1 has no driver: bind it to vfio-pci"
                        + " (driverctl set-override 0000:03:00.1 vfio-pci)");
        Files.createSymbolicLink(device.resolve("driver"), Path.of("../../drivers/ixgbe"));
        expect(
                pci,
                "lb.yaml:12: ports[1].device: 0000:03:00.1 is bound to ixgbe: bind it to vfio-pci"
                        + " (driverctl set-override 0000:03:00.1 vfio-pci)");
        Files.delete(device.resolve("driver"));
        Files.createSymbolicLink(device.resolve("driver"), Path.of("../../drivers/mlx5_core"));
        expect(pci);
    }
}
