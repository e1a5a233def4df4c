package io.mptcplb.proxy;

import io.mptcplb.contract.PoolConfig;

/**
 * What a pool is at one time.
 *
 * @param serving at least one backend takes new sessions
 */
// Never compared by content: the worker walks the array.
@SuppressWarnings("ArrayRecordComponent")
record PoolSetting(Backend[] backends, Balancer balancer, boolean serving) {
    private static final Backend[] NONE = new Backend[0];

    static final PoolSetting EMPTY = new PoolSetting(NONE, new RoundRobin(NONE), false);

    /** From the configuration; {@code backends} are its members. */
    static PoolSetting of(PoolConfig config, Backend[] backends) {
        Balancer balancer =
                switch (config.balance()) {
                    case ROUND_ROBIN -> new RoundRobin(backends);
                };
        boolean serving = false;
        for (int i = 0; i < backends.length; i++) {
            serving |= config.backends().get(i).weight() > 0;
        }
        return new PoolSetting(backends, balancer, serving);
    }
}
