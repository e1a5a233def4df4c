package io.mptcplb.controlplane.agent.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.contract.Metric;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TelemetryTest {
    private static final long SECONDS = 20;

    @TempDir Path directory;

    @Test
    void scrapedOverHttp_bothFormats_holdDataplaneAgentJvmAndHttpServer() throws Exception {
        Path counters = directory.resolve("counters");
        try (ScriptedFigures box = ScriptedFigures.start(counters, 1, 1);
                Telemetry telemetry = new Telemetry(counters, directory.resolve("carried"))) {
            box.set(Metric.SESSIONS_OPENED, 3);
            Vertx vertx =
                    Vertx.builder()
                            .with(telemetry.vertxOptions())
                            .withMetrics(telemetry.vertxMetrics())
                            .build();
            try {
                Router router = Router.router(vertx);
                router.get("/metrics").handler(telemetry.scrapes());
                HttpServer server =
                        vertx.createHttpServer()
                                .requestHandler(router)
                                .listen(0, "127.0.0.1")
                                .await(SECONDS, TimeUnit.SECONDS);
                scrape(server.actualPort(), "text/plain");
                HttpResponse<String> plain = scrape(server.actualPort(), "text/plain");
                HttpResponse<String> open =
                        scrape(server.actualPort(), "application/openmetrics-text; version=1.0.0");

                assertEquals(
                        "text/plain; version=0.0.4; charset=utf-8",
                        plain.headers().firstValue("content-type").orElse(""));
                for (String name :
                        new String[] {
                            "mptcplb_sessions_opened_total 3.0",
                            "mptcplb_dataplane_up ",
                            "jvm_memory",
                            "process_cpu_seconds_total",
                            "vertx_http_server_requests_total{"
                        }) {
                    assertTrue(plain.body().contains("\n" + name), name);
                    assertTrue(open.body().contains("\n" + name), name);
                }
                assertTrue(open.body().endsWith("# EOF\n"));
            } finally {
                vertx.close().await(SECONDS, TimeUnit.SECONDS);
            }
        }
    }

    private static HttpResponse<String> scrape(int port, String accept) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                            .header("Accept", accept)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}
