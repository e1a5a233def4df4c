package io.mptcplb.proxy;

import io.mptcplb.contract.BackendConfig;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.PoolConfig;
import io.mptcplb.stack.tcp.Listener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The steps from one revision to the next, ready to be taken: the worker walks arrays and sets
 * fields, allocates nothing and cannot fail.
 */
final class Change {
    Backend[] backends = new Backend[0];
    BackendConfig[] backendConfigs = new BackendConfig[0];
    Pool[] pools = new Pool[0];
    PoolSetting[] poolSettings = new PoolSetting[0];
    VirtualServer[] servers = new VirtualServer[0];
    ServerSetting[] serverSettings = new ServerSetting[0];
    Listener[] closed = new Listener[0];
    Listener[] opened = new Listener[0];
    IpAddress[] vipsGone = new IpAddress[0];

    /** Those that are new, or are announced now and were not, or the other way round. */
    IpAddress[] vipsSet = new IpAddress[0];

    boolean[] vipsAnnounced = new boolean[0];

    /** All of them, those of before included. */
    IpAddress[] passStraysTo = new IpAddress[0];

    private Change() {}

    /** From nothing, or from an earlier revision. */
    static Change between(@Nullable Revision before, Revision after, Roster roster) {
        Change change = new Change();
        change.pools(before == null ? null : before.config(), after.config(), roster);
        Map<String, ServerSetting> old = before == null ? Map.of() : before.servers();
        change.servers(old, after.servers(), roster);
        change.passStraysTo = after.config().passStraysTo().toArray(change.passStraysTo);
        change.vips(before == null ? Map.of() : before.vips(), after.vips());
        return change;
    }

    private void pools(@Nullable LbConfig before, LbConfig after, Roster roster) {
        Map<String, PoolConfig> old = new HashMap<>();
        if (before != null) {
            before.pools().forEach(pool -> old.put(pool.name(), pool));
        }
        List<Pool> changed = new ArrayList<>();
        List<PoolSetting> settings = new ArrayList<>();
        List<Backend> members = new ArrayList<>();
        List<BackendConfig> configs = new ArrayList<>();
        for (PoolConfig pool : after.pools()) {
            if (pool.equals(old.get(pool.name()))) {
                continue;
            }
            PoolSetting setting = roster.setting(pool);
            changed.add(roster.pool(pool.name()));
            settings.add(setting);
            members.addAll(List.of(setting.backends()));
            configs.addAll(pool.backends());
        }
        pools = changed.toArray(pools);
        poolSettings = settings.toArray(poolSettings);
        backends = members.toArray(backends);
        backendConfigs = configs.toArray(backendConfigs);
    }

    private void servers(
            Map<String, ServerSetting> before, Map<String, ServerSetting> after, Roster roster) {
        List<VirtualServer> changed = new ArrayList<>();
        List<ServerSetting> settings = new ArrayList<>();
        Set<Listener> gone = new LinkedHashSet<>();
        Set<Listener> here = new LinkedHashSet<>();
        before.values().forEach(setting -> gone.addAll(setting.listeners()));
        after.forEach((name, setting) -> {
            here.addAll(setting.listeners());
            if (setting != before.get(name)) {
                changed.add(roster.server(name));
                settings.add(setting);
            }
        });
        Set<Listener> fresh = new LinkedHashSet<>(here);
        fresh.removeAll(gone);
        gone.removeAll(here);
        servers = changed.toArray(servers);
        serverSettings = settings.toArray(serverSettings);
        closed = gone.toArray(closed);
        opened = fresh.toArray(opened);
    }

    private void vips(Map<IpAddress, Boolean> before, Map<IpAddress, Boolean> after) {
        Set<IpAddress> gone = new LinkedHashSet<>(before.keySet());
        gone.removeAll(after.keySet());
        vipsGone = gone.toArray(vipsGone);
        Map<IpAddress, Boolean> set = new LinkedHashMap<>(after);
        set.entrySet().removeAll(before.entrySet());
        vipsSet = set.keySet().toArray(vipsSet);
        vipsAnnounced = new boolean[vipsSet.length];
        for (int i = 0; i < vipsSet.length; i++) {
            vipsAnnounced[i] = Boolean.TRUE.equals(set.get(vipsSet[i]));
        }
    }
}
