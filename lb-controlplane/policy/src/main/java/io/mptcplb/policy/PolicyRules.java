package io.mptcplb.policy;

import io.mptcplb.contract.ClientPolicyConfig;
import io.mptcplb.contract.IpPrefix;
import io.mptcplb.policy.LbResources.Advertise;
import io.mptcplb.policy.LbResources.Policy;
import io.mptcplb.policy.LbResources.VirtualServer;
import io.mptcplb.policy.path.PathPolicy;
import io.mptcplb.policy.path.PathTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Policies: what they name exists, each client of a virtual server has one, their mode fits their
 * paths, and the dataplane can hold what failures may make of them.
 */
final class PolicyRules {
    private final LbResources resources;
    private final Problems problems;

    PolicyRules(LbResources resources, Problems problems) {
        this.resources = resources;
        this.problems = problems;
    }

    void check() {
        Unique<String> names = new Unique<>("name", problems);
        for (Policy policy : Views.policies(resources)) {
            policy.name().ifPresent(name -> names.claim(name, policy.name()));
            checkServers(policy);
            checkClients(policy);
            checkMode(policy);
            List<VirtualServer> servers =
                    Views.servers(resources).stream()
                            .filter(server -> Views.isAttached(policy, server))
                            .toList();
            new MptcpRules(resources, problems).check(policy.mptcp(), servers);
        }
        for (VirtualServer server : Views.servers(resources)) {
            checkConflicts(server);
            checkIds(server);
        }
    }

    /** What is known only when nothing else is wrong. */
    void checkRules(List<PathPolicy> policies) {
        int rules = PathTable.rulesMax(policies);
        if (rules > PathTable.RULES_MAX) {
            problems.add(
                    resources.policies(),
                    "failing paths may need "
                            + rules
                            + " path rules, the dataplane holds "
                            + PathTable.RULES_MAX
                            + ": name fewer virtual servers or clients, or turn failover off");
        }
    }

    private void checkServers(Policy policy) {
        List<String> known =
                Views.servers(resources).stream()
                        .flatMap(server -> server.name().optional().stream())
                        .toList();
        Unique<String> named = new Unique<>("virtual server", problems);
        for (Located<String> name : Views.list(policy.virtualServers())) {
            named.claim(name.get(), name);
            if (!known.contains(name.get())) {
                problems.add(
                        name,
                        "no virtual server is named "
                                + name.get()
                                + Nearest.suggestion(name.get(), known));
            }
        }
    }

    private void checkClients(Policy policy) {
        Unique<IpPrefix> own = new Unique<>("prefix", problems);
        for (Located<List<IpPrefix>> clients : Views.list(policy.clients())) {
            clients.get().forEach(prefix -> own.claim(prefix, clients));
        }
    }

    private void checkMode(Policy policy) {
        int backups = Views.list(policy.mptcp().backupPorts()).size();
        boolean backupsAreSound = !problems.isAnyBelow(policy.mptcp().backupPorts().path());
        policy.mode()
                .ifPresent(mode -> {
                    switch (mode) {
                        case ACTIVE_STANDBY -> {
                            if (backups == 0 && backupsAreSound) {
                                problems.add(
                                        policy.mode(),
                                        "active-standby has no path to stand by: name one in"
                                                + " backup");
                            }
                        }
                        case LOAD_BALANCING -> {
                            if (backups != 0) {
                                problems.add(
                                        policy.mptcp().backupPorts(),
                                        "load-balancing uses all paths: leave backup out, or write"
                                                + " active-standby");
                            }
                        }
                    }
                });
        if (backups != 0 && Views.portsAreSound(resources) && isNoneRegular(policy)) {
            problems.add(
                    policy.mptcp().backupPorts(),
                    "every port that faces clients is backup: leave one out");
        }
    }

    private boolean isNoneRegular(Policy policy) {
        List<String> backups =
                Views.list(policy.mptcp().backupPorts()).stream().map(Located::get).toList();
        return Views.ports(resources).stream()
                .filter(Views::facesClients)
                .allMatch(port -> backups.contains(port.name().get()));
    }

    private void checkConflicts(VirtualServer server) {
        if (server.name().value() == null) {
            return;
        }
        Unique<String> rest = new Unique<>("all clients of virtual server", problems);
        Unique<String> clients = new Unique<>("clients", problems);
        int prefixes = 0;
        if (server.mptcp().written().get()) {
            rest.claim(server.name().get(), server.mptcp().written());
        }
        for (Policy policy : Views.policies(resources, server)) {
            if (problems.isAnyBelow(policy.virtualServers().path())) {
                continue;
            }
            for (Located<List<IpPrefix>> some : Views.list(policy.clients())) {
                for (IpPrefix prefix : some.get()) {
                    clients.claim(prefix + " of virtual server " + server.name().get(), some);
                    prefixes++;
                }
            }
            if (Views.list(policy.clients()).isEmpty()
                    && !problems.isAnyBelow(policy.clients().path())) {
                rest.claim(server.name().get(), policy.mptcp().written());
            }
        }
        if (prefixes > ClientPolicyConfig.PREFIXES_MAX) {
            problems.add(
                    resources.policies(),
                    prefixes
                            + " prefixes at virtual server "
                            + server.name().get()
                            + ", at most "
                            + ClientPolicyConfig.PREFIXES_MAX);
        }
    }

    /** An address id stands for one address at a virtual server, in every policy. */
    private void checkIds(VirtualServer server) {
        Map<Integer, String> endpoints = new HashMap<>();
        Map<String, Integer> ids = new HashMap<>();
        for (Advertise entry : Announcements.entries(resources, server)) {
            List<String> all = Announcements.endpoints(resources, server, entry);
            if (entry.id().value() == null || all.isEmpty()) {
                continue;
            }
            int id = entry.id().get();
            String endpoint = all.getFirst();
            String other = endpoints.putIfAbsent(id, endpoint);
            Integer otherId = ids.putIfAbsent(endpoint, id);
            if (other != null && !other.equals(endpoint)) {
                problems.add(entry.id(), id + " is the id of " + other + " at this virtual server");
            } else if (otherId != null && otherId != id) {
                problems.add(
                        entry.id(), endpoint + " has id " + otherId + " at this virtual server");
            }
        }
    }
}
