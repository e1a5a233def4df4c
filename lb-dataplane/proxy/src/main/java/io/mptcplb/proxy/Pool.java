package io.mptcplb.proxy;

import io.mptcplb.contract.BackendConfig;
import io.mptcplb.contract.PoolConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The backends behind a virtual server, as one worker sees them. */
public final class Pool {
    private final String name;
    private final Backend[] backends;
    private final Balancer balancer;
    private final boolean serving;

    Pool(PoolConfig config) {
        name = config.name();
        List<BackendConfig> members = config.backends();
        backends = new Backend[members.size()];
        boolean anyWeight = false;
        for (int i = 0; i < backends.length; i++) {
            backends[i] = new Backend(members.get(i));
            anyWeight |= backends[i].weight() > 0;
        }
        serving = anyWeight;
        balancer =
                switch (config.balance()) {
                    case ROUND_ROBIN -> new RoundRobin(backends);
                };
    }

    public String name() {
        return name;
    }

    /** Backends in the order of the configuration. */
    public int backendCount() {
        return backends.length;
    }

    public Backend backend(int index) {
        return backends[index];
    }

    /** True when at least one backend takes new sessions. */
    boolean serving() {
        return serving;
    }

    @Nullable Backend pick(@Nullable Backend[] tried, int triedCount) {
        return balancer.pick(tried, triedCount);
    }
}
