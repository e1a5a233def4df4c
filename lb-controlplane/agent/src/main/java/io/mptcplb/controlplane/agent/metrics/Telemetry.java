package io.mptcplb.controlplane.agent.metrics;

import io.micrometer.core.instrument.Clock;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.hotspot.DefaultExports;
import io.vertx.core.Handler;
import io.vertx.core.VertxOptions;
import io.vertx.core.spi.VertxMetricsFactory;
import io.vertx.ext.web.RoutingContext;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.nio.file.Path;

/**
 * Everything that is scraped, in one registry: the dataplane's figures, the agent's own, those of
 * its JVM and of its HTTP server. One per agent; made before Vert.x, which reports to it.
 */
// Micrometer calls the registry on the simpleclient deprecated; it is the one that shares ours.
@SuppressWarnings("deprecation")
public final class Telemetry implements AutoCloseable {
    private final CollectorRegistry registry = new CollectorRegistry(true);
    private final PrometheusMeterRegistry meters =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, registry, Clock.SYSTEM);
    private final DataplaneCollector dataplane;
    private final AgentFigures figures;

    /**
     * @param counterFile the dataplane's; it may come later, go and be replaced
     * @param carriedFile where counters are kept for the next agent
     */
    public Telemetry(Path counterFile, Path carriedFile) {
        dataplane = new DataplaneCollector(counterFile, carriedFile);
        dataplane.register(registry);
        figures = new AgentFigures(registry);
        DefaultExports.register(registry);
    }

    /** For {@code Vertx.builder().with(...)}: without them the factory stays idle. */
    public VertxOptions vertxOptions() {
        return new VertxOptions()
                .setMetricsOptions(new MicrometerMetricsOptions().setEnabled(true));
    }

    /** For {@code Vertx.builder().withMetrics(...)}. */
    public VertxMetricsFactory vertxMetrics() {
        return new MicrometerMetricsFactory(meters);
    }

    /** What the agent itself counts. */
    public AgentFigures figures() {
        return figures;
    }

    /** Answers {@code GET /metrics}. */
    public Handler<RoutingContext> scrapes() {
        return new ScrapeHandler(registry);
    }

    @Override
    public void close() {
        dataplane.close();
        meters.close();
    }
}
