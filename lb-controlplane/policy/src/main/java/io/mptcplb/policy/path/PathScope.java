package io.mptcplb.policy.path;

import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.IpPrefix;
import java.util.Optional;

/**
 * Clients that follow one policy at one virtual server.
 *
 * @param clients absent: all whom no other scope of the virtual server names
 */
public record PathScope(String virtualServer, Optional<IpPrefix> clients) {
    /** How long the prefix is that names this client, 0 for all others; -1 when it is not meant. */
    int bitsFor(String server, IpAddress client) {
        if (!virtualServer.equals(server)) {
            return -1;
        }
        return clients.map(prefix -> prefix.contains(client) ? prefix.bits() + 1 : -1).orElse(0);
    }
}
