package io.mptcplb.proxy;

import io.mptcplb.contract.VirtualServerConfig;
import io.mptcplb.stack.mptcp.PolicySource;
import io.mptcplb.stack.tcp.Listener;
import java.util.List;

/**
 * What a virtual server is at one time.
 *
 * @param said what commands have set above the configuration
 * @param connectionsMax this worker's share of the configured limit, at least 1
 * @param policies of its clients, compiled from all the above
 * @param listeners one for each address
 */
record ServerSetting(
        VirtualServerConfig config,
        ServerOverrides said,
        Pool pool,
        int connectionsMax,
        PolicySource policies,
        List<Listener> listeners) {
    boolean draining() {
        return said.draining();
    }
}
