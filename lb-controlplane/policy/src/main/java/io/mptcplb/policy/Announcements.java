package io.mptcplb.policy;

import io.mptcplb.contract.AdvertiseConfig;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.policy.LbResources.Advertise;
import io.mptcplb.policy.LbResources.Port;
import io.mptcplb.policy.LbResources.VirtualServer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a virtual server announces, spelled out: one entry for each address, each with its id. */
final class Announcements {
    private Announcements() {}

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

    static List<AdvertiseConfig> of(LbResources resources, VirtualServer server) {
        List<Advertise> entries = Views.list(server.mptcp().advertise());
        Set<Integer> taken = new HashSet<>();
        entries.forEach(entry -> entry.id().ifPresent(taken::add));
        List<AdvertiseConfig> announcements = new ArrayList<>();
        for (Advertise entry : entries) {
            String name = entry.port().get();
            Port port = Views.port(resources, name).orElseThrow();
            List<IpAddress> addresses =
                    entry.address().optional().map(List::of).orElseGet(() -> expand(server, port));
            boolean first = true;
            for (IpAddress address : addresses) {
                int id = first && entry.id().value() != null ? entry.id().get() : lowestFree(taken);
                announcements.add(new AdvertiseConfig(id, name, address, entry.tcpPort().get()));
                first = false;
            }
        }
        return announcements;
    }

    private static int lowestFree(Set<Integer> taken) {
        int id = 1;
        while (!taken.add(id)) {
            id++;
        }
        return id;
    }
}
