package io.mptcplb.controlplane.agent.metrics;

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
    void retire(Map<SeriesKey, Long> counters) {
        counters.forEach(this::add);
        while (sums.size() > SERIES_MAX) {
            sums.remove(sums.keySet().iterator().next());
        }
    }

    /** Puts the series last, so that those no dataplane had for long come first. */
    private void add(SeriesKey key, long value) {
        Long before = sums.remove(key);
        long sum = (before == null ? 0 : before) + value;
        if (sum != 0) {
            sums.put(key, sum);
        }
    }

    long sum(SeriesKey series) {
        return sums.getOrDefault(series, 0L);
    }

    Map<SeriesKey, Long> all() {
        return Map.copyOf(sums);
    }
}
