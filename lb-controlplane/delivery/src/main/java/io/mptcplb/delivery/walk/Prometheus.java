package io.mptcplb.delivery.walk;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A real Prometheus outside of the cluster, in a process of its own on loopback. */
final class Prometheus implements AutoCloseable {
    private static final long END_SECONDS = 10;

    private final Path directory;
    private final Process process;
    private final URI base;

    private Prometheus(Path directory, Process process, URI base) {
        this.directory = directory;
        this.process = process;
        this.base = base;
    }

    /**
     * Scrapes pods every second, and evaluates alert rules as often.
     *
     * @param directory for its configuration, its log and its data
     * @param rules a file of them
     * @param targets a file of all pods
     * @param monitor which of them are scraped, and how they are labelled
     */
    static Prometheus start(Path directory, Path rules, Path targets, PodMonitor monitor)
            throws IOException {
        Path configuration =
                Files.writeString(
                        directory.resolve("prometheus.yaml"),
                        configuration(rules, targets, monitor));
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
        return new Prometheus(directory, process, URI.create("http://127.0.0.1:" + port));
    }

    private static String configuration(Path rules, Path targets, PodMonitor monitor) {
        return """
        global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
        rule_files: ['%s']
        scrape_configs:
          - job_name: pods
            file_sd_configs: [{files: ['%s'], refresh_interval: 1s}]
            relabel_configs:
              - %s
        """
                .formatted(rules, targets, String.join("\n      - ", monitor.relabelConfigs()));
    }

    /** True once it answers; its own words if it has ended. */
    boolean isReady() throws IOException {
        if (!process.isAlive()) {
            throw new WalkException(
                    "prometheus ended: " + Files.readString(directory.resolve("prometheus.log")));
        }
        try {
            return Http.get(base, "/-/ready").statusCode() == 200;
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** The series of an expression over a time, one sample each second. */
    List<Map<?, ?>> range(String expression, long fromUnixSeconds, long toUnixSeconds)
            throws IOException {
        String query = URLEncoder.encode(expression, StandardCharsets.UTF_8);
        return Yaml.maps(
                get(
                        "/api/v1/query_range?query=%s&step=1&start=%d&end=%d"
                                .formatted(query, fromUnixSeconds, toUnixSeconds)),
                "result");
    }

    /** The alert rules as it has evaluated them. */
    List<Map<?, ?>> rules() throws IOException {
        return Yaml.maps(get("/api/v1/rules"), "groups").stream()
                .flatMap(group -> Yaml.maps(group, "rules").stream())
                .collect(Collectors.toUnmodifiableList());
    }

    private Map<?, ?> get(String path) throws IOException {
        String body = Http.get(base, path).body();
        Map<?, ?> answer = Yaml.map(Yaml.load(body));
        if (!Yaml.text(answer, "status").equals("success")) {
            throw new WalkException(path + ": " + body);
        }
        return Yaml.map(answer, "data");
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
