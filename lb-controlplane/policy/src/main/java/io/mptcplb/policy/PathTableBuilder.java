package io.mptcplb.policy;

import io.mptcplb.contract.IpPrefix;
import io.mptcplb.policy.LbResources.Mptcp;
import io.mptcplb.policy.LbResources.Policy;
import io.mptcplb.policy.LbResources.Port;
import io.mptcplb.policy.LbResources.VirtualServer;
import io.mptcplb.policy.path.FailoverConfig;
import io.mptcplb.policy.path.PathPolicy;
import io.mptcplb.policy.path.PathScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Resources without a mistake, as the path manager wants them. */
final class PathTableBuilder {
    private final LbResources resources;

    PathTableBuilder(LbResources resources) {
        this.resources = resources;
    }

    List<PathPolicy> build() {
        List<PathPolicy> policies = new ArrayList<>();
        for (Policy policy : Views.policies(resources)) {
            if (policy.mptcp().enabled().get()) {
                policies.add(
                        policy(
                                policy.name().get(),
                                scopes(policy),
                                policy.mptcp(),
                                failover(policy.failover())));
            }
        }
        for (VirtualServer server : Views.servers(resources)) {
            Mptcp mptcp = server.mptcp();
            if (mptcp == Views.mptcp(resources, server) && mptcp.enabled().get()) {
                String name = server.name().get();
                List<PathScope> scopes = List.of(new PathScope(name, Optional.empty()));
                // A space, which no name of a policy has.
                policies.add(policy("virtual server " + name, scopes, mptcp, Optional.empty()));
            }
        }
        return policies;
    }

    private List<PathScope> scopes(Policy policy) {
        List<PathScope> scopes = new ArrayList<>();
        for (VirtualServer server : Views.servers(resources)) {
            if (Views.isAttached(policy, server)) {
                String name = server.name().get();
                List<IpPrefix> clients = Views.clients(policy);
                clients.forEach(prefix -> scopes.add(new PathScope(name, Optional.of(prefix))));
                if (clients.isEmpty()) {
                    scopes.add(new PathScope(name, Optional.empty()));
                }
            }
        }
        return scopes;
    }

    private PathPolicy policy(
            String name, List<PathScope> scopes, Mptcp mptcp, Optional<FailoverConfig> failover) {
        List<String> backup = Views.list(mptcp.backupPorts()).stream().map(Located::get).toList();
        List<String> regular =
                Views.ports(resources).stream()
                        .filter(Views::facesClients)
                        .map(Port::name)
                        .map(Located::get)
                        .filter(port -> !backup.contains(port))
                        .toList();
        return new PathPolicy(name, scopes, regular, backup, failover);
    }

    private static Optional<FailoverConfig> failover(LbResources.Failover failover) {
        FailoverConfig config =
                new FailoverConfig(
                        failover.linkDown().get(),
                        failover.holdNanos().get(),
                        failover.changesMax().get(),
                        failover.windowNanos().get(),
                        failover.stalledPercent().get(),
                        failover.retransmittedPercent().get(),
                        failover.srttNanos().get());
        return config.isWatching() ? Optional.of(config) : Optional.empty();
    }
}
