package io.mptcplb.policy;

import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.IpPrefix;
import io.mptcplb.contract.PortRole;
import io.mptcplb.policy.LbResources.Backend;
import io.mptcplb.policy.LbResources.Mptcp;
import io.mptcplb.policy.LbResources.Policy;
import io.mptcplb.policy.LbResources.Pool;
import io.mptcplb.policy.LbResources.Port;
import io.mptcplb.policy.LbResources.Route;
import io.mptcplb.policy.LbResources.VirtualServer;
import java.util.List;
import java.util.Optional;

/** Lists of resources, empty where they are absent. */
final class Views {
    private Views() {}

    static List<Port> ports(LbResources resources) {
        return resources.ports().optional().orElse(List.of());
    }

    static List<VirtualServer> servers(LbResources resources) {
        return resources.virtualServers().optional().orElse(List.of());
    }

    static List<Pool> pools(LbResources resources) {
        return resources.pools().optional().orElse(List.of());
    }

    static List<Policy> policies(LbResources resources) {
        return resources.policies().optional().orElse(List.of());
    }

    /** The policies that a virtual server has, in the order of the source. */
    static List<Policy> policies(LbResources resources, VirtualServer server) {
        return policies(resources).stream().filter(policy -> isAttached(policy, server)).toList();
    }

    static boolean isAttached(Policy policy, VirtualServer server) {
        List<Located<String>> names = list(policy.virtualServers());
        return names.isEmpty()
                || names.stream().anyMatch(name -> name.get().equals(server.name().value()));
    }

    /** The networks of a policy's clients; empty for all whom no other policy names. */
    static List<IpPrefix> clients(Policy policy) {
        return list(policy.clients()).stream().flatMap(some -> some.get().stream()).toList();
    }

    /** What a virtual server says to clients whom no policy names. */
    static Mptcp mptcp(LbResources resources, VirtualServer server) {
        return policies(resources, server).stream()
                .filter(policy -> list(policy.clients()).isEmpty())
                .findFirst()
                .map(Policy::mptcp)
                .orElse(server.mptcp());
    }

    static List<Backend> backends(Pool pool) {
        return pool.backends().optional().orElse(List.of());
    }

    static List<Located<IpPrefix>> addresses(Port port) {
        return port.addresses().optional().orElse(List.of());
    }

    static List<Located<IpAddress>> addresses(VirtualServer server) {
        return server.addresses().optional().orElse(List.of());
    }

    /** The addresses that are served, and that another box answers for. */
    static List<IpAddress> silentAddresses(VirtualServer server) {
        if (server.announce().value() == null) {
            return List.of();
        }
        List<IpAddress> announced = list(server.announce()).stream().map(Located::get).toList();
        return addresses(server).stream()
                .map(Located::get)
                .filter(address -> !announced.contains(address))
                .toList();
    }

    static List<Route> routes(Port port) {
        return port.routes().optional().orElse(List.of());
    }

    static <T> List<T> list(Located<List<T>> values) {
        return values.optional().orElse(List.of());
    }

    /** True when every port could be read whole, so that what no port has is truly missing. */
    static boolean portsAreSound(LbResources resources) {
        return resources.problems().stream()
                .noneMatch(problem -> problem.path().startsWith("ports"));
    }

    static Optional<Port> port(LbResources resources, String name) {
        return ports(resources).stream()
                .filter(port -> name.equals(port.name().value()))
                .findFirst();
    }

    static List<String> portNames(LbResources resources) {
        return ports(resources).stream().flatMap(port -> port.name().optional().stream()).toList();
    }

    static List<String> poolNames(LbResources resources) {
        return pools(resources).stream().flatMap(pool -> pool.name().optional().stream()).toList();
    }

    /** False when the role is absent. */
    static boolean facesClients(Port port) {
        return port.role().optional().map(PortRole::facesClients).orElse(false);
    }

    /** False when the role is absent. */
    static boolean facesBackends(Port port) {
        return port.role().optional().map(PortRole::facesBackends).orElse(false);
    }

    /** True when the port's addresses and routes are those that the kernel will have. */
    static boolean sharesKernelAddress(Port port) {
        return port.sharesKernelAddress().optional().orElse(false);
    }

    /** True when the port has a link or a route to {@code address}, or may have. */
    static boolean reaches(Port port, IpAddress address) {
        return sharesKernelAddress(port)
                || addresses(port).stream().anyMatch(prefix -> prefix.get().contains(address))
                || routes(port).stream().anyMatch(route -> leadsTo(route, address));
    }

    private static boolean leadsTo(Route route, IpAddress address) {
        return route.via()
                .optional()
                .flatMap(via -> route.to().optional().map(to -> to.resolve(via).contains(address)))
                .orElse(false);
    }
}
