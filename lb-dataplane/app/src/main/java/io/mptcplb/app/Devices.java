package io.mptcplb.app;

import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.IpPrefix;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.PortConfig;
import io.mptcplb.contract.PortDevice;
import io.mptcplb.contract.PortDriver;
import io.mptcplb.contract.VirtualServerConfig;
import io.mptcplb.dpdk.KernelInterface;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the kernel knows of the devices that ports are to take, checked before any is opened: two
 * stacks that answer for one address reset each other's connections.
 */
final class Devices {
    private static final Path KERNEL_TCP_PORTS = Path.of("/proc/sys/net/ipv4/ip_local_port_range");

    private final LbConfig config;
    private final Log log;

    Devices(LbConfig config, Log log) {
        this.config = config;
        this.log = log;
    }

    /**
     * Refuses what cannot work, and says what may surprise.
     *
     * @param share true takes devices although the kernel has addresses on them
     * @param shield true says that the kernel will hear nothing on them
     */
    void check(boolean share, boolean shield) throws StartupException {
        checkOwnAddresses(shield ? Set.copyOf(kernelDevices()) : Set.of());
        for (PortConfig port : config.ports()) {
            if (port.sharesKernelAddress()) {
                checkTcpPorts(port);
            } else if (port.device().driver().isKernelDevice() && !shield) {
                check(port, share);
            }
        }
    }

    /** Of one address, the kernel must never open a connection by a TCP port that is ours. */
    private static void checkTcpPorts(PortConfig port) throws StartupException {
        try {
            // In one piece: what a short read leaves of such a file nobody gets.
            String line = Files.readAllLines(KERNEL_TCP_PORTS).getFirst();
            String[] range = line.strip().split("\\s+", -1);
            if (Integer.parseInt(range[1]) >= PortConfig.SHARED_TCP_PORT_FIRST) {
                throw new StartupException(
                        StartupException.BAD_CONFIG,
                        "port %s: the kernel opens connections by the TCP ports %s to %s, of which those from %d on are ours on the address that it shares; sysctl --write net.ipv4.ip_local_port_range='%s %d' (in a pod: securityContext.sysctls)"
                                .formatted(
                                        port.name(),
                                        range[0],
                                        range[1],
                                        PortConfig.SHARED_TCP_PORT_FIRST,
                                        range[0],
                                        PortConfig.SHARED_TCP_PORT_FIRST - 1));
            }
        } catch (IOException e) {
            throw new StartupException(StartupException.OS_ERROR, KERNEL_TCP_PORTS + ": " + e);
        }
    }

    /** The devices of the ports whose frames the kernel sees, and has nothing to do with. */
    List<String> kernelDevices() {
        return config.ports().stream()
                .filter(port -> !port.sharesKernelAddress())
                .map(PortConfig::device)
                .filter(device -> device.driver().isKernelDevice())
                .map(PortDevice::name)
                .toList();
    }

    private void check(PortConfig port, boolean share) throws StartupException {
        String device = port.device().name();
        String kernelAddresses =
                KernelAddresses.of(device).stream()
                        .map(prefix -> prefix.address().toString())
                        .collect(Collectors.joining(", "));
        if (!kernelAddresses.isEmpty() && !share) {
            throw new StartupException(
                    StartupException.BAD_CONFIG,
                    "port "
                            + port.name()
                            + ": the kernel uses "
                            + device
                            + " with "
                            + kernelAddresses
                            + "; leave the device to the load balancer (ip address flush dev "
                            + device
                            + "), or start with --shield-devices, which hides it from the"
                            + " kernel, or --share-devices");
        }
        if (isForwarding(device)) {
            log.line(
                    "port "
                            + port.name()
                            + ": the kernel forwards packets on "
                            + device
                            + " and may answer for us with ICMP; net.ipv4.conf."
                            + device
                            + ".forwarding=0 ends that");
        }
    }

    /**
     * An address that the kernel holds anywhere would have it reset what arrives for us.
     *
     * @param deaf devices on which nothing arrives for the kernel
     */
    private void checkOwnAddresses(Set<String> deaf) throws StartupException {
        Set<IpAddress> ours = new HashSet<>();
        for (PortConfig port : config.ports()) {
            port.addresses().stream().map(IpPrefix::address).forEach(ours::add);
        }
        for (VirtualServerConfig server : config.virtualServers()) {
            ours.addAll(server.addresses());
        }
        try {
            for (NetworkInterface device : NetworkInterface.networkInterfaces().toList()) {
                if (deaf.contains(device.getName())) {
                    continue;
                }
                for (InetAddress address : device.inetAddresses().toList()) {
                    IpAddress known = KernelAddresses.known(address);
                    if (ours.contains(known)) {
                        throw new StartupException(
                                StartupException.BAD_CONFIG,
                                "the kernel has "
                                        + known
                                        + " on "
                                        + device.getName()
                                        + " and would answer for it; take it away: ip address del "
                                        + withPrefix(device, address)
                                        + " dev "
                                        + device.getName());
                    }
                }
            }
        } catch (SocketException e) {
            throw new StartupException(
                    StartupException.OS_ERROR, "network devices: " + e.getMessage());
        }
    }

    private static String withPrefix(NetworkInterface device, InetAddress address) {
        String known = KernelAddresses.known(address).toString();
        return device.getInterfaceAddresses().stream()
                .filter(entry -> entry.getAddress().equals(address))
                .map(entry -> known + "/" + entry.getNetworkPrefixLength())
                .findFirst()
                .orElse(known);
    }

    /** The devices whose addresses are ours, too. */
    List<String> sharedDevices() {
        return config.ports().stream()
                .filter(PortConfig::sharesKernelAddress)
                .map(port -> port.device().name())
                .toList();
    }

    private static boolean isForwarding(String device) {
        Path setting = Path.of("/proc/sys/net/ipv4/conf", device, "forwarding");
        try {
            return Files.readString(setting).strip().equals("1");
        } catch (IOException unreadable) {
            return false;
        }
    }

    /** The largest MTU of kernel devices whose frames must fit one buffer. */
    int mtuBytesMax() {
        int largest = 0;
        for (PortConfig port : config.ports()) {
            if (port.device().driver() != PortDriver.PACKET) {
                int configured = port.device().mtuBytes();
                largest = Math.max(largest, configured > 0 ? configured : kernelMtuBytes(port));
            }
        }
        return largest;
    }

    private static int kernelMtuBytes(PortConfig port) {
        return port.device().driver().isKernelDevice()
                ? KernelInterface.mtuBytesOf(port.device().name())
                : 0;
    }
}
