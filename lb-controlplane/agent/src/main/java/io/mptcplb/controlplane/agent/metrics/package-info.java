/**
 * What Prometheus sees of a box: the dataplane's figures out of the mapped counter file, and the
 * agent's own, all in one registry.
 *
 * <p>Start at {@link io.mptcplb.controlplane.agent.metrics.Telemetry}. Names of the dataplane's
 * figures stand in {@link io.mptcplb.contract.Metric}, those of the agent in {@link
 * io.mptcplb.controlplane.agent.metrics.AgentMetric}, and nowhere else; a dashboard or an alert
 * that names another breaks the build.
 *
 * <p>Owner thread: a scrape runs on a worker thread of Vert.x, never on the event loop; scrapes of
 * {@link io.mptcplb.controlplane.agent.metrics.DataplaneCollector} take turns. Does not: write the
 * counter file, throw into a scrape, talk to the dataplane.
 */
@NullMarked
package io.mptcplb.controlplane.agent.metrics;

import org.jspecify.annotations.NullMarked;
