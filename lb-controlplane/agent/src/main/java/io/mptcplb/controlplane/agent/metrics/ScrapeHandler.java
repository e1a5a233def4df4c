package io.mptcplb.controlplane.agent.metrics;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.StringWriter;

/**
 * One scrape, in the text format that the scraper asks for. Written on a worker thread: a scrape of
 * many series takes milliseconds, which the event loop does not have.
 */
final class ScrapeHandler implements Handler<RoutingContext> {
    private final CollectorRegistry registry;

    ScrapeHandler(CollectorRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void handle(RoutingContext context) {
        String format =
                TextFormat.chooseContentType(context.request().getHeader(HttpHeaders.ACCEPT));
        context.vertx()
                .executeBlocking(() -> text(format))
                .onSuccess(text ->
                        context.response().putHeader(HttpHeaders.CONTENT_TYPE, format).end(text))
                .onFailure(context::fail);
    }

    private String text(String format) throws IOException {
        StringWriter writer = new StringWriter();
        TextFormat.writeFormat(format, writer, registry.metricFamilySamples());
        return writer.toString();
    }
}
