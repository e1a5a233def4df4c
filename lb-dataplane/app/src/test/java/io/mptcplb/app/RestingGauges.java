package io.mptcplb.app;

import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.lab.LabException;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MetricKind;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Every gauge of a box that nobody uses, to be found again when everybody has gone: buffers,
 * sessions, connections, endpoints, tokens, timers, ports.
 */
final class RestingGauges {
    /** TIME-WAIT lasts 10 s towards clients; what ends a connection may go again before it. */
    private static final Duration LIMIT = Duration.ofSeconds(25);

    /** What says how it was, and not what is in use; and the neighbours, who stay known. */
    private static final Set<Metric> OF_THE_PAST =
            EnumSet.of(
                    Metric.WORKER_LONGEST_CYCLE_NANOS,
                    Metric.WORKER_CLOCK_NANOS,
                    Metric.PATH_SRTT_NANOS,
                    Metric.NEIGHBOURS);

    private final BoxFigures figures;
    private final Map<Metric, Long> atRest;

    private RestingGauges(BoxFigures figures) {
        this.figures = figures;
        atRest = read();
    }

    static RestingGauges of(BoxFigures figures) throws IOException {
        figures.awaitPublication();
        return new RestingGauges(figures);
    }

    /** Waits until every gauge stands where it stood; TIME-WAIT has to run out for that. */
    void awaitAgain() throws IOException {
        try {
            LabEvents.await("every gauge as before", LIMIT, () -> read().equals(atRest));
        } catch (LabException e) {
            throw new LabException(e.getMessage() + moved());
        }
    }

    private Map<Metric, Long> read() {
        Map<Metric, Long> values = new TreeMap<>();
        for (Metric metric : Metric.values()) {
            if (metric.kind() == MetricKind.GAUGE && !OF_THE_PAST.contains(metric)) {
                values.put(metric, figures.value(metric));
            }
        }
        return values;
    }

    private String moved() {
        StringBuilder text = new StringBuilder();
        read().forEach((metric, value) -> {
            long before = atRest.getOrDefault(metric, 0L);
            if (value != before) {
                text.append("\n").append(metric).append(" was ").append(before);
                text.append(", is ").append(value);
            }
        });
        return text.toString();
    }
}
