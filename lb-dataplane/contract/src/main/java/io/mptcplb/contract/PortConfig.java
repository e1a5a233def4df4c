package io.mptcplb.contract;

import java.util.List;

/**
 * One NIC port: a path, as far as clients are concerned. Each worker has one queue of it.
 *
 * @param name how policies, metrics and tables speak of it, such as {@code isp-a}
 * @param device what is opened
 * @param role which traffic it carries
 * @param cost preference among ports that could carry the same traffic: lower first, 0 to 65,535
 * @param sharesKernelAddress the kernel keeps its addresses on the device, and answers ARP,
 *     neighbour discovery and ICMP echo; the port uses the same ones towards backends, by TCP ports
 *     of its own ({@link #SHARED_TCP_PORT_FIRST} and up). A snapshot has neither addresses nor
 *     routes of it: they are learned when it is opened
 * @param addresses the port's own addresses with the prefix of their link, 1 to 16
 * @param routes gateways beyond the link, at most 256, each gateway inside the prefix of one of the
 *     addresses, or link-local as IPv6's routers are
 */
public record PortConfig(
        String name,
        PortDevice device,
        PortRole role,
        int cost,
        boolean sharesKernelAddress,
        List<IpPrefix> addresses,
        List<RouteConfig> routes) {
    public static final int COST_MAX = 65_535;
    public static final int ADDRESSES_MAX = 16;
    public static final int ROUTES_MAX = 256;

    /** RFC 6335 s6: from here on nobody has a port by name. The kernel is kept below. */
    public static final int SHARED_TCP_PORT_FIRST = 49_152;

    public static final int TCP_PORT_LAST = 65_535;

    public PortConfig {
        Rules.name("ports.name", name);
        Rules.range("ports.cost", cost, 0, COST_MAX);
        addresses =
                Rules.list(
                        "ports.addresses", addresses, sharesKernelAddress ? 0 : 1, ADDRESSES_MAX);
        if (sharesKernelAddress) {
            Rules.require(
                    role == PortRole.BACKEND,
                    "ports.role",
                    "a port that shares the kernel's address has role backend");
            Rules.require(
                    device.driver() == PortDriver.PACKET,
                    "ports.driver",
                    "a port that shares the kernel's address has driver packet");
        }
        routes = Rules.list("ports.routes", routes, 0, ROUTES_MAX);
        for (IpPrefix prefix : addresses) {
            Rules.require(
                    isHostAddress(prefix.address()),
                    "ports.addresses",
                    prefix + " is not a host address");
        }
        Rules.distinct("ports.addresses", addresses, IpPrefix::address);
        Rules.distinct("ports.routes", routes, RouteConfig::destination);
        for (RouteConfig route : routes) {
            Rules.require(
                    route.isOnLink()
                            || route.gateway().isLinkLocalV6()
                            || onLink(addresses, route.gateway())
                            || onLinkByRoute(routes, route.gateway()),
                    "ports.routes",
                    route.gateway() + " is on no link of " + name);
        }
    }

    /** With addresses of its own. */
    public PortConfig(
            String name,
            PortDevice device,
            PortRole role,
            int cost,
            List<IpPrefix> addresses,
            List<RouteConfig> routes) {
        this(name, device, role, cost, false, addresses, routes);
    }

    /** The same on another device. */
    public PortConfig withDevice(PortDevice other) {
        return new PortConfig(name, other, role, cost, sharesKernelAddress, addresses, routes);
    }

    /** The same with what the kernel has on the device. */
    public PortConfig learned(List<IpPrefix> kernelAddresses, List<RouteConfig> kernelRoutes) {
        return new PortConfig(name, device, role, cost, true, kernelAddresses, kernelRoutes);
    }

    /** Without what was learned: as the snapshot had it. */
    public PortConfig configured() {
        return sharesKernelAddress ? learned(List.of(), List.of()) : this;
    }

    /** True when {@code address} is reached over this port without a gateway. */
    public boolean isOnLink(IpAddress address) {
        return onLink(addresses, address);
    }

    /** True when this port has a link or a route to {@code address}. */
    public boolean reaches(IpAddress address) {
        return isOnLink(address)
                || routes.stream().anyMatch(route -> route.destination().contains(address));
    }

    static boolean isHostAddress(IpAddress address) {
        return !address.isUnspecified()
                && !address.isMulticast()
                && !address.isLoopback()
                && !address.isBroadcast();
    }

    private static boolean onLinkByRoute(List<RouteConfig> routes, IpAddress address) {
        return routes.stream()
                .anyMatch(route -> route.isOnLink() && route.destination().contains(address));
    }

    private static boolean onLink(List<IpPrefix> addresses, IpAddress address) {
        return addresses.stream().anyMatch(prefix -> prefix.contains(address));
    }
}
