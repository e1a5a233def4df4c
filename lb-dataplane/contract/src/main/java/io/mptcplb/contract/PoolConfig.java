package io.mptcplb.contract;

import java.util.List;

/**
 * The servers behind a virtual server.
 *
 * @param name unique among pools
 * @param balance how one of them is picked
 * @param backends at most 1,024; a pool without any refuses sessions by name
 */
public record PoolConfig(String name, Balance balance, List<BackendConfig> backends) {
    public static final int BACKENDS_MAX = 1024;

    public PoolConfig {
        Rules.name("pools.name", name);
        backends = Rules.list("pools.backends", backends, 0, BACKENDS_MAX);
        Rules.distinct("pools.backends", backends, BackendConfig::name);
        Rules.distinct(
                "pools.backends",
                backends,
                backend -> backend.address() + " port " + backend.port());
    }
}
