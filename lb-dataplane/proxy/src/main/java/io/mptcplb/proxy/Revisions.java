package io.mptcplb.proxy;

import io.mptcplb.contract.AdvertiseConfig;
import io.mptcplb.contract.ClientPolicyConfig;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.PoolConfig;
import io.mptcplb.contract.VirtualServerConfig;
import io.mptcplb.contract.control.Command;
import io.mptcplb.contract.control.Event;
import io.mptcplb.contract.control.PathPriority;
import io.mptcplb.contract.control.ReplyCode;
import io.mptcplb.stack.mptcp.MptcpStack;
import io.mptcplb.stack.tcp.Acceptor;
import io.mptcplb.stack.tcp.Listener;
import io.mptcplb.stack.tcp.TcpStack;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes one worker's revisions, each from the one before it. Any thread, one at a time: what a
 * worker owns is only named here, and touched when it applies a revision.
 */
final class Revisions {
    private final WorkerSizes sizes;
    private final PolicyCompiler policies;
    private final MptcpStack mptcp;
    private final Sessions sessions;
    private final Roster roster = new Roster();

    Revisions(LbConfig config, WorkerSizes sizes, MptcpStack mptcp, Sessions sessions) {
        this.sizes = sizes;
        this.mptcp = mptcp;
        this.sessions = sessions;
        policies = new PolicyCompiler(config.ports());
    }

    Revision first(LbConfig config) {
        try {
            return make(null, config, List.of(), Map.of());
        } catch (RevisionException e) {
            throw new IllegalArgumentException(e.text(), e);
        }
    }

    Revision after(Revision before, Command command) throws RevisionException {
        return switch (command) {
            case Command.ApplyConfig apply -> config(before, apply.config());
            case Command.ApplyEndpoints apply -> endpoints(before, apply.pools());
            case Command.SetPathPriority set -> pathPriority(before, set);
            case Command.Announce announce -> announce(before, announce);
            case Command.Withdraw withdraw -> {
                String name = known(before, "withdraw", withdraw.virtualServer());
                yield said(before, name, before.said(name).withdraw(withdraw.addressId()));
            }
            case Command.SetSubflowLimit limit -> {
                String name = known(before, "limit", limit.virtualServer());
                int most = limit.maxSubflowsOr(ServerOverrides.CONFIGURED);
                yield said(before, name, before.said(name).limit(most));
            }
            case Command.Drain drain -> {
                String name = known(before, "drain", drain.virtualServer());
                yield said(before, name, before.said(name).drain(drain.draining()));
            }
            case Command.Hello hello -> throw new IllegalArgumentException("no revision: " + hello);
            case Command.Restart restart ->
                    throw new IllegalArgumentException("no revision: " + restart);
            case Command.Resync resync ->
                    throw new IllegalArgumentException("no revision: " + resync);
        };
    }

    // ---- commands

    private Revision config(Revision before, LbConfig wanted) throws RevisionException {
        LbConfig now = before.config();
        if (wanted.generation() < now.generation()) {
            throw new RevisionException(
                    ReplyCode.STALE,
                    "generation",
                    wanted.generation() + " is older than " + now.generation() + " in force");
        }
        FixedAtStart.check(now, wanted);
        Set<String> names = new LinkedHashSet<>();
        wanted.virtualServers().forEach(server -> names.add(server.name()));
        Map<String, ServerOverrides> said = new LinkedHashMap<>(before.said());
        said.keySet().retainAll(names);
        List<Event.PathRule> rules = new ArrayList<>();
        for (Event.PathRule rule : before.pathRules()) {
            String server = rule.paths().virtualServerOr(PolicyCompiler.ALL);
            if (server.equals(PolicyCompiler.ALL) || names.contains(server)) {
                rules.add(rule);
            }
        }
        Revision next = make(before, wanted, rules, said);
        roster.forget(wanted);
        return next;
    }

    private Revision endpoints(Revision before, List<PoolConfig> pools) throws RevisionException {
        LbConfig now = before.config();
        Map<String, PoolConfig> merged = new LinkedHashMap<>();
        now.pools().forEach(pool -> merged.put(pool.name(), pool));
        for (PoolConfig pool : pools) {
            if (merged.replace(pool.name(), pool) == null) {
                throw new RevisionException(
                        ReplyCode.UNKNOWN_NAME,
                        "endpoints.pools",
                        "no pool is named " + pool.name());
            }
        }
        LbConfig next = now.withPools(List.copyOf(merged.values()));
        Revision revision = make(before, next, before.pathRules(), before.said());
        roster.forget(next);
        return revision;
    }

    private Revision pathPriority(Revision before, Command.SetPathPriority set)
            throws RevisionException {
        String server = set.paths().virtualServerOr(PolicyCompiler.ALL);
        if (!server.equals(PolicyCompiler.ALL)) {
            known(before, "selector", server);
        }
        String port = set.paths().portOr(PolicyCompiler.ALL);
        if (!port.equals(PolicyCompiler.ALL)) {
            knownPort("selector.port", port);
        }
        List<Event.PathRule> rules = new ArrayList<>(before.pathRules());
        rules.removeIf(rule -> rule.paths().equals(set.paths()));
        if (set.priority() != PathPriority.CONFIGURED) {
            rules.add(new Event.PathRule(set.paths(), set.priority()));
        }
        if (rules.size() > Command.PATH_RULES_MAX) {
            throw new RevisionException(
                    ReplyCode.FULL,
                    "selector",
                    Command.PATH_RULES_MAX + " path rules are in force");
        }
        return make(before, before.config(), rules, before.said());
    }

    private Revision announce(Revision before, Command.Announce announce) throws RevisionException {
        String name = known(before, "announce", announce.virtualServer());
        knownPort("announce.address.port", announce.address().port());
        ServerOverrides said = before.said(name).announce(announce.address());
        if (said.announced().size() > ServerOverrides.ANNOUNCED_MAX) {
            throw new RevisionException(
                    ReplyCode.FULL,
                    "announce.address",
                    ServerOverrides.ANNOUNCED_MAX + " addresses are announced by command");
        }
        return said(before, name, said);
    }

    private Revision said(Revision before, String server, ServerOverrides said)
            throws RevisionException {
        Map<String, ServerOverrides> all = new LinkedHashMap<>(before.said());
        all.put(server, said);
        return make(before, before.config(), before.pathRules(), all);
    }

    private static String known(Revision before, String command, String server)
            throws RevisionException {
        if (!before.servers().containsKey(server)) {
            throw new RevisionException(
                    ReplyCode.UNKNOWN_NAME,
                    command + ".virtualServer",
                    "no virtual server is named " + server);
        }
        return server;
    }

    private void knownPort(String field, String port) throws RevisionException {
        if (policies.portIndex(port) < 0) {
            throw new RevisionException(ReplyCode.UNKNOWN_NAME, field, "no port is named " + port);
        }
    }

    // ---- making

    private Revision make(
            @Nullable Revision before,
            LbConfig config,
            List<Event.PathRule> rules,
            Map<String, ServerOverrides> said)
            throws RevisionException {
        Map<String, ServerSetting> servers = new LinkedHashMap<>();
        Map<IpAddress, Boolean> vips = new LinkedHashMap<>();
        int listeners = 0;
        for (VirtualServerConfig server : config.virtualServers()) {
            String name = server.name();
            ServerOverrides over =
                    said.getOrDefault(name, ServerOverrides.NONE).under(fitting(rules, name));
            ServerSetting old = before == null ? null : before.servers().get(name);
            boolean same = old != null && old.config().equals(server) && old.said().equals(over);
            servers.put(name, same && old != null ? old : setting(server, over, old));
            addVips(vips, server);
            listeners += server.addresses().size();
        }
        for (ServerSetting server : servers.values()) {
            addAdvertised(vips, server);
        }
        room("virtualServers.addresses", listeners, TcpStack.LISTENERS_MAX);
        room("virtualServers.addresses", vips.size(), sizes.vipsMax());
        int backends = 0;
        for (PoolConfig pool : config.pools()) {
            backends += pool.backends().size();
        }
        room("pools.backends", backends, sizes.destinationsMax());
        return new Revision(this, before, config, List.copyOf(rules), said, servers, vips);
    }

    private static void room(String field, int wanted, int most) throws RevisionException {
        if (wanted > most) {
            throw new RevisionException(
                    ReplyCode.FULL, field, wanted + " in all, the tables have room for " + most);
        }
    }

    private static List<Event.PathRule> fitting(List<Event.PathRule> rules, String server) {
        List<Event.PathRule> fitting = new ArrayList<>();
        for (Event.PathRule rule : rules) {
            if (rule.paths().virtualServerOr(server).equals(server)) {
                fitting.add(rule);
            }
        }
        return List.copyOf(fitting);
    }

    /** An address of several virtual servers is announced if one of them announces it. */
    private static void addVips(Map<IpAddress, Boolean> vips, VirtualServerConfig server) {
        for (IpAddress address : server.addresses()) {
            boolean silent = server.silentAddresses().contains(address);
            vips.merge(address, !silent, Boolean::logicalOr);
        }
    }

    /** Clients are sent to an advertised address, so that we answer for it unless it is a VIP. */
    private static void addAdvertised(Map<IpAddress, Boolean> vips, ServerSetting server) {
        ServerOverrides said = server.said();
        for (AdvertiseConfig entry : said.effective(server.config().mptcp().advertise())) {
            vips.putIfAbsent(entry.address(), true);
        }
        for (ClientPolicyConfig policy : server.config().clientPolicies()) {
            for (AdvertiseConfig entry : said.effective(policy.mptcp().advertise())) {
                vips.putIfAbsent(entry.address(), true);
            }
        }
    }

    private ServerSetting setting(
            VirtualServerConfig server, ServerOverrides said, @Nullable ServerSetting old) {
        return new ServerSetting(
                server,
                said,
                roster.pool(server.pool()),
                sizes.share(server.maxConnections()),
                policies.compile(server, said),
                listeners(server, old));
    }

    private List<Listener> listeners(VirtualServerConfig server, @Nullable ServerSetting old) {
        VirtualServer named = roster.server(server.name());
        Acceptor acceptor = sessions.acceptor(named);
        List<Listener> listeners = new ArrayList<>();
        for (IpAddress address : server.addresses()) {
            Listener known = old == null ? null : find(old, address, server.port());
            listeners.add(
                    known != null
                            ? known
                            : new Listener(
                                    address.hi(),
                                    address.lo(),
                                    server.port(),
                                    mptcp.server(named),
                                    acceptor));
        }
        return List.copyOf(listeners);
    }

    private static @Nullable Listener find(ServerSetting in, IpAddress address, int port) {
        for (Listener listener : in.listeners()) {
            if (listener.addressHi() == address.hi()
                    && listener.addressLo() == address.lo()
                    && listener.port() == port) {
                return listener;
            }
        }
        return null;
    }

    Roster roster() {
        return roster;
    }
}
