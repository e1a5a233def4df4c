package io.mptcplb.proxy;

import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.VirtualServerConfig;
import io.mptcplb.contract.control.Command;
import io.mptcplb.contract.control.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that one worker serves by: a configuration, the members of its pools, and what commands have
 * set above them (ADR 12). Immutable. The first one is {@link LoadBalancer#revision}; the next is
 * made from it on any thread, and applied by the worker with {@link LoadBalancer#apply}, each once
 * and in order.
 */
public final class Revision {
    private final Revisions maker;
    private final LbConfig config;
    private final List<Event.PathRule> pathRules;
    private final Map<String, ServerOverrides> said;
    private final Map<String, ServerSetting> servers;
    private final Map<IpAddress, Boolean> vips;
    private final List<VirtualServer> virtualServers;
    private final List<Pool> pools;
    private final Change change;

    Revision(
            Revisions maker,
            @Nullable Revision before,
            LbConfig config,
            List<Event.PathRule> pathRules,
            Map<String, ServerOverrides> said,
            Map<String, ServerSetting> servers,
            Map<IpAddress, Boolean> vips) {
        this.maker = maker;
        this.config = config;
        this.pathRules = pathRules;
        this.said = said;
        this.servers = servers;
        this.vips = vips;
        Roster roster = maker.roster();
        List<VirtualServer> ofServers = new ArrayList<>();
        config.virtualServers().forEach(each -> ofServers.add(roster.server(each.name())));
        virtualServers = List.copyOf(ofServers);
        List<Pool> ofPools = new ArrayList<>();
        config.pools().forEach(each -> ofPools.add(roster.pool(each.name())));
        pools = List.copyOf(ofPools);
        change = Change.between(before, this, roster);
    }

    /**
     * What is in force once a command was carried out; for all but {@link Command.Hello}, {@link
     * Command.Resync} and {@link Command.Restart}. Any thread, one at a time for the revisions of
     * one worker.
     *
     * @throws RevisionException when it cannot be: then nothing changes
     */
    public Revision after(Command command) throws RevisionException {
        return maker.after(this, command);
    }

    /** The configuration, with the members that its pools have. */
    public LbConfig config() {
        return config;
    }

    /** Path rules in force; of those that fit a subflow the last one counts. */
    public List<Event.PathRule> pathRules() {
        return pathRules;
    }

    /** Names of the virtual servers that take no new clients, in the configuration's order. */
    public List<String> draining() {
        List<String> draining = new ArrayList<>();
        for (VirtualServerConfig server : config.virtualServers()) {
            if (said(server.name()).draining()) {
                draining.add(server.name());
            }
        }
        return draining;
    }

    /** Virtual servers in the configuration's order. */
    public List<VirtualServer> virtualServers() {
        return virtualServers;
    }

    /** Pools in the configuration's order. */
    public List<Pool> pools() {
        return pools;
    }

    Map<String, ServerOverrides> said() {
        return said;
    }

    ServerOverrides said(String server) {
        return said.getOrDefault(server, ServerOverrides.NONE);
    }

    Map<String, ServerSetting> servers() {
        return servers;
    }

    /** VIPs, and whether we are the one who answers ARP and neighbour discovery for them. */
    Map<IpAddress, Boolean> vips() {
        return vips;
    }

    Change change() {
        return change;
    }
}
