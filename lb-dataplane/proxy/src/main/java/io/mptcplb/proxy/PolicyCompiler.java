package io.mptcplb.proxy;

import io.mptcplb.contract.AdvertiseConfig;
import io.mptcplb.contract.ClientPolicyConfig;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.IpPrefix;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.PortConfig;
import io.mptcplb.contract.VirtualServerConfig;
import io.mptcplb.contract.control.Event;
import io.mptcplb.contract.control.PathPriority;
import io.mptcplb.stack.mptcp.Announcement;
import io.mptcplb.stack.mptcp.ClientPolicies;
import io.mptcplb.stack.mptcp.ClientPrefix;
import io.mptcplb.stack.mptcp.MptcpPolicy;
import io.mptcplb.stack.mptcp.PathRule;
import io.mptcplb.stack.mptcp.PolicySource;
import java.util.ArrayList;
import java.util.List;

/**
 * From what is configured, and what commands say above it, to what the stack executes alone for
 * every connection.
 */
final class PolicyCompiler {
    /** Stands for all names: none is empty. */
    static final String ALL = "";

    /** Stands for all clients: no selector has host bits. */
    private static final IpPrefix EVERYBODY = new IpPrefix(new IpAddress(1, 1), 0);

    private final List<PortConfig> ports;

    PolicyCompiler(List<PortConfig> ports) {
        this.ports = ports;
    }

    /** The index of a NIC port by its name, or -1. */
    int portIndex(String name) {
        for (int i = 0; i < ports.size(); i++) {
            if (ports.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    PolicySource compile(VirtualServerConfig server, ServerOverrides said) {
        List<PathRule> rules = rules(said.rules());
        long pathlessNanos = server.timeouts().withoutSubflowNanos();
        MptcpPolicy others = policy(server.mptcp(), said, rules, pathlessNanos);
        List<ClientPolicies.Entry> entries = new ArrayList<>();
        for (ClientPolicyConfig own : server.clientPolicies()) {
            MptcpPolicy policy = policy(own.mptcp(), said, rules, pathlessNanos);
            for (IpPrefix prefix : own.clients()) {
                entries.add(new ClientPolicies.Entry(clients(prefix), policy));
            }
        }
        return entries.isEmpty() ? others : new ClientPolicies(others, entries);
    }

    private MptcpPolicy policy(
            MptcpConfig wanted, ServerOverrides said, List<PathRule> rules, long pathlessNanos) {
        List<Announcement> announcements = new ArrayList<>();
        for (AdvertiseConfig entry : said.effective(wanted.advertise())) {
            IpAddress address = entry.address();
            announcements.add(
                    new Announcement(entry.id(), address.hi(), address.lo(), entry.tcpPort()));
        }
        long backupPorts = 0;
        for (String port : wanted.backupPorts()) {
            backupPorts |= 1L << portIndex(port);
        }
        boolean limited = said.maxSubflows() != ServerOverrides.CONFIGURED;
        return new MptcpPolicy(
                        wanted.enabled(),
                        wanted.checksumRequired(),
                        !wanted.joinInitialAddress(),
                        limited ? said.maxSubflows() : wanted.maxSubflows(),
                        announcements,
                        backupPorts)
                .under(rules)
                .waiting(pathlessNanos);
    }

    private List<PathRule> rules(List<Event.PathRule> said) {
        List<PathRule> rules = new ArrayList<>();
        for (Event.PathRule each : said) {
            String port = each.paths().portOr(ALL);
            IpPrefix prefix = each.paths().clientsOr(EVERYBODY);
            rules.add(
                    new PathRule(
                            port.equals(ALL) ? PathRule.ANY_PORT : portIndex(port),
                            prefix.equals(EVERYBODY) ? null : clients(prefix),
                            each.priority() == PathPriority.BACKUP));
        }
        return rules;
    }

    private static ClientPrefix clients(IpPrefix prefix) {
        IpAddress network = prefix.address();
        return new ClientPrefix(network.hi(), network.lo(), prefix.mappedBits());
    }
}
