package io.mptcplb.policy;

import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.policy.LbResources.Advertise;
import io.mptcplb.policy.LbResources.Mptcp;
import io.mptcplb.policy.LbResources.Port;
import io.mptcplb.policy.LbResources.VirtualServer;
import java.util.List;
import java.util.Optional;

/** What is said of MPTCP: the ports exist, and clients can follow what is announced to them. */
final class MptcpRules {
    private final LbResources resources;
    private final Problems problems;
    private final boolean portsAreSound;

    MptcpRules(LbResources resources, Problems problems) {
        this.resources = resources;
        this.problems = problems;
        this.portsAreSound = Views.portsAreSound(resources);
    }

    /**
     * @param servers those that it is said for
     */
    void check(Mptcp mptcp, List<VirtualServer> servers) {
        Unique<String> backups = new Unique<>("port", problems);
        for (Located<String> port : Views.list(mptcp.backupPorts())) {
            backups.claim(port.get(), port);
            clientPort(port);
        }
        Unique<Integer> ids = new Unique<>("id", problems);
        for (Advertise entry : Views.list(mptcp.advertise())) {
            entry.id().ifPresent(id -> ids.claim(id, entry.id()));
            entry.port()
                    .optional()
                    .flatMap(name -> clientPort(entry.port()))
                    .ifPresent(port -> checkAdvertise(servers, entry, port));
        }
        servers.forEach(server -> checkAnnouncements(server, mptcp));
        checkLimit(mptcp);
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

    /** An entry must lead somewhere for at least one of the virtual servers. */
    private void checkAdvertise(List<VirtualServer> servers, Advertise entry, Port port) {
        if (!portsAreSound
                || servers.isEmpty()
                || servers.stream().anyMatch(server -> Views.addresses(server).isEmpty())) {
            return;
        }
        if (entry.address().value() != null) {
            IpAddress address = entry.address().get();
            boolean ours =
                    servers.stream()
                                    .flatMap(server -> Views.addresses(server).stream())
                                    .anyMatch(own -> own.get().equals(address))
                            || Views.addresses(port).stream()
                                    .anyMatch(own -> own.get().address().equals(address));
            if (!ours) {
                problems.add(
                        entry.address(),
                        address
                                + " belongs neither to port "
                                + entry.port().get()
                                + " nor to this virtual server");
            }
        } else if (servers.stream()
                .allMatch(server -> Announcements.expand(server, port).isEmpty())) {
            problems.add(
                    entry.port(),
                    "port "
                            + entry.port().get()
                            + " has no address of this virtual server's IP version");
        }
    }

    private void checkAnnouncements(VirtualServer server, Mptcp mptcp) {
        Unique<String> announced = new Unique<>("announcement", problems);
        int announcements = 0;
        for (Advertise entry : Views.list(mptcp.advertise())) {
            Located<?> where = entry.address().value() == null ? entry.port() : entry.address();
            for (String endpoint : Announcements.endpoints(resources, server, entry)) {
                announced.claim(endpoint, where);
                announcements++;
            }
        }
        if (announcements > MptcpConfig.ADVERTISE_MAX) {
            String rule = announcements + " addresses in all, at most " + MptcpConfig.ADVERTISE_MAX;
            problems.add(mptcp.advertise(), rule);
        }
        if (announcements == 0
                && Boolean.FALSE.equals(mptcp.joinInitialAddress().value())
                && !problems.isAnyBelow(mptcp.advertise().path())) {
            problems.add(
                    mptcp.joinInitialAddress(),
                    "false leaves clients nowhere to join: advertise an address");
        }
    }

    private void checkLimit(Mptcp mptcp) {
        boolean announces =
                !Views.list(mptcp.advertise()).isEmpty()
                        || problems.isAnyBelow(mptcp.advertise().path());
        if (Integer.valueOf(0).equals(mptcp.maxSubflows().value()) && announces) {
            problems.add(mptcp.maxSubflows(), "0 refuses the joins that advertise invites");
        }
    }
}
