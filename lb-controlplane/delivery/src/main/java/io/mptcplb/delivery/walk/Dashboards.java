package io.mptcplb.delivery.walk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Our dashboards as Grafana would open them: every query that they make. */
final class Dashboards {
    private Dashboards() {}

    /**
     * One question to Prometheus.
     *
     * @param place dashboard, panel and legend
     * @param expression with what a reader may choose left open
     */
    record Query(String place, String expression) {}

    static List<Query> queries(Path folder) throws IOException {
        List<Query> queries = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(name -> ("" + name).endsWith(".json")).sorted().toList()) {
                addPanels(
                        queries,
                        "" + file.getFileName(),
                        Yaml.map(Yaml.load(Files.readString(file))));
            }
        }
        return queries;
    }

    /** A row that is folded has its panels within. */
    private static void addPanels(List<Query> queries, String place, Map<?, ?> parent) {
        for (Map<?, ?> panel : Yaml.maps(parent, "panels")) {
            String title = place + ", " + Yaml.text(panel, "title");
            for (Map<?, ?> target : Yaml.maps(panel, "targets")) {
                queries.add(
                        new Query(
                                title + ", " + Yaml.text(target, "legendFormat"),
                                substituted(Yaml.text(target, "expr"))));
            }
            addPanels(queries, place, panel);
        }
    }

    /** As with everything chosen, of a Prometheus that scrapes every second. */
    private static String substituted(String expression) {
        return expression
                .replace("$__rate_interval", "4s")
                .replace("$instance", ".*")
                .replace("$port", ".*");
    }
}
