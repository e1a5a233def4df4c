package io.mptcplb.operator;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.HttpURLConnection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** {@code /metrics}, {@code /healthz}, {@code /readyz}. */
final class HttpSide implements AutoCloseable {
    private static final long START_SECONDS = 10;
    private static final long CLOSE_SECONDS = 5;
    private static final Logger LOG = System.getLogger(HttpSide.class.getName());

    private final CollectorRegistry registry;
    private final BooleanSupplier isWatching;
    private final Vertx vertx = Vertx.vertx();
    private @Nullable HttpServer server;
    private volatile boolean isReady;

    HttpSide(CollectorRegistry registry, BooleanSupplier isWatching) {
        this.registry = registry;
        this.isWatching = isWatching;
    }

    void start(String host, int port) {
        Router router = Router.router(vertx);
        router.get("/healthz").handler(request -> request.response().end("ok\n"));
        router.get("/readyz").handler(this::readyz);
        router.get("/metrics").blockingHandler(this::metrics);
        try {
            server =
                    vertx.createHttpServer(new HttpServerOptions().setHost(host).setPort(port))
                            .requestHandler(router)
                            .listen()
                            .await(START_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("cannot listen at " + host + " port " + port, e);
        }
    }

    /** From now on all is known that there is to know. */
    void ready() {
        isReady = true;
    }

    int port() {
        return server == null ? 0 : server.actualPort();
    }

    private void readyz(RoutingContext request) {
        if (isReady && isWatching.getAsBoolean()) {
            request.response().end("ok\n");
        } else {
            request.response()
                    .setStatusCode(HttpURLConnection.HTTP_UNAVAILABLE)
                    .end("the API server is not watched\n");
        }
    }

    private void metrics(RoutingContext request) {
        String type = TextFormat.chooseContentType(request.request().getHeader("Accept"));
        StringWriter text = new StringWriter();
        try {
            TextFormat.writeFormat(type, text, registry.metricFamilySamples());
        } catch (IOException e) {
            request.fail(e);
            return;
        }
        request.response().putHeader("Content-Type", type).end(text.toString());
    }

    /** The port is free again thereafter. */
    @Override
    public void close() {
        try {
            vertx.close().await(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            LOG.log(Level.WARNING, "the HTTP side does not end", e);
        }
    }
}
