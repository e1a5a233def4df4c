package io.mptcplb.controlplane.agent;

import io.micrometer.core.instrument.Clock;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.prometheus.client.CollectorRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;

/** The running agent: its event loop, its one registry of metrics, its HTTP server. */
public final class Agent {
    private final Vertx vertx;
    private final HttpServer http;

    private Agent(Vertx vertx, HttpServer http) {
        this.vertx = vertx;
        this.http = http;
    }

    /** Starts an agent; done when it answers over HTTP. */
    public static Future<Agent> start(AgentOptions options) {
        CollectorRegistry registry = new CollectorRegistry(true);
        Vertx vertx = vertx(registry);
        return vertx.createHttpServer()
                .requestHandler(routes(vertx))
                .listen(options.httpPort(), options.httpHost())
                .map(http -> new Agent(vertx, http))
                .onFailure(failure -> vertx.close());
    }

    private static Vertx vertx(CollectorRegistry registry) {
        PrometheusMeterRegistry meters =
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, registry, Clock.SYSTEM);
        return Vertx.builder()
                .with(
                        new VertxOptions()
                                .setEventLoopPoolSize(1)
                                .setMetricsOptions(new MicrometerMetricsOptions().setEnabled(true)))
                .withMetrics(new MicrometerMetricsFactory(meters))
                .build();
    }

    private static Router routes(Vertx vertx) {
        Router router = Router.router(vertx);
        router.get("/healthz").handler(request -> request.response().end("ok\n"));
        return router;
    }

    /** The TCP port that the admin API listens on. */
    public int httpPort() {
        return http.actualPort();
    }

    public Future<Void> close() {
        return vertx.close();
    }
}
