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
            checkAnnounce(server);
            checkPool(server);
            checkLimit(server);
            new MptcpRules(resources, problems).check(server.mptcp(), List.of(server));
        }
    }

    /** What is announced is ours, and a port's own address is no other box's to answer for. */
    private void checkAnnounce(VirtualServer server) {
        List<IpAddress> addresses = Views.addresses(server).stream().map(Located::get).toList();
        Unique<IpAddress> announced = new Unique<>("announced address", problems);
        for (Located<IpAddress> address : Views.list(server.announce())) {
            announced.claim(address.get(), address);
            if (!addresses.contains(address.get())
                    && !problems.isAnyBelow(server.addresses().path())) {
                problems.add(
                        address, address.get() + " is none of this virtual server's addresses");
            }
        }
        for (IpAddress silent : Views.silentAddresses(server)) {
            for (Port port : Views.ports(resources)) {
                if (Views.addresses(port).stream()
                        .anyMatch(own -> own.get().address().equals(silent))) {
                    problems.add(
                            server.announce(),
                            silent
                                    + " is missing: it is the address of port "
                                    + port.name().optional().orElse("?")
                                    + ", which answers for it whoever else does");
                }
            }
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
