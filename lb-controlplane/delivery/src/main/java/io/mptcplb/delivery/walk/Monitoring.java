package io.mptcplb.delivery.walk;

import io.mptcplb.bench.lab.LabEvents;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What a Prometheus sees of a release from now on, found and labelled as the chart says; and
 * whether our dashboards and alert rules make something of it.
 */
final class Monitoring implements AutoCloseable {
    private static final int BAD_REQUEST = 400;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Set<String> NO_NUMBERS = Set.of("NaN", "+Inf", "-Inf");

    /** Nobody publishes it: where it is seen, anything would be. */
    private static final String NOTHING = "mptcplb_nothing";

    private final Installation installation;
    private final Path directory;
    private final Prometheus prometheus;
    private final PodDiscovery discovery;
    private final Path grafana;
    private final long beginUnixSeconds = Instant.now().getEpochSecond();

    private Monitoring(Installation installation, Path directory) throws IOException {
        this.installation = installation;
        this.directory = directory;
        this.grafana = installation.site().root().resolve("grafana");
        Path targets = directory.resolve("pods.yaml");
        this.prometheus =
                Prometheus.start(
                        directory,
                        grafana.resolve("alerts.yaml"),
                        targets,
                        installation.podMonitor());
        this.discovery =
                PodDiscovery.start(installation.kubernetes(), installation.name(), targets);
    }

    static Monitoring start(Installation installation) throws IOException {
        return new Monitoring(installation, Files.createTempDirectory("monitoring-"));
    }

    /** Waits until every dataplane is scraped under its node's name; how many there are. */
    int awaitTargets() throws IOException {
        LabEvents.await("Prometheus is ready", LIMIT, prometheus::isReady);
        Set<String> nodes = installation.dataplaneNodes();
        LabEvents.await(
                "Prometheus sees " + nodes,
                LIMIT,
                () -> instances("mptcplb_dataplane_up == 1").equals(nodes));
        askAmiss();
        return nodes.size();
    }

    /** So that there are refusals to be seen. */
    private void askAmiss() throws IOException {
        for (URI agent : installation.agents()) {
            int status = Http.get(agent, "/api/v1/connections?limit=many").statusCode();
            if (status != BAD_REQUEST) {
                throw new WalkException(agent + " answers a wrong request with " + status);
            }
        }
    }

    private Set<String> instances(String expression) throws IOException {
        long now = Instant.now().getEpochSecond();
        Set<String> instances = new TreeSet<>();
        for (Map<?, ?> series : prometheus.range(expression, now, now)) {
            instances.add(Yaml.text(Yaml.map(series, "metric"), "instance"));
        }
        return instances;
    }

    /** Every query has data since the start, and every rule can be evaluated; what was seen. */
    String judge() throws IOException {
        List<String> findings = new ArrayList<>();
        List<Dashboards.Query> queries = Dashboards.queries(grafana);
        for (Dashboards.Query query : queries) {
            if (!hasData(query.expression())) {
                findings.add(query.place() + ": no data");
            }
        }
        if (queries.isEmpty() || hasData(NOTHING)) {
            findings.add("no query, or one that has data whatever it asks for");
        }
        int rules = judgeRules(findings);
        if (!findings.isEmpty()) {
            throw new WalkException(String.join("\n", findings));
        }
        return "%d queries, %d alert rules".formatted(queries.size(), rules);
    }

    /** A number, at least once. */
    private boolean hasData(String expression) throws IOException {
        return prometheus
                .range(expression, beginUnixSeconds, Instant.now().getEpochSecond())
                .stream()
                .flatMap(series -> Yaml.list(series, "values").stream())
                .anyMatch(sample -> !NO_NUMBERS.contains("" + ((List<?>) sample).getLast()));
    }

    private int judgeRules(List<String> findings) throws IOException {
        List<Map<?, ?>> rules = prometheus.rules();
        for (Map<?, ?> rule : rules) {
            if (!Yaml.text(rule, "health").equals("ok")) {
                findings.add("rule " + Yaml.text(rule, "name") + ": " + rule.get("lastError"));
            }
        }
        if (rules.isEmpty()) {
            findings.add("no alert rule is loaded");
        }
        return rules.size();
    }

    @Override
    public void close() throws IOException {
        discovery.close();
        prometheus.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
