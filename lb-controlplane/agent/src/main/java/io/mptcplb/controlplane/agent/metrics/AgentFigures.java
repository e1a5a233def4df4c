package io.mptcplb.controlplane.agent.metrics;

import io.mptcplb.contract.MetricKind;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import java.util.EnumMap;
import java.util.Map;

/**
 * The agent's own figures, for whoever in it has something to count. Any thread may.
 *
 * <p>Label values come from enums and configuration, never from a peer or a user: each makes a
 * series that stays.
 */
public final class AgentFigures {
    private final Map<AgentMetric, Counter> counters = new EnumMap<>(AgentMetric.class);
    private final Map<AgentMetric, Gauge> gauges = new EnumMap<>(AgentMetric.class);

    AgentFigures(CollectorRegistry registry) {
        for (AgentMetric metric : AgentMetric.values()) {
            if (metric.isFromCounterFile()) {
                continue;
            }
            String[] labels = metric.labels().toArray(String[]::new);
            if (metric.kind() == MetricKind.COUNTER) {
                counters.put(
                        metric,
                        Counter.build(metric.exportName(), metric.help())
                                .labelNames(labels)
                                .register(registry));
            } else {
                gauges.put(
                        metric,
                        Gauge.build(metric.exportName(), metric.help())
                                .labelNames(labels)
                                .register(registry));
            }
        }
    }

    /** One more. */
    public void count(AgentMetric metric, String... labelValues) {
        Counter counter = counters.get(metric);
        if (counter == null) {
            throw new IllegalArgumentException(metric + " is no counter of the agent");
        }
        counter.labels(labelValues).inc();
    }

    /** The value from now on. */
    public void set(AgentMetric metric, double value, String... labelValues) {
        Gauge gauge = gauges.get(metric);
        if (gauge == null) {
            throw new IllegalArgumentException(metric + " is no gauge of the agent");
        }
        gauge.labels(labelValues).set(value);
    }
}
