package io.mptcplb.proxy;

import org.jspecify.annotations.Nullable;

/** The backends behind a virtual server, as one worker sees them. */
public final class Pool {
    private final String name;
    private PoolSetting setting;

    Pool(String name) {
        this.name = name;
        setting = PoolSetting.EMPTY;
    }

    /** Has these members from now on. Worker thread only. */
    void become(PoolSetting next) {
        setting = next;
    }

    public String name() {
        return name;
    }

    /** Backends in the order of the configuration. */
    public int backendCount() {
        return setting.backends().length;
    }

    public Backend backend(int index) {
        return setting.backends()[index];
    }

    /** True when at least one backend takes new sessions. */
    boolean serving() {
        return setting.serving();
    }

    @Nullable Backend pick(@Nullable Backend[] tried, int triedCount) {
        return setting.balancer().pick(tried, triedCount);
    }
}
