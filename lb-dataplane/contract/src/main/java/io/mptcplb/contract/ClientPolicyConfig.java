package io.mptcplb.contract;

import java.util.List;

/**
 * How a virtual server speaks MPTCP to some of its clients, in place of what it says to all others.
 *
 * @param clients by the address that the connection came from, 1 to 64 networks; of all prefixes of
 *     a virtual server that fit, the longest one wins
 * @param mptcp all of it: nothing is inherited from the virtual server
 */
public record ClientPolicyConfig(List<IpPrefix> clients, MptcpConfig mptcp) {
    /** Most prefixes of one virtual server. */
    public static final int PREFIXES_MAX = 64;

    public ClientPolicyConfig {
        clients = Rules.list("clientPolicies.clients", clients, 1, PREFIXES_MAX);
        for (IpPrefix prefix : clients) {
            Rules.require(
                    prefix.equals(prefix.network()),
                    "clientPolicies.clients",
                    prefix + " has host bits set, the network is " + prefix.network());
        }
    }
}
