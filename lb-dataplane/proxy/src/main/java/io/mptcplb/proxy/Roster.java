package io.mptcplb.proxy;

import io.mptcplb.contract.BackendConfig;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.PoolConfig;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * One worker's virtual servers, pools and backends by name: the same name is the same object, so
 * that figures carry on whatever is configured meanwhile. What is no longer configured is kept for
 * a while, in case it returns. Owner: whoever prepares revisions.
 */
final class Roster {
    /** Names kept of each kind beyond those in use. */
    private static final int FORMER_MAX = 1024;

    private record Member(String pool, String name) {}

    private final Map<String, VirtualServer> servers = new LinkedHashMap<>();
    private final Map<String, Pool> pools = new LinkedHashMap<>();
    private final Map<Member, Backend> backends = new LinkedHashMap<>();

    VirtualServer server(String name) {
        return servers.computeIfAbsent(name, VirtualServer::new);
    }

    Pool pool(String name) {
        return pools.computeIfAbsent(name, Pool::new);
    }

    Backend backend(String pool, String name) {
        return backends.computeIfAbsent(
                new Member(pool, name), member -> new Backend(member.name()));
    }

    PoolSetting setting(PoolConfig config) {
        Backend[] members = new Backend[config.backends().size()];
        for (int i = 0; i < members.length; i++) {
            members[i] = backend(config.name(), config.backends().get(i).name());
        }
        return PoolSetting.of(config, members);
    }

    /** Forgets the oldest of those that the configuration does not name, where there are many. */
    void forget(LbConfig config) {
        Set<String> serverNames = new HashSet<>();
        config.virtualServers().forEach(server -> serverNames.add(server.name()));
        trim(servers, serverNames);
        Set<String> poolNames = new HashSet<>();
        Set<Member> members = new HashSet<>();
        for (PoolConfig pool : config.pools()) {
            poolNames.add(pool.name());
            for (BackendConfig backend : pool.backends()) {
                members.add(new Member(pool.name(), backend.name()));
            }
        }
        trim(pools, poolNames);
        trim(backends, members);
    }

    private static <K> void trim(Map<K, ?> known, Set<K> inUse) {
        int[] surplus = {known.size() - inUse.size() - FORMER_MAX};
        known.keySet().removeIf(key -> surplus[0] > 0 && !inUse.contains(key) && surplus[0]-- > 0);
    }
}
