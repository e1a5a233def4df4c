package io.mptcplb.policy;

import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.policy.LbResources.Advertise;
import io.mptcplb.policy.LbResources.Mptcp;
import io.mptcplb.policy.LbResources.Port;
import io.mptcplb.policy.LbResources.VirtualServer;
import java.util.List;
import java.util.Optional;

/**
 * Virtual servers: each address and port belongs to one, what they name exists, and clients can
 * follow what they announce.
 */
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
            checkMptcp(server);
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

    private void checkMptcp(VirtualServer server) {
        Mptcp mptcp = server.mptcp();
        Unique<String> backups = new Unique<>("port", problems);
        for (Located<String> port : Views.list(mptcp.backupPorts())) {
            backups.claim(port.get(), port);
            clientPort(port);
        }
        Unique<Integer> ids = new Unique<>("id", problems);
        Unique<String> announced = new Unique<>("announcement", problems);
        int announcements = 0;
        for (Advertise entry : Views.list(mptcp.advertise())) {
            entry.id().ifPresent(id -> ids.claim(id, entry.id()));
            Optional<Port> port = entry.port().optional().flatMap(name -> clientPort(entry.port()));
            if (port.isPresent()) {
                announcements += checkAdvertise(server, entry, port.get(), announced);
            }
        }
        if (announcements > MptcpConfig.ADVERTISE_MAX) {
            String rule = announcements + " addresses in all, at most " + MptcpConfig.ADVERTISE_MAX;
            problems.add(mptcp.advertise(), rule);
        }
        checkJoins(mptcp);
    }

    /** The port of that name when it faces clients; anything else is reported. */
    private Optional<Port> clientPort(Located<String> name) {
        List<String> names = Views.portNames(resources);
        Optional<Port> port = Views.port(resources, name.get());
        if (port.isEmpty()) {
            problems.add(
                    name, "no port is named " + name.get() + Nearest.suggestion(name.get(), names));
        } else if (port.get().role().value() != null && !Views.facesClients(port.get())) {
            problems.add(name, "port " + name.get() + " has role backend");
            return Optional.empty();
        }
        return port;
    }

    /** Returns how many addresses the entry stands for. */
    private int checkAdvertise(
            VirtualServer server, Advertise entry, Port port, Unique<String> announced) {
        int tcpPort = entry.tcpPort().optional().orElse(0);
        if (entry.address().value() != null) {
            IpAddress address = entry.address().get();
            announced.claim(endpoint(address, tcpPort), entry.address());
            boolean ours =
                    Views.addresses(server).stream().anyMatch(own -> own.get().equals(address))
                            || Views.addresses(port).stream()
                                    .anyMatch(own -> own.get().address().equals(address));
            if (!ours && portsAreSound) {
                problems.add(
                        entry.address(),
                        address
                                + " belongs neither to port "
                                + entry.port().get()
                                + " nor to this virtual server");
            }
            return 1;
        }
        List<IpAddress> expanded = Announcements.expand(server, port);
        expanded.forEach(address -> announced.claim(endpoint(address, tcpPort), entry.port()));
        if (expanded.isEmpty() && portsAreSound && !Views.addresses(server).isEmpty()) {
            problems.add(
                    entry.port(),
                    "port "
                            + entry.port().get()
                            + " has no address of this virtual server's IP version");
        }
        return expanded.size();
    }

    private static String endpoint(IpAddress address, int tcpPort) {
        return tcpPort == 0 ? address.toString() : address + " port " + tcpPort;
    }

    private void checkJoins(Mptcp mptcp) {
        boolean announces =
                !Views.list(mptcp.advertise()).isEmpty()
                        || problems.isAnyBelow(mptcp.advertise().path());
        if (Boolean.FALSE.equals(mptcp.joinInitialAddress().value()) && !announces) {
            problems.add(
                    mptcp.joinInitialAddress(),
                    "false leaves clients nowhere to join: advertise an address");
        }
        if (Integer.valueOf(0).equals(mptcp.maxSubflows().value()) && announces) {
            problems.add(mptcp.maxSubflows(), "0 refuses the joins that advertise invites");
        }
    }
}
