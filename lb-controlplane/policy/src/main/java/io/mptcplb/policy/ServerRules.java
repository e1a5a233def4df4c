package io.mptcplb.policy;

import io.mptcplb.contract.IpAddress;
import io.mptcplb.policy.LbResources.Port;
import io.mptcplb.policy.LbResources.VirtualServer;
import java.util.List;

/** Virtual servers: each address and port belongs to one, and what they name exists. */
final class ServerRules {
    private final LbResources resources;
    private final Problems problems;
    private final boolean portsAreSound;

    ServerRules(LbResources resources, Problems problems) {
        this.resources = resources;
        this.problems = problems;
        this.portsAreSound = Views.portsAreSound(resources);
    }

    void check() {
        Unique<String> names = new Unique<>("name", problems);
        Unique<String> endpoints = new Unique<>("virtual address", problems);
        for (VirtualServer server : Views.servers(resources)) {
            server.name().ifPresent(name -> names.claim(name, server.name()));
            for (Located<IpAddress> address : Views.addresses(server)) {
                server.port()
                        .ifPresent(
                                port -> endpoints.claim(address.get() + " port " + port, address));
                if (portsAreSound) {
                    checkVirtualAddress(address);
                }
            }
            checkPool(server);
            checkLimit(server);
            new MptcpRules(resources, problems).check(server.mptcp(), List.of(server));
        }
    }

    private void checkVirtualAddress(Located<IpAddress> address) {
        IpAddress virtual = address.get();
        boolean answered = false;
        for (Port port : Views.ports(resources)) {
            boolean facesClients = Views.facesClients(port);
            boolean own =
                    Views.addresses(port).stream()
                            .anyMatch(prefix -> prefix.get().address().equals(virtual));
            if (own && !facesClients) {
                problems.add(
                        address,
                        virtual
                                + " is the address of port "
                                + port.name().get()
                                + ", which has role backend");
            }
            if (Views.routes(port).stream()
                    .anyMatch(route -> virtual.equals(route.via().value()))) {
                problems.add(address, virtual + " is a gateway of port " + port.name().get());
            }
            answered |= facesClients && hasVersion(port, virtual);
        }
        if (!answered) {
            problems.add(
                    address,
                    "no port with role client or both has an " + version(virtual) + " address");
        }
    }

    private static boolean hasVersion(Port port, IpAddress address) {
        return Views.addresses(port).stream()
                .anyMatch(prefix -> prefix.get().address().isV4() == address.isV4());
    }

    private static String version(IpAddress address) {
        return address.isV4() ? "IPv4" : "IPv6";
    }

    private void checkPool(VirtualServer server) {
        List<String> pools = Views.poolNames(resources);
        server.pool()
                .ifPresent(pool -> {
                    if (!pools.contains(pool)) {
                        problems.add(
                                server.pool(),
                                "no pool is named " + pool + Nearest.suggestion(pool, pools));
                    }
                });
    }

    private void checkLimit(VirtualServer server) {
        Located<Integer> all = resources.sizes().maxConnections();
        server.maxConnections()
                .ifPresent(own ->
                        all.ifPresent(total -> {
                            if (own > total) {
                                problems.add(
                                        server.maxConnections(),
                                        own + " is more than sizes.maxConnections, " + total);
                            }
                        }));
    }
}
