package io.mptcplb.contract.control;

import io.mptcplb.contract.IpPrefix;
import io.mptcplb.contract.Rules;
import java.util.Optional;

/**
 * Which client subflows a command is about: all that every given part fits.
 *
 * @param virtualServer of one virtual server; absent for all
 * @param port over one NIC port; absent for all
 * @param clients whose connection came from this prefix, whatever addresses joined it, host bits
 *     aside; absent for all
 */
public record PathSelector(
        Optional<String> virtualServer, Optional<String> port, Optional<IpPrefix> clients) {
    public PathSelector {
        virtualServer.ifPresent(name -> Rules.name("selector.virtualServer", name));
        port.ifPresent(name -> Rules.name("selector.port", name));
        clients = clients.map(IpPrefix::network);
    }

    /** The virtual server's name, or what stands for all of them. */
    public String virtualServerOr(String all) {
        return virtualServer.orElse(all);
    }

    /** The NIC port's name, or what stands for all of them. */
    public String portOr(String all) {
        return port.orElse(all);
    }

    /** The clients' network, or what stands for all of them. */
    public IpPrefix clientsOr(IpPrefix all) {
        return clients.orElse(all);
    }

    /** All subflows over one NIC port. */
    public static PathSelector ofPort(String port) {
        return new PathSelector(Optional.empty(), Optional.of(port), Optional.empty());
    }
}
