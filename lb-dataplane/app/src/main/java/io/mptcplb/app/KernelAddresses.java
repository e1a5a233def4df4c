package io.mptcplb.app;

import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.IpPrefix;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.PortConfig;
import io.mptcplb.contract.RouteConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel has on a device: learned once, at start, for ports that share its address. In a
 * pod none of it changes as long as the pod lives.
 */
final class KernelAddresses {
    private static final int IPV4_BYTES = 4;

    private KernelAddresses() {}

    /** The configuration with the addresses and routes of ports that share the kernel's. */
    static LbConfig learn(LbConfig config) throws StartupException {
        if (config.ports().stream().noneMatch(PortConfig::sharesKernelAddress)) {
            return config;
        }
        List<PortConfig> ports = new ArrayList<>();
        for (PortConfig port : config.ports()) {
            ports.add(port.sharesKernelAddress() ? learn(port) : port);
        }
        return config.withPorts(ports);
    }

    private static PortConfig learn(PortConfig port) throws StartupException {
        String device = port.device().name();
        List<IpPrefix> addresses = of(device);
        if (addresses.isEmpty()) {
            throw new StartupException(
                    StartupException.BAD_CONFIG,
                    "port "
                            + port.name()
                            + ": the kernel has no address on "
                            + device
                            + " that could be shared; give it one (ip address add), or leave out"
                            + " shareKernelAddress and name addresses");
        }
        try {
            List<RouteConfig> routes = KernelRoutes.read(device, addresses);
            return port.learned(addresses, routes);
        } catch (IOException | IllegalArgumentException e) {
            throw new StartupException(
                    StartupException.OS_ERROR, "the kernel's routes on " + device + ": " + e);
        }
    }

    /** The addresses of a device with the prefix of their link, less what every one has. */
    static List<IpPrefix> of(String device) throws StartupException {
        try {
            // Java knows no interface that has no address.
            @Nullable NetworkInterface known = NetworkInterface.getByName(device);
            return known == null
                    ? List.of()
                    : known.getInterfaceAddresses().stream()
                            .filter(entry -> !entry.getAddress().isLinkLocalAddress())
                            .map(KernelAddresses::prefix)
                            .limit(PortConfig.ADDRESSES_MAX)
                            .toList();
        } catch (SocketException e) {
            throw new StartupException(
                    StartupException.OS_ERROR, "network devices: " + e.getMessage());
        }
    }

    private static IpPrefix prefix(InterfaceAddress entry) {
        return new IpPrefix(known(entry.getAddress()), entry.getNetworkPrefixLength());
    }

    /** An address as configuration knows it. */
    static IpAddress known(InetAddress address) {
        return known(address.getAddress());
    }

    private static IpAddress known(byte[] address) {
        ByteBuffer bytes = ByteBuffer.wrap(address);
        return bytes.remaining() == IPV4_BYTES
                ? IpAddress.v4(bytes.getInt())
                : new IpAddress(bytes.getLong(), bytes.getLong());
    }
}
