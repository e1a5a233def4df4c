package io.mptcplb.controlplane.agent.metrics;

import io.mptcplb.contract.CounterReader;
import io.mptcplb.contract.CounterReader.Descriptor;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MetricKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All figures of one dataplane at one moment, so that a scrape is made of values that stand still
 * and that are still there when the file is not.
 *
 * @param epoch which run of the dataplane
 * @param workers of it
 * @param metrics what the rows mean
 * @param values one row per metric, one value per index
 */
@SuppressWarnings("ArrayRecordComponent") // read by index, compared by nobody
record Snapshot(Epoch epoch, int workers, List<Descriptor> metrics, long[][] values) {
    /** What tells one run of the dataplane from another. */
    record Epoch(long startUnixNanos, long random) {
        static Epoch of(CounterReader reader) {
            return new Epoch(reader.startUnixNanos(), reader.random());
        }
    }

    static Snapshot take(CounterReader reader) {
        List<Descriptor> metrics = reader.metrics();
        long[][] values = new long[metrics.size()][];
        for (int i = 0; i < values.length; i++) {
            Descriptor metric = metrics.get(i);
            values[i] = new long[metric.indexNames().size()];
            for (int index = 0; index < values[i].length; index++) {
                values[i][index] = reader.value(metric, index);
            }
        }
        return new Snapshot(Epoch.of(reader), reader.workers(), metrics, values);
    }

    /** Its counters by name: what outlives it. */
    Map<SeriesKey, Long> counters() {
        Map<SeriesKey, Long> counters = new HashMap<>();
        for (int i = 0; i < values.length; i++) {
            Descriptor metric = metrics.get(i);
            if (metric.kind() == MetricKind.COUNTER) {
                for (int index = 0; index < values[i].length; index++) {
                    counters.put(SeriesKey.of(metric, index), values[i][index]);
                }
            }
        }
        return counters;
    }

    /** The dataplane's own clock, which moves several times a second while it lives. */
    long clockNanos() {
        for (int i = 0; i < values.length; i++) {
            if (metrics.get(i).code() == Metric.WORKER_CLOCK_NANOS.code() && values[i].length > 0) {
                return values[i][0];
            }
        }
        return 0;
    }
}
