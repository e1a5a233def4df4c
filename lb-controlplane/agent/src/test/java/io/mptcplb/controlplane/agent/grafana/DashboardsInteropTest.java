package io.mptcplb.controlplane.agent.grafana;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MetricKind;
import io.mptcplb.controlplane.agent.Agent;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every query of every dashboard, against a real Prometheus that scrapes a real box through the
 * loads and faults that the panels' descriptions name.
 */
@Tag("interop")
class DashboardsInteropTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long SECONDS = 20;
    private static final Duration TRAFFIC = Duration.ofSeconds(36);

    private static final String WRONG_REQUEST = "/api/v1/connections?limit=many";

    @TempDir Path directory;
    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void loadAndFaults_everyPanel_showsThem() throws Exception {
        try (FaultyBox box = FaultyBox.open()) {
            Agent agent =
                    Agent.start(box.agentOptions(), line -> {}).await(SECONDS, TimeUnit.SECONDS);
            try {
                watch(box, "127.0.0.1:" + agent.httpPort());
            } finally {
                agent.close().await(SECONDS, TimeUnit.SECONDS);
            }
        }
    }

    private void watch(FaultyBox box, String target) throws Exception {
        Path configuration = PrometheusServer.configure(directory, target);
        accepts("check", "config", configuration.toString());
        long from = Instant.now().getEpochSecond();
        try (PrometheusServer prometheus = PrometheusServer.start(directory, configuration)) {
            LabEvents.await("Prometheus is ready", LIMIT, () -> ready(prometheus));
            Scrapes scrapes = more -> awaitScrapes(prometheus, from, more);
            // Before and after: a counter that is new has not grown yet.
            assertEquals(400, get(target, WRONG_REQUEST).statusCode());
            loadsAndFaults(box, scrapes);
            assertEquals(400, get(target, WRONG_REQUEST).statusCode());
            scrapes.await(2);
            judgePanels(prometheus, from);
            judgeRules(prometheus, from);
            judgeCounters(prometheus, from);
        }
        judgeExposition(get(target, "/metrics").body());
    }

    /** Waits until Prometheus has looked so many times more. */
    private interface Scrapes {
        void await(int more) throws IOException;
    }

    private HttpResponse<String> get(String target, String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://" + target + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static boolean ready(PrometheusServer prometheus) {
        try {
            return prometheus.isReady();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void loadsAndFaults(FaultyBox box, Scrapes scrapes) throws Exception {
        scrapes.await(2);
        CompletableFuture<LoadReport> traffic =
                box.aside(
                        LoadPlan.duplex(box.service(FaultyBox.WEB), 1)
                                .time(TRAFFIC)
                                .connections(4)
                                .stallLimit(LIMIT));
        scrapes.await(3);
        clientsOfAllKinds(box);
        box.lab.path(2).lossPercent(2, 2);
        scrapes.await(4);
        box.lab.path(2).lossPercent(0, 0);
        box.lab.path(1).blackhole();
        scrapes.await(4);
        box.lab.path(1).heal();
        scrapes.await(2);
        box.lab.client().script("ip mptcp endpoint change id 1 backup");
        scrapes.await(3);
        box.lab.client().script("ip mptcp endpoint change id 1 nobackup");
        scrapes.await(1);
        box.lab.client().script("ip mptcp endpoint delete id 1");
        scrapes.await(2);
        assertTrue(traffic.get(2, TimeUnit.MINUTES).verified(), "through all faults");
        box.lab.path(2).carrierDown();
        scrapes.await(2);
        box.lab.path(2).heal();
        counterFileAway(box, scrapes);
        box.kill();
        scrapes.await(5);
        box.startAgain();
        box.run(LoadPlan.duplex(box.service(FaultyBox.WEB), 2_000_000));
        scrapes.await(3);
    }

    private static void clientsOfAllKinds(FaultyBox box) throws Exception {
        Duration time = Duration.ofMillis(1500);
        box.run(LoadPlan.connectionRate(box.service(FaultyBox.WEB), time).plainTcp());
        box.run(LoadPlan.connectionRate(box.service(FaultyBox.PLAIN), time));
        box.run(LoadPlan.connectionRate(box.service(FaultyBox.SINGLE), time));
        box.run(LoadPlan.connectionRate(box.service(FaultyBox.EMPTY), time));
        box.run(LoadPlan.download(box.service(FaultyBox.WEB), 5_000_000).backendResets(500_000));
    }

    private static void counterFileAway(FaultyBox box, Scrapes scrapes) throws Exception {
        Path away = box.counters().resolveSibling("counters.away");
        Files.move(box.counters(), away);
        scrapes.await(3);
        Files.move(away, box.counters());
    }

    /** Each gauge is seen only at scrapes; so faults last for some. */
    private static void awaitScrapes(PrometheusServer prometheus, long from, int more)
            throws IOException {
        long wanted = scrapes(prometheus, from) + more;
        LabEvents.await(more + " scrapes", LIMIT, () -> scrapes(prometheus, from) >= wanted);
    }

    private static long scrapes(PrometheusServer prometheus, long from) throws IOException {
        try {
            long now = Instant.now().getEpochSecond() + 1;
            String expression = "count_over_time(up[" + (now - from) + "s])";
            return prometheus.range(expression, now, now).stream()
                    .map(each -> each.getJsonArray("values").getJsonArray(0).getString(1))
                    .mapToLong(Long::parseLong)
                    .sum();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void judgePanels(PrometheusServer prometheus, long from) throws Exception {
        long to = Instant.now().getEpochSecond();
        List<String> failures = new ArrayList<>();
        List<String> seen = new ArrayList<>();
        for (Dashboard dashboard : Dashboard.all()) {
            for (Panel panel : dashboard.panels()) {
                for (Panel.Query query : panel.queries()) {
                    List<JsonObject> series =
                            prometheus.range(substituted(query.expression()), from, to);
                    double largest = largest(series);
                    String what = dashboard.file() + ", " + panel.title() + ", " + query.legend();
                    seen.add(what + ": " + series.size() + " series, largest " + largest);
                    if (series.isEmpty()) {
                        failures.add(what + ": no data");
                    } else if (query.moves() && largest == 0) {
                        failures.add(what + ": never other than zero");
                    }
                }
            }
        }
        Files.write(Path.of("target/dashboards.txt"), seen);
        assertEquals(List.of(), failures, () -> String.join("\n", failures));
    }

    private static String substituted(String expression) {
        return expression
                .replace("$__rate_interval", "4s")
                .replace("$instance", ".*")
                .replace("$port", ".*");
    }

    /** By size; 0 when all are zero, or no numbers. */
    private static double largest(List<JsonObject> series) {
        return series.stream()
                .flatMap(each -> each.getJsonArray("values").stream())
                .mapToDouble(
                        sample -> Math.abs(Double.parseDouble(((JsonArray) sample).getString(1))))
                .filter(Double::isFinite)
                .max()
                .orElse(0);
    }

    private static void judgeRules(PrometheusServer prometheus, long from) throws Exception {
        List<JsonObject> rules = prometheus.rules();
        assertTrue(rules.size() >= 20, () -> rules.size() + " rules");
        for (JsonObject rule : rules) {
            assertEquals("ok", rule.getString("health"), rule::encodePrettily);
        }
        for (String alert : List.of("MptcpLbDataplaneRestarted")) {
            assertTrue(
                    !prometheus
                            .range(
                                    "ALERTS{alertname=\"" + alert + "\", alertstate=\"firing\"}",
                                    from,
                                    Instant.now().getEpochSecond())
                            .isEmpty(),
                    alert);
        }
    }

    /** Not even when connections close, when the file is away, or when the dataplane dies. */
    private static void judgeCounters(PrometheusServer prometheus, long from) throws Exception {
        long now = Instant.now().getEpochSecond();
        List<String> fallen = new ArrayList<>();
        for (Metric metric : Metric.values()) {
            if (metric.kind() == MetricKind.COUNTER) {
                String counter = metric.exportName() + "[" + (now - from) + "s]";
                if (!prometheus.range("resets(" + counter + ") > 0", now, now).isEmpty()) {
                    fallen.add(metric.exportName());
                }
            }
        }
        assertEquals(List.of(), fallen);
    }

    private static void judgeExposition(String text) throws Exception {
        List<String> complaints =
                Promtool.run(text, "check", "metrics")
                        .output()
                        .lines()
                        .filter(line -> line.startsWith("mptcplb_"))
                        .toList();
        assertEquals(List.of(), complaints);
        assertTrue(text.contains("\nvertx_http_server_requests_total{"), "one registry for all");
    }

    @Test
    void alertRules_unitTests_pass() throws Exception {
        accepts("check", "rules", GrafanaFiles.FOLDER.resolve("alerts.yaml").toString());
        accepts("test", "rules", GrafanaFiles.FOLDER.resolve("alerts.test.yaml").toString());
    }

    /** Each threshold and each time that a rule waits is held by a unit test. */
    @Test
    void alertRules_planted_unitTestsFail() throws Exception {
        for (String[] planted :
                new String[][] {
                    {"for: 15s", "for: 5m"},
                    {"> 0.5\n", "> 0.99\n"},
                    {"== 0\n", "== 2\n"},
                    {"[15m]) > 0\n", "[15m]) > 9\n"}
                }) {
            String rules = Files.readString(GrafanaFiles.FOLDER.resolve("alerts.yaml"));
            assertTrue(rules.contains(planted[0]), planted[0]);
            Files.writeString(
                    directory.resolve("alerts.yaml"), rules.replace(planted[0], planted[1]));
            Path tests = directory.resolve("alerts.test.yaml");
            Files.writeString(
                    tests, Files.readString(GrafanaFiles.FOLDER.resolve("alerts.test.yaml")));

            assertTrue(
                    Promtool.run("", "test", "rules", tests.toString()).status() != 0, planted[0]);
        }
    }

    private static void accepts(String... arguments) throws Exception {
        Promtool said = Promtool.run("", arguments);
        assertEquals(0, said.status(), said.output());
    }
}
