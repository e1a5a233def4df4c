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
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel knows of the devices that ports are to take, checked before any is opened: two
 * stacks that answer for one address reset each other's connections.
 */
final class Devices {
    private static final int IPV4_BYTES = 4;

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
            if (port.device().driver().isKernelDevice() && !shield) {
                check(port, share);
            }
        }
    }

    /** The devices of the ports whose frames the kernel sees, too. */
    List<String> kernelDevices() {
        return config.ports().stream()
                .map(PortConfig::device)
                .filter(device -> device.driver().isKernelDevice())
                .map(PortDevice::name)
                .toList();
    }

    private void check(PortConfig port, boolean share) throws StartupException {
        String device = port.device().name();
        String kernelAddresses = String.join(", ", kernelAddresses(device));
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

    /** What ip-address(8) shows of the device, less what every interface has by itself. */
    private static List<String> kernelAddresses(String device) throws StartupException {
        try {
            // Java knows no interface that has no address: null is the good answer.
            @Nullable NetworkInterface known = NetworkInterface.getByName(device);
            if (known == null) {
                return List.of();
            }
            return known.inetAddresses()
                    .filter(address -> !address.isLinkLocalAddress())
                    .map(Devices::text)
                    .toList();
        } catch (SocketException e) {
            throw new StartupException(
                    StartupException.OS_ERROR, "network devices: " + e.getMessage());
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
                    IpAddress known = known(address);
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
        return device.getInterfaceAddresses().stream()
                .filter(entry -> entry.getAddress().equals(address))
                .map(entry -> text(address) + "/" + entry.getNetworkPrefixLength())
                .findFirst()
                .orElse(text(address));
    }

    private static String text(InetAddress address) {
        return known(address).toString();
    }

    private static IpAddress known(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return bytes.remaining() == IPV4_BYTES
                ? IpAddress.v4(bytes.getInt())
                : new IpAddress(bytes.getLong(), bytes.getLong());
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
