package io.mptcplb.controlplane.agent.metrics;

/**
 * One series of the dataplane, across its restarts: slots move, names stay.
 *
 * @param metric export name
 * @param index name of the port, backend, reason and so on
 */
record SeriesKey(String metric, String index) {}
