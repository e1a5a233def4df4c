package io.mptcplb.controlplane.agent.grafana;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real Prometheus that scrapes one target each second and evaluates our rules. */
final class PrometheusServer implements AutoCloseable {
    private static final long END_SECONDS = 10;

    private final Process process;
    private final URI base;
    private final HttpClient http = HttpClient.newHttpClient();

    private PrometheusServer(Process process, URI base) {
        this.process = process;
        this.base = base;
    }

    /** Its configuration, as a file that promtool may look at. */
    static Path configure(Path directory, String target) throws IOException {
        return Files.writeString(
                directory.resolve("prometheus.yaml"),
                """
                global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
                rule_files: ['%s']
                scrape_configs:
                  - job_name: mptcp-lb
                    static_configs: [{targets: ['%s']}]
                """
                        .formatted(
                                GrafanaFiles.FOLDER
                                        .resolve("alerts.yaml")
                                        .toAbsolutePath()
                                        .normalize(),
                                target));
    }

    static PrometheusServer start(Path directory, Path configuration) throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Process process =
                new ProcessBuilder(
                                "prometheus",
                                "--config.file=" + configuration,
                                "--storage.tsdb.path=" + directory.resolve("tsdb"),
                                "--web.listen-address=127.0.0.1:" + port)
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("prometheus.log").toFile())
                        .start();
        return new PrometheusServer(process, URI.create("http://127.0.0.1:" + port));
    }

    /** True once it answers. */
    boolean isReady() throws InterruptedException {
        try {
            return send("/-/ready").statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** The series of an expression over a time, one sample each second. */
    List<JsonObject> range(String expression, long fromUnixSeconds, long toUnixSeconds)
            throws IOException, InterruptedException {
        JsonObject answer =
                get(
                        "/api/v1/query_range?query="
                                + URLEncoder.encode(expression, StandardCharsets.UTF_8)
                                + "&step=1&start="
                                + fromUnixSeconds
                                + "&end="
                                + toUnixSeconds);
        return objects(answer.getJsonArray("result"));
    }

    /** The alert rules as it has evaluated them. */
    List<JsonObject> rules() throws IOException, InterruptedException {
        return objects(get("/api/v1/rules").getJsonArray("groups")).stream()
                .flatMap(group -> objects(group.getJsonArray("rules")).stream())
                .toList();
    }

    private static List<JsonObject> objects(JsonArray array) {
        return array.stream().map(JsonObject.class::cast).toList();
    }

    private JsonObject get(String path) throws IOException, InterruptedException {
        JsonObject answer = new JsonObject(send(path).body());
        if (!"success".equals(answer.getString("status"))) {
            throw new IOException(path + ": " + answer.encode());
        }
        return answer.getJsonObject("data");
    }

    private HttpResponse<String> send(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(base.resolve(path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        http.close();
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
