package io.mptcplb.app;

import io.mptcplb.contract.CounterLayout;
import io.mptcplb.contract.CounterWriter;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MetricScope;
import io.mptcplb.proxy.Backend;
import io.mptcplb.proxy.LoadBalancer;
import io.mptcplb.proxy.Pool;
import io.mptcplb.proxy.VirtualServer;
import io.mptcplb.stack.mptcp.MptcpCounter;
import io.mptcplb.stack.tcp.TcpCounter;
import org.jspecify.annotations.Nullable;

/**
 * Where a worker's figures go, and whose they are. Made by any thread, which allocates all of it;
 * then the worker's.
 */
final class CounterTarget {
    static final int NOT_PUBLISHED = -1;

    final CounterWriter writer;
    final CounterLayout layout;
    final TcpCounter[] tcpCounters = TcpCounter.values();
    final int[] tcpSlots = new int[tcpCounters.length];
    final MptcpCounter[] mptcpCounters = MptcpCounter.values();
    final int[] mptcpSlots = new int[mptcpCounters.length];
    final @Nullable VirtualServer[] servers;
    final @Nullable Backend[] backends;

    /** {@code writer} is this worker's block of a file of {@code layout}. */
    CounterTarget(CounterWriter writer, CounterLayout layout) {
        this.writer = writer;
        this.layout = layout;
        for (int i = 0; i < tcpSlots.length; i++) {
            Metric metric = CounterNames.metric(tcpCounters[i]);
            tcpSlots[i] = metric == null ? NOT_PUBLISHED : layout.slot(metric);
        }
        for (int i = 0; i < mptcpSlots.length; i++) {
            Metric metric = CounterNames.metric(mptcpCounters[i]);
            mptcpSlots[i] = metric == null ? NOT_PUBLISHED : layout.slot(metric);
        }
        servers = new VirtualServer[layout.names(MetricScope.VIRTUAL_SERVER).size()];
        backends = new Backend[layout.names(MetricScope.BACKEND).size()];
    }

    /** Servers and backends of the configuration in force, in the order of the counter file. */
    void fill(LoadBalancer balancer) {
        for (int i = 0; i < servers.length; i++) {
            servers[i] = balancer.virtualServers().get(i);
        }
        int next = 0;
        for (int i = 0; i < balancer.pools().size(); i++) {
            Pool pool = balancer.pools().get(i);
            for (int j = 0; j < pool.backendCount(); j++) {
                backends[next++] = pool.backend(j);
            }
        }
    }
}
