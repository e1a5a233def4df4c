package io.mptcplb.controlplane.app;

import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.IpPrefix;
import io.mptcplb.contract.MemoryMode;
import io.mptcplb.contract.PortConfig;
import io.mptcplb.contract.PortDriver;
import io.mptcplb.controlplane.app.Host.KernelAddress;
import io.mptcplb.policy.LbResources;
import io.mptcplb.policy.LbResources.Port;
import io.mptcplb.policy.LbResources.VirtualServer;
import io.mptcplb.policy.Located;
import io.mptcplb.policy.Nearest;
import io.mptcplb.policy.Problem;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration asks of the machine it is to run on. Each answer has the line and key that
 * ask, the rule, and what to do.
 *
 * <p>It looks only; a device may still vanish before the dataplane opens it.
 */
final class HostCheck {
    /** ARPHRD_ETHER. */
    private static final int ETHERNET = 1;

    /** What DPDK itself wants of huge pages beyond the buffers. */
    private static final long EAL_BYTES = 32L << 20;

    private static final Map<PortDriver, Set<Capability>> NEEDED =
            Map.of(
                    PortDriver.AF_PACKET,
                    Set.of(Capability.NET_ADMIN, Capability.NET_RAW),
                    PortDriver.AF_XDP,
                    Set.of(
                            Capability.NET_ADMIN,
                            Capability.NET_RAW,
                            Capability.IPC_LOCK,
                            Capability.SYS_ADMIN),
                    PortDriver.PCI,
                    Set.of(Capability.IPC_LOCK),
                    PortDriver.VDEV,
                    Set.of(),
                    PortDriver.PACKET,
                    Set.of(Capability.NET_RAW));

    private final Host host;
    private final boolean shareDevices;
    private final boolean shieldDevices;
    private final List<Problem> problems = new ArrayList<>();

    /** Those of capability.h that a port driver may need. */
    private enum Capability {
        NET_ADMIN(12),
        NET_RAW(13),
        IPC_LOCK(14),
        SYS_ADMIN(21);

        private final int bit;

        Capability(int bit) {
            this.bit = bit;
        }

        boolean isIn(long bits) {
            return (bits >>> bit & 1) == 1;
        }
    }

    /**
     * @param host the machine
     * @param shareDevices true allows ports on devices that have kernel addresses
     * @param shieldDevices true says that the kernel will hear nothing on them
     */
    HostCheck(Host host, boolean shareDevices, boolean shieldDevices) {
        this.host = host;
        this.shareDevices = shareDevices;
        this.shieldDevices = shieldDevices;
    }

    /** Everything that the machine lacks, in the order of the source. */
    List<Problem> check(LbResources resources) {
        List<Port> ports = resources.ports().optional().orElse(List.of());
        for (Port port : ports) {
            port.driver()
                    .optional()
                    .ifPresent(driver -> {
                        if (driver.isKernelDevice()) {
                            port.device().optional().ifPresent(device -> checkDevice(port, device));
                        } else if (driver == PortDriver.PCI) {
                            port.device().optional().ifPresent(address -> checkPci(port, address));
                        }
                        checkCapabilities(port, driver);
                    });
        }
        checkOwnAddresses(resources, ports);
        checkCores(resources.workers());
        checkMemory(resources);
        return problems.stream().sorted().toList();
    }

    private void checkDevice(Port port, String device) {
        List<String> devices = host.devices();
        if (!devices.contains(device)) {
            add(
                    port.device(),
                    "there is no network device "
                            + device
                            + Nearest.suggestion(device, devices)
                            + " (ip link shows all)");
            return;
        }
        host.deviceType(device)
                .filter(type -> type != ETHERNET)
                .ifPresent(type ->
                        add(
                                port.device(),
                                device
                                        + " is no Ethernet device (type "
                                        + type
                                        + "): choose another"));
        int wanted = port.mtuBytes().optional().orElse(0);
        host.mtuBytes(device)
                .filter(mtuBytes -> wanted > mtuBytes)
                .ifPresent(mtuBytes ->
                        add(
                                port.mtuBytes(),
                                "the MTU of "
                                        + device
                                        + " is "
                                        + mtuBytes
                                        + ": ip link set dev "
                                        + device
                                        + " mtu "
                                        + wanted));
        if (shares(port)) {
            checkSharedAddress(port, device);
        } else {
            checkKernelAddresses(port, device);
        }
    }

    private static boolean shares(Port port) {
        return port.sharesKernelAddress().optional().orElse(false);
    }

    /** Of one address, the kernel must have one and never use the TCP ports that are ours. */
    private void checkSharedAddress(Port port, String device) {
        if (host.addresses().stream()
                .noneMatch(address -> address.device().equals(device) && !address.isLinkLocal())) {
            add(
                    port.device(),
                    "the kernel has no address on "
                            + device
                            + " that could be shared: ip address add ADDRESS/BITS dev "
                            + device);
        }
        host.tcpPorts()
                .filter(range -> range.last() >= PortConfig.SHARED_TCP_PORT_FIRST)
                .ifPresent(range ->
                        add(
                                port.sharesKernelAddress(),
                                "the kernel opens connections by the TCP ports "
                                        + range.first()
                                        + " to "
                                        + range.last()
                                        + ", those from "
                                        + PortConfig.SHARED_TCP_PORT_FIRST
                                        + " on are ours: sysctl --write"
                                        + " net.ipv4.ip_local_port_range='"
                                        + range.first()
                                        + " "
                                        + (PortConfig.SHARED_TCP_PORT_FIRST - 1)
                                        + "'"));
    }

    /** Two stacks that answer on one device reset each other's connections. */
    private void checkKernelAddresses(Port port, String device) {
        String addresses =
                host.addresses().stream()
                        .filter(address ->
                                address.device().equals(device) && !address.isLinkLocal())
                        .map(KernelAddress::toString)
                        .collect(Collectors.joining(", "));
        if (!addresses.isEmpty() && !shareDevices && !shieldDevices) {
            add(
                    port.device(),
                    "the kernel uses "
                            + device
                            + " with "
                            + addresses
                            + ": leave it to the load balancer (ip address flush dev "
                            + device
                            + "), or use --shield-devices or --share-devices");
        }
    }

    private void checkPci(Port port, String device) {
        String address = device.indexOf(':') == device.lastIndexOf(':') ? "0000:" + device : device;
        if (!host.hasPciDevice(address)) {
            add(port.device(), "there is no PCI device " + address + " (lspci -D shows all)");
            return;
        }
        String driver = host.pciDriver(address).orElse("");
        // mlx5 and mlx4 stay with their kernel driver and are shared with it.
        if (!driver.equals("vfio-pci") && !driver.startsWith("mlx")) {
            add(
                    port.device(),
                    address
                            + (driver.isEmpty() ? " has no driver" : " is bound to " + driver)
                            + ": bind it to vfio-pci (driverctl set-override "
                            + address
                            + " vfio-pci)");
        }
    }

    private void checkCapabilities(Port port, PortDriver driver) {
        host.capabilities()
                .ifPresent(effective -> {
                    Set<String> missing = new TreeSet<>();
                    Set<Capability> needed = EnumSet.noneOf(Capability.class);
                    needed.addAll(NEEDED.getOrDefault(driver, Set.of()));
                    if ((shieldDevices || shares(port)) && driver.isKernelDevice()) {
                        needed.add(Capability.NET_ADMIN);
                    }
                    for (Capability capability : needed) {
                        if (!capability.isIn(effective)) {
                            missing.add("CAP_" + capability.name());
                        }
                    }
                    if (!missing.isEmpty()) {
                        // The driver's line when it was written, else the device's.
                        add(
                                port.driver(),
                                driver.text()
                                        + " needs "
                                        + String.join(", ", missing)
                                        + ", which this process lacks: run it as root or grant"
                                        + " them");
                    }
                });
    }

    private void checkOwnAddresses(LbResources resources, List<Port> ports) {
        Map<IpAddress, KernelAddress> known = new LinkedHashMap<>();
        Set<String> deaf = shieldDevices ? kernelDevices(ports) : Set.of();
        host.addresses().stream()
                .filter(address -> !deaf.contains(address.device()))
                .forEach(address -> known.putIfAbsent(address.address(), address));
        for (Port port : ports) {
            for (Located<IpPrefix> prefix : port.addresses().optional().orElse(List.of())) {
                prefix.optional()
                        .ifPresent(own -> checkOwnAddress(prefix, known.get(own.address())));
            }
        }
        for (VirtualServer server : resources.virtualServers().optional().orElse(List.of())) {
            for (Located<IpAddress> address : server.addresses().optional().orElse(List.of())) {
                address.optional().ifPresent(own -> checkOwnAddress(address, known.get(own)));
            }
        }
    }

    private static Set<String> kernelDevices(List<Port> ports) {
        return ports.stream()
                .filter(port ->
                        port.driver().optional().filter(PortDriver::isKernelDevice).isPresent())
                .flatMap(port -> port.device().optional().stream())
                .collect(Collectors.toSet());
    }

    private void checkOwnAddress(Located<?> where, @Nullable KernelAddress kernel) {
        if (kernel != null) {
            add(
                    where,
                    "the kernel has "
                            + kernel.address()
                            + " on "
                            + kernel.device()
                            + " and would answer for it: ip address del "
                            + kernel
                            + " dev "
                            + kernel.device());
        }
    }

    private void checkCores(LbResources.Workers workers) {
        Set<Integer> allowed = host.cores();
        for (Located<Integer> core : workers.cores().optional().orElse(List.of())) {
            core.optional()
                    .filter(number -> !allowed.isEmpty() && !allowed.contains(number))
                    .ifPresent(number ->
                            add(
                                    core,
                                    "this process may run on CPUs "
                                            + new TreeSet<>(allowed)
                                            + " only"));
        }
    }

    private void checkMemory(LbResources resources) {
        LbResources.Buffers buffers = resources.buffers();
        long neededBytes = bufferBytes(resources);
        if (buffers.memory().value() == MemoryMode.HUGEPAGES) {
            long free = host.freeHugepageBytes();
            long wanted = neededBytes + EAL_BYTES;
            if (free < wanted) {
                add(
                        buffers.memory(),
                        megabytes(wanted)
                                + " of huge pages are needed, "
                                + megabytes(free)
                                + " are free: sysctl vm.nr_hugepages="
                                + pages(wanted)
                                + ", or memory: plain");
            }
            return;
        }
        host.availableBytes()
                .filter(available -> neededBytes > available)
                .ifPresent(available ->
                        add(
                                buffers.count(),
                                "the buffers of all workers take "
                                        + megabytes(neededBytes)
                                        + ", "
                                        + megabytes(available)
                                        + " are available: fewer buffers, or a smaller room"));
    }

    /**
     * What the tables of a sound configuration ask of the machine's memory, beside its buffers.
     *
     * @param heapMegabytes what {@code HeapSize} says
     */
    List<Problem> checkHeap(LbResources resources, long heapMegabytes) {
        LbResources.Buffers buffers = resources.buffers();
        long outside =
                buffers.memory().value() == MemoryMode.HUGEPAGES ? 0 : bufferBytes(resources);
        long heapBytes = heapMegabytes << 20;
        List<Problem> found = new ArrayList<>();
        host.availableBytes()
                .filter(available -> outside <= available && heapBytes > available - outside)
                .ifPresent(available -> {
                    Located<Integer> where = resources.sizes().maxConnections();
                    found.add(
                            new Problem(
                                    where.at(),
                                    where.path(),
                                    "the tables for these sizes take "
                                            + megabytes(heapBytes)
                                            + ", "
                                            + megabytes(available - outside)
                                            + " are available beside the buffers: fewer"
                                            + " connections, a smaller maxTimeWait, or a smaller"
                                            + " maxSubflows"));
                });
        return found;
    }

    private static long bufferBytes(LbResources resources) {
        LbResources.Buffers buffers = resources.buffers();
        long workers = resources.workers().count().optional().orElse(1);
        long count = buffers.count().optional().orElse(0);
        return workers * count * (buffers.roomBytes().optional().orElse(0L) + 256);
    }

    private static String megabytes(long bytes) {
        return (bytes + (1 << 20) - 1 >> 20) + " MiB";
    }

    private static long pages(long bytes) {
        long pageBytes = 2L << 20;
        return (bytes + pageBytes - 1) / pageBytes;
    }

    private void add(Located<?> where, String rule) {
        problems.add(new Problem(where.at(), where.path(), rule));
    }
}
