package io.mptcplb.controlplane.agent.model;

import io.mptcplb.contract.CounterReader;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MetricScope;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of a box at one moment, taken out of the mapped file so that a table is made of
 * values that stand still.
 *
 * @param epoch what tells one run of the box from another
 * @param takenNanos when they were taken, by the clock of whoever shows them
 * @param writerAlive false when the process that wrote the file has ended
 * @param names names of each scope
 * @param values every value by metric and index
 */
public record CounterSample(
        long epoch,
        long takenNanos,
        boolean writerAlive,
        Map<MetricScope, List<String>> names,
        Map<Metric, long[]> values) {

    public static CounterSample take(CounterReader reader, long nowNanos) {
        Map<MetricScope, List<String>> names = new EnumMap<>(MetricScope.class);
        for (MetricScope scope : MetricScope.values()) {
            names.put(scope, reader.names(scope));
        }
        Map<Metric, long[]> values = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            long[] row = new long[names.getOrDefault(metric.scope(), List.of()).size()];
            for (int i = 0; i < row.length; i++) {
                row[i] = reader.value(metric, i);
            }
            values.put(metric, row);
        }
        boolean alive =
                ProcessHandle.of(reader.processId()).map(ProcessHandle::isAlive).orElse(false);
        return new CounterSample(
                reader.startUnixNanos() ^ reader.random(), nowNanos, alive, names, values);
    }

    public List<String> names(MetricScope scope) {
        return names.getOrDefault(scope, List.of());
    }

    /** One value; 0 where the file has none. */
    public long value(Metric metric, int index) {
        long[] row = values.getOrDefault(metric, new long[0]);
        return index < row.length ? row[index] : 0;
    }

    /** All indexes together. */
    public long sum(Metric metric) {
        long sum = 0;
        for (long value : values.getOrDefault(metric, new long[0])) {
            sum += value;
        }
        return sum;
    }
}
