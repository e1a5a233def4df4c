package io.mptcplb.controlplane.agent.metrics;

import io.mptcplb.contract.CounterReader.Descriptor;

/**
 * One series of the dataplane, across its restarts: slots move, names stay.
 *
 * @param metric export name
 * @param index name of the port, backend, reason and so on
 */
record SeriesKey(String metric, String index) {
    static SeriesKey of(Descriptor metric, int index) {
        return new SeriesKey(metric.name(), metric.indexNames().get(index));
    }
}
