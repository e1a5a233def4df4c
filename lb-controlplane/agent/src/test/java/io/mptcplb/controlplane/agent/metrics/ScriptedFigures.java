package io.mptcplb.controlplane.agent.metrics;

import io.mptcplb.contract.CounterFile;
import io.mptcplb.contract.CounterLayout;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MetricScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A dataplane as its counter file shows it: real file, figures by hand. */
final class ScriptedFigures implements AutoCloseable {
    static final Map<MetricScope, List<String>> NAMES =
            Map.of(
                    MetricScope.PORT,
                    List.of("isp-a", "isp-b"),
                    MetricScope.VIRTUAL_SERVER,
                    List.of("web"),
                    MetricScope.BACKEND,
                    List.of("servers/server-1", "servers/server-2"),
                    MetricScope.DROP_REASON,
                    List.of("none", "truncated"),
                    MetricScope.FALLBACK_CAUSE,
                    List.of("version_0"),
                    MetricScope.JOIN_REFUSAL,
                    List.of("join_over_limit"),
                    MetricScope.SESSION_REFUSAL,
                    List.of("no_backend"),
                    MetricScope.SESSION_END,
                    List.of("finished"),
                    MetricScope.RESET_REASON,
                    List.of("unspecified"),
                    MetricScope.PORT_DROP,
                    List.of("tx_link_down"));

    private final CounterFile file;

    private ScriptedFigures(CounterFile file) {
        this.file = file;
    }

    /** Starts, as a dataplane does that replaces one before it. */
    static ScriptedFigures start(Path counters, int workers, long random) throws IOException {
        return start(counters, workers, random, NAMES);
    }

    static ScriptedFigures start(
            Path counters, int workers, long random, Map<MetricScope, List<String>> names)
            throws IOException {
        return new ScriptedFigures(
                CounterFile.create(
                        counters,
                        new CounterLayout(workers, names),
                        1_700_000_000_000_000_000L,
                        random));
    }

    ScriptedFigures set(Metric metric, int index, int worker, long value) {
        file.writer(worker).set(file.layout().slot(metric, index), value);
        return this;
    }

    ScriptedFigures set(Metric metric, long value) {
        return set(metric, 0, 0, value);
    }

    /** The process has ended; its file stays. */
    @Override
    public void close() {
        file.close();
    }
}
