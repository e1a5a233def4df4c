package io.mptcplb.controlplane.agent.grafana;

import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MetricKind;
import io.mptcplb.contract.MetricScope;
import io.mptcplb.controlplane.agent.metrics.AgentMetric;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What may be asked for: the catalogue's names and the agent's, and what labels each has. */
final class KnownMetrics {
    /** Prometheus itself puts them on whatever it scrapes. */
    private static final Set<String> TARGET_LABELS = Set.of("instance", "job");

    private static final Set<String> COUNTING = Set.of("rate", "irate", "increase", "resets");
    private static final Map<String, Set<String>> LABELS = new HashMap<>();
    private static final Set<String> COUNTERS = new HashSet<>();

    static {
        LABELS.put("up", Set.of());
        for (Metric metric : Metric.values()) {
            LABELS.put(metric.exportName(), labels(metric.scope()));
            if (metric.kind() == MetricKind.COUNTER) {
                COUNTERS.add(metric.exportName());
            }
        }
        for (AgentMetric metric : AgentMetric.values()) {
            LABELS.put(metric.exportName(), Set.copyOf(metric.labels()));
            if (metric.kind() == MetricKind.COUNTER) {
                COUNTERS.add(metric.exportName());
            }
        }
    }

    private KnownMetrics() {}

    private static Set<String> labels(MetricScope scope) {
        return switch (scope) {
            case WORKER -> Set.of();
            case BACKEND -> Set.of("pool", "backend");
            default -> Set.of(scope.text());
        };
    }

    /** What is wrong with an expression; nothing when all is known. */
    static List<String> findings(String expression) {
        List<String> findings = new ArrayList<>();
        PromQl query = PromQl.of(expression);
        Set<String> labels = new HashSet<>(TARGET_LABELS);
        for (PromQl.Selector selector : query.selectors()) {
            Set<String> own = LABELS.get(selector.metric());
            if (own == null) {
                findings.add("unknown metric " + selector.metric());
                continue;
            }
            labels.addAll(own);
            for (String label : selector.labels()) {
                if (!own.contains(label) && !TARGET_LABELS.contains(label)) {
                    findings.add(selector.metric() + " has no label " + label);
                }
            }
            if (COUNTERS.contains(selector.metric()) != COUNTING.contains(selector.function())
                    && !selector.function().equals("label_values")) {
                findings.add(
                        COUNTERS.contains(selector.metric())
                                ? selector.metric() + " only grows: take its rate or increase"
                                : selector.metric()
                                        + " is a gauge: it has no "
                                        + selector.function());
            }
        }
        for (String label : query.groupings()) {
            if (!labels.contains(label)) {
                findings.add("no metric of the expression has a label " + label);
            }
        }
        if (query.selectors().isEmpty()) {
            findings.add("asks for no metric");
        }
        if (expression.replace(" ", "").contains("orvector(")) {
            findings.add("\"or vector(\" shows a healthy zero where there are no data");
        }
        return findings;
    }
}
