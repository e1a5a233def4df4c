package io.mptcplb.policy;

import io.mptcplb.contract.AdvertiseConfig;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.policy.LbResources.Advertise;
import io.mptcplb.policy.LbResources.Mptcp;
import io.mptcplb.policy.LbResources.Policy;
import io.mptcplb.policy.LbResources.Port;
import io.mptcplb.policy.LbResources.VirtualServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a virtual server announces, spelled out: one entry for each address, each with its id. An
 * address has one id at a virtual server, whichever policy announces it.
 */
final class Announcements {
    private final LbResources resources;
    private final VirtualServer server;
    private final Map<String, Integer> ids = new HashMap<>();
    private final Set<Integer> taken = new HashSet<>();

    Announcements(LbResources resources, VirtualServer server) {
        this.resources = resources;
        this.server = server;
        List<Advertise> entries = entries(resources, server);
        for (Advertise entry : entries) {
            List<String> endpoints = endpoints(resources, server, entry);
            if (entry.id().value() != null && !endpoints.isEmpty()) {
                ids.put(endpoints.getFirst(), entry.id().get());
                taken.add(entry.id().get());
            }
        }
        for (Advertise entry : entries) {
            endpoints(resources, server, entry)
                    .forEach(endpoint -> ids.computeIfAbsent(endpoint, free -> lowestFree()));
        }
    }

    /** All entries of a virtual server, those of its policies included. */
    static List<Advertise> entries(LbResources resources, VirtualServer server) {
        List<Advertise> entries =
                new ArrayList<>(Views.list(Views.mptcp(resources, server).advertise()));
        for (Policy policy : Views.policies(resources, server)) {
            if (!Views.list(policy.clients()).isEmpty()) {
                entries.addAll(Views.list(policy.mptcp().advertise()));
            }
        }
        return entries;
    }

    /**
     * Addresses of a port that clients of a virtual server can use: of an IP version that it has.
     */
    static List<IpAddress> expand(VirtualServer server, Port port) {
        return Views.addresses(port).stream()
                .map(prefix -> prefix.get().address())
                .filter(address ->
                        Views.addresses(server).stream()
                                .anyMatch(own -> own.get().isV4() == address.isV4()))
                .toList();
    }

    private static List<IpAddress> addresses(
            LbResources resources, VirtualServer server, Advertise entry) {
        Optional<Port> port = entry.port().optional().flatMap(name -> Views.port(resources, name));
        return entry.address()
                .optional()
                .map(List::of)
                .orElseGet(() -> port.map(known -> expand(server, known)).orElse(List.of()));
    }

    /** What an entry stands for, as a client sees it. */
    static List<String> endpoints(LbResources resources, VirtualServer server, Advertise entry) {
        int tcpPort = entry.tcpPort().optional().orElse(0);
        return addresses(resources, server, entry).stream()
                .map(address -> endpoint(address, tcpPort))
                .toList();
    }

    private static String endpoint(IpAddress address, int tcpPort) {
        return tcpPort == 0 ? address.toString() : address + " port " + tcpPort;
    }

    List<AdvertiseConfig> of(Mptcp mptcp) {
        List<AdvertiseConfig> announcements = new ArrayList<>();
        for (Advertise entry : Views.list(mptcp.advertise())) {
            int tcpPort = entry.tcpPort().get();
            for (IpAddress address : addresses(resources, server, entry)) {
                int id = ids.getOrDefault(endpoint(address, tcpPort), 0);
                announcements.add(new AdvertiseConfig(id, entry.port().get(), address, tcpPort));
            }
        }
        return announcements;
    }

    private int lowestFree() {
        int id = 1;
        while (!taken.add(id)) {
            id++;
        }
        return id;
    }
}
