package io.mptcplb.controlplane.agent.metrics;

import io.mptcplb.contract.CounterReader.Descriptor;
import io.mptcplb.contract.MetricKind;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What counters had reached when earlier dataplanes ended: a new one counts from zero, and a
 * scraped counter must not fall.
 */
final class CarriedSums {
    /** Names come and go with the configuration; the longest unused are forgotten beyond this. */
    static final int SERIES_MAX = 100_000;

    private final Map<SeriesKey, Long> sums = new LinkedHashMap<>();

    /** A dataplane has ended with these figures. */
    void retire(Snapshot last) {
        for (int i = 0; i < last.values().length; i++) {
            Descriptor metric = last.metrics().get(i);
            if (metric.kind() == MetricKind.COUNTER) {
                for (int index = 0; index < last.values()[i].length; index++) {
                    add(key(metric, index), last.values()[i][index]);
                }
            }
        }
        while (sums.size() > SERIES_MAX) {
            sums.remove(sums.keySet().iterator().next());
        }
    }

    /** Puts the series last, so that those no dataplane had for long come first. */
    void add(SeriesKey key, long value) {
        Long before = sums.remove(key);
        long sum = (before == null ? 0 : before) + value;
        if (sum != 0) {
            sums.put(key, sum);
        }
    }

    long sum(Descriptor metric, int index) {
        return sums.getOrDefault(key(metric, index), 0L);
    }

    Map<SeriesKey, Long> all() {
        return Map.copyOf(sums);
    }

    private static SeriesKey key(Descriptor metric, int index) {
        return new SeriesKey(metric.name(), metric.indexNames().get(index));
    }
}
