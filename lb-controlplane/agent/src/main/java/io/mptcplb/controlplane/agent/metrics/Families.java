package io.mptcplb.controlplane.agent.metrics;

import io.mptcplb.contract.CounterReader.Descriptor;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MetricKind;
import io.mptcplb.contract.MetricScope;
import io.mptcplb.contract.MetricUnit;
import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import java.util.ArrayList;
import java.util.List;

/** Names, labels and units of figures, as Prometheus wants them. */
final class Families {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final String COUNTER_SUFFIX = "_total";

    private Families() {}

    /** A figure without values: what a collector promises to export. */
    static MetricFamilySamples empty(Metric metric) {
        return family(
                metric.exportName(),
                metric.unit(),
                metric.kind(),
                metric.help(),
                new ArrayList<>());
    }

    static MetricFamilySamples of(AgentMetric metric, List<Sample> samples) {
        return family(metric.exportName(), MetricUnit.NONE, metric.kind(), metric.help(), samples);
    }

    static MetricFamilySamples of(Descriptor metric, List<Sample> samples) {
        return family(metric.name(), metric.unit(), metric.kind(), metric.help(), samples);
    }

    static Sample sample(Descriptor metric, int index, long value) {
        return new Sample(
                metric.name(),
                labelNames(metric.label()),
                labelValues(metric.label(), metric.indexNames().get(index)),
                metric.unit() == MetricUnit.NANOS ? value / NANOS_PER_SECOND : value);
    }

    static Sample sample(AgentMetric metric, double value, String... labelValues) {
        return new Sample(metric.exportName(), metric.labels(), List.of(labelValues), value);
    }

    /** The labels of a scope: workers' values are added up, and a backend belongs to a pool. */
    static List<String> labelNames(String scopeLabel) {
        if (scopeLabel.equals(MetricScope.WORKER.text())) {
            return List.of();
        }
        return scopeLabel.equals(MetricScope.BACKEND.text())
                ? List.of("pool", scopeLabel)
                : List.of(scopeLabel);
    }

    private static List<String> labelValues(String scopeLabel, String name) {
        if (scopeLabel.equals(MetricScope.WORKER.text())) {
            return List.of();
        }
        if (scopeLabel.equals(MetricScope.BACKEND.text())) {
            int slash = name.indexOf('/');
            return List.of(name.substring(0, Math.max(0, slash)), name.substring(slash + 1));
        }
        return List.of(name);
    }

    private static MetricFamilySamples family(
            String name, MetricUnit unit, MetricKind kind, String help, List<Sample> samples) {
        boolean counts = kind == MetricKind.COUNTER;
        String base = counts ? name.substring(0, name.length() - COUNTER_SUFFIX.length()) : name;
        String unitName =
                switch (unit) {
                    case NONE -> "";
                    case BYTES -> "bytes";
                    case NANOS -> "seconds";
                };
        return new MetricFamilySamples(
                base,
                base.endsWith("_" + unitName) ? unitName : "",
                counts ? Collector.Type.COUNTER : Collector.Type.GAUGE,
                help,
                samples);
    }
}
