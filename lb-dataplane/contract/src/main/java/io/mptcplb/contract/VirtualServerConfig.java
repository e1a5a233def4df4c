package io.mptcplb.contract;

import java.util.List;

/**
 * An address and TCP port in front of a pool. Every address is accepted on every port that faces
 * clients.
 *
 * @param name unique among virtual servers
 * @param addresses the virtual addresses (VIPs), of either IP version, 1 to 16
 * @param silentAddresses those of the addresses for which this box answers neither ARP nor
 *     neighbour discovery, because another one does; what arrives for them is served all the same.
 *     An address that is announced by one virtual server and silent in another is announced
 * @param port the TCP port, 1 to 65,535
 * @param pool the name of the pool behind it
 * @param mptcp how it speaks MPTCP
 * @param clientPolicies how it speaks MPTCP to some clients instead; no prefix appears twice, and
 *     all together have at most 64
 * @param timeouts how long its sessions wait
 * @param maxConnections client connections at once, 1 to 4,194,304; one more is refused by name
 */
public record VirtualServerConfig(
        String name,
        List<IpAddress> addresses,
        List<IpAddress> silentAddresses,
        int port,
        String pool,
        MptcpConfig mptcp,
        List<ClientPolicyConfig> clientPolicies,
        TimeoutConfig timeouts,
        int maxConnections) {
    public static final int ADDRESSES_MAX = 16;

    public VirtualServerConfig {
        Rules.name("virtualServers.name", name);
        addresses = Rules.list("virtualServers.addresses", addresses, 1, ADDRESSES_MAX);
        for (IpAddress address : addresses) {
            Rules.require(
                    PortConfig.isHostAddress(address),
                    "virtualServers.addresses",
                    address + " is not a host address");
        }
        Rules.distinct("virtualServers.addresses", addresses, address -> address);
        silentAddresses =
                Rules.list("virtualServers.silentAddresses", silentAddresses, 0, ADDRESSES_MAX);
        Rules.distinct("virtualServers.silentAddresses", silentAddresses, address -> address);
        for (IpAddress silent : silentAddresses) {
            Rules.require(
                    addresses.contains(silent),
                    "virtualServers.silentAddresses",
                    silent + " is none of the addresses");
        }
        Rules.range("virtualServers.port", port, 1, 65_535);
        Rules.name("virtualServers.pool", pool);
        Rules.range("virtualServers.maxConnections", maxConnections, 1, SizeConfig.CONNECTIONS_MAX);
        clientPolicies =
                Rules.list(
                        "virtualServers.clientPolicies",
                        clientPolicies,
                        0,
                        ClientPolicyConfig.PREFIXES_MAX);
        List<IpPrefix> prefixes =
                clientPolicies.stream().flatMap(policy -> policy.clients().stream()).toList();
        Rules.list("clientPolicies.clients", prefixes, 0, ClientPolicyConfig.PREFIXES_MAX);
        Rules.distinct("clientPolicies.clients", prefixes, prefix -> prefix);
    }

    /** With one and the same policy for all clients, every address announced. */
    public VirtualServerConfig(
            String name,
            List<IpAddress> addresses,
            int port,
            String pool,
            MptcpConfig mptcp,
            TimeoutConfig timeouts,
            int maxConnections) {
        this(name, addresses, List.of(), port, pool, mptcp, List.of(), timeouts, maxConnections);
    }

    /** Subflows beyond the first one that any client may have. */
    public int subflowsMax() {
        int most = mptcp.enabled() ? mptcp.maxSubflows() : 0;
        for (ClientPolicyConfig policy : clientPolicies) {
            most = Math.max(most, policy.mptcp().enabled() ? policy.mptcp().maxSubflows() : 0);
        }
        return most;
    }
}
