package io.mptcplb.operator;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import io.prometheus.client.hotspot.DefaultExports;
import java.time.Duration;
import java.util.Map;

/** The operator's own figures, all in one registry. */
final class OperatorFigures {
    private static final double NANOS = 1e9;

    private final CollectorRegistry registry = new CollectorRegistry();
    private final Gauge leader =
            Gauge.build("mptcplb_operator_leader", "1 when this operator leads.")
                    .register(registry);
    private final Histogram passes =
            Histogram.build(
                            "mptcplb_operator_reconcile_seconds",
                            "How long a look at a whole fleet took.")
                    .register(registry);
    private final Counter failures =
            Counter.build(
                            "mptcplb_operator_write_failures",
                            "Writes to the API server that failed, by what was written; each is"
                                    + " tried again.")
                    .labelNames("object")
                    .register(registry);
    private final Counter rollouts =
            Counter.build("mptcplb_operator_rollouts", "Rollouts that ended, by their outcome.")
                    .labelNames("outcome")
                    .register(registry);
    private final Counter moves =
            Counter.build(
                            "mptcplb_operator_announcer_moves",
                            "Virtual addresses that another node announces than before.")
                    .register(registry);
    private final Counter lostEvents =
            Counter.build("mptcplb_operator_events_lost", "Kubernetes events not written.")
                    .register(registry);
    private final Histogram endpoints =
            Histogram.build(
                            "mptcplb_operator_endpoints_delay_seconds",
                            "From the first change of EndpointSlices to the DataplaneEndpoints that"
                                    + " contain it.")
                    .register(registry);
    private final Gauge pools =
            Gauge.build("mptcplb_operator_pool_addresses", "Addresses of AddressPools, by state.")
                    .labelNames("pool", "state")
                    .register(registry);
    private final Gauge nodes =
            Gauge.build("mptcplb_operator_nodes", "Dataplanes of a LoadBalancer, by state.")
                    .labelNames("load_balancer", "state")
                    .register(registry);

    OperatorFigures() {
        DefaultExports.register(registry);
    }

    CollectorRegistry registry() {
        return registry;
    }

    void leads(boolean leads) {
        leader.set(leads ? 1 : 0);
    }

    void passed(Duration took) {
        passes.observe(took.toNanos() / NANOS);
    }

    void writeFailed(String object) {
        failures.labels(object).inc();
    }

    void rolloutEnded(String outcome) {
        rollouts.labels(outcome).inc();
    }

    void announcerMoved() {
        moves.inc();
    }

    void eventLost() {
        lostEvents.inc();
    }

    void endpointsWritten(long delayNanos) {
        endpoints.observe(delayNanos / NANOS);
    }

    void pool(String name, long assigned, long available) {
        pools.labels(name, "assigned").set((double) assigned);
        pools.labels(name, "available").set((double) available);
    }

    void nodes(String loadBalancer, Map<String, Integer> byState) {
        byState.forEach((state, count) -> nodes.labels(loadBalancer, state).set(count));
    }
}
