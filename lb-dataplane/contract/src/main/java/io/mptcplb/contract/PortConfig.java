package io.mptcplb.contract;

import java.util.List;

/**
 * One NIC port: a path, as far as clients are concerned. Each worker has one queue of it.
 *
 * @param name how policies, metrics and tables speak of it, such as {@code isp-a}
 * @param device what is opened
 * @param role which traffic it carries
 * @param cost preference among ports that could carry the same traffic: lower first, 0 to 65,535
 * @param addresses the port's own addresses with the prefix of their link, 1 to 16
 * @param routes gateways beyond the link, at most 256, each gateway inside the prefix of one of the
 *     addresses, or link-local as IPv6's routers are
 */
public record PortConfig(
        String name,
        PortDevice device,
        PortRole role,
        int cost,
        List<IpPrefix> addresses,
        List<RouteConfig> routes) {
    public static final int COST_MAX = 65_535;
    public static final int ADDRESSES_MAX = 16;
    public static final int ROUTES_MAX = 256;

    public PortConfig {
        Rules.name("ports.name", name);
        Rules.range("ports.cost", cost, 0, COST_MAX);
        addresses = Rules.list("ports.addresses", addresses, 1, ADDRESSES_MAX);
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
                    route.gateway().isLinkLocalV6() || onLink(addresses, route.gateway()),
                    "ports.routes",
                    route.gateway() + " is on no link of " + name);
        }
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

    private static boolean onLink(List<IpPrefix> addresses, IpAddress address) {
        return addresses.stream().anyMatch(prefix -> prefix.contains(address));
    }
}
