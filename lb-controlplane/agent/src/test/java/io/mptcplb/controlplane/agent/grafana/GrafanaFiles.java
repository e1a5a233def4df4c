package io.mptcplb.controlplane.agent.grafana;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Reads the folder {@code grafana} as Grafana and Prometheus would, and says what is wrong. */
final class GrafanaFiles {
    /** From the directory of this module. */
    static final Path FOLDER = Path.of("../../grafana");

    private static final int COLUMNS = 24;
    private static final Pattern UID = Pattern.compile("[a-z0-9-]{1,40}");
    private static final Pattern ALERT = Pattern.compile("MptcpLb[A-Z][A-Za-z]+");
    private static final Pattern LISTING = Pattern.compile("label_values\\((.*), (\\w+)\\)");
    private static final Set<String> SEVERITIES = Set.of("page", "ticket");

    private final Path folder;
    private final List<String> findings = new ArrayList<>();
    private final Set<String> uids = new HashSet<>();

    private GrafanaFiles(Path folder) {
        this.folder = folder;
    }

    /** One line per finding: file, place, what is wrong. */
    static List<String> findings(Path folder) throws IOException {
        GrafanaFiles files = new GrafanaFiles(folder);
        try (Stream<Path> paths = Files.list(folder)) {
            for (Path path : paths.sorted().toList()) {
                files.read(path);
            }
        }
        return files.findings;
    }

    private void read(Path path) throws IOException {
        String name = path.getFileName().toString();
        if (name.endsWith(".json")) {
            dashboard(name, new JsonObject(Files.readString(path)));
        } else if (name.endsWith(".test.yaml") || name.equals("README.md")) {
            return;
        } else if (name.endsWith(".yaml")) {
            Path tests = path.resolveSibling(name.replace(".yaml", ".test.yaml"));
            rules(name, yaml(path), fired(yaml(tests)));
        } else {
            find(name, "is neither a dashboard nor a rule file");
        }
    }

    private static Map<?, ?> yaml(Path path) throws IOException {
        Object read =
                new Load(LoadSettings.builder().build()).loadFromString(Files.readString(path));
        return (Map<?, ?>) read;
    }

    private void dashboard(String name, JsonObject dashboard) {
        String uid = dashboard.getString("uid", "");
        check(UID.matcher(uid).matches() && uids.add(uid), name, "uid \"" + uid + "\" is taken");
        check(
                dashboard.getInteger("schemaVersion", 0) == DashboardJson.SCHEMA_VERSION,
                name,
                "schemaVersion is not " + DashboardJson.SCHEMA_VERSION);
        check(!dashboard.containsKey("id"), name, "an id belongs to one Grafana: leave it out");
        Set<String> variables = new HashSet<>();
        for (Object each : list(dashboard.getJsonObject("templating"), "list")) {
            JsonObject variable = (JsonObject) each;
            variables.add(variable.getString("type") + " " + variable.getString("name"));
            if (variable.getString("type").equals("query")) {
                listing(name + " variable " + variable.getString("name"), variable);
            }
        }
        check(variables.contains("datasource datasource"), name, "no variable for the data source");
        check(variables.contains("query instance"), name, "no variable for the instance");
        for (Object each : list(dashboard.getJsonObject("annotations"), "list")) {
            JsonObject annotation = (JsonObject) each;
            expression(
                    name + " annotation " + annotation.getString("name"),
                    annotation.getJsonObject("target").getString("expr", ""));
        }
        panels(name, list(dashboard, "panels"));
    }

    private void listing(String where, JsonObject variable) {
        String query = variable.getJsonObject("query").getString("query");
        Matcher listing = LISTING.matcher(query);
        if (!listing.matches()) {
            find(where, "lists nothing that is known: " + query);
            return;
        }
        String selector = listing.group(1);
        String label = listing.group(2) + "=~\".*\"}";
        expression(
                where,
                selector.endsWith("}")
                        ? "label_values(" + selector.replaceFirst("}$", ", " + label) + ")"
                        : "label_values(" + selector + "{" + label + ")");
    }

    private void panels(String name, JsonArray panels) {
        Set<Object> ids = new HashSet<>();
        Set<String> titles = new HashSet<>();
        Set<String> taken = new HashSet<>();
        for (Object each : panels) {
            JsonObject panel = (JsonObject) each;
            String where = name + " panel \"" + panel.getString("title") + "\"";
            check(ids.add(panel.getValue("id")), where, "id is taken");
            check(titles.add(panel.getString("title")), where, "title is taken");
            place(where, panel.getJsonObject("gridPos"), taken);
            if (!panel.getString("type").equals("row")) {
                panel(where, panel);
            }
        }
        check(!ids.isEmpty(), name, "shows nothing");
    }

    private void place(String where, JsonObject at, Set<String> taken) {
        int x = at.getInteger("x");
        int y = at.getInteger("y");
        check(x + at.getInteger("w") <= COLUMNS, where, "is wider than the page");
        for (int row = y; row < y + at.getInteger("h"); row++) {
            for (int column = x; column < x + at.getInteger("w"); column++) {
                if (!taken.add(row + "/" + column)) {
                    find(where, "lies on another panel");
                    return;
                }
            }
        }
    }

    private void panel(String where, JsonObject panel) {
        String description = panel.getString("description", "");
        check(
                description.matches(
                        "(?s).*\\b([Mm]ove|[Ff]all|[Rr]ise|[Gg]oes off|[Ss]tays)s?\\b.*"),
                where,
                "does not say which load or fault makes it move");
        source(where, panel);
        check(!list(panel, "targets").isEmpty(), where, "asks nothing");
        for (Object each : list(panel, "targets")) {
            JsonObject target = (JsonObject) each;
            source(where, target);
            String expression = target.getString("expr", "");
            expression(where, expression);
            for (PromQl.Selector selector : PromQl.of(expression).selectors()) {
                check(
                        selector.labels().contains("instance"),
                        where,
                        selector.metric() + " is asked of every instance");
            }
        }
    }

    private void source(String where, JsonObject json) {
        JsonObject source = json.getJsonObject("datasource", new JsonObject());
        check(
                "${datasource}".equals(source.getString("uid")),
                where,
                "its data source is not the variable");
    }

    private void expression(String where, String expression) {
        KnownMetrics.findings(expression).forEach(finding -> find(where, finding));
    }

    private void rules(String name, Map<?, ?> file, Set<String> fired) {
        Set<String> alerts = new HashSet<>();
        for (Object group : (List<?>) file.get("groups")) {
            for (Object each : (List<?>) ((Map<?, ?>) group).get("rules")) {
                Map<?, ?> rule = (Map<?, ?>) each;
                String alert = String.valueOf(rule.get("alert"));
                String where = name + " alert " + alert;
                check(ALERT.matcher(alert).matches() && alerts.add(alert), where, "name is taken");
                expression(where, String.valueOf(rule.get("expr")));
                Map<?, ?> labels = (Map<?, ?>) rule.get("labels");
                check(
                        SEVERITIES.contains(labels == null ? "" : labels.get("severity")),
                        where,
                        "severity is not one of " + SEVERITIES);
                Map<?, ?> annotations = (Map<?, ?>) rule.get("annotations");
                check(
                        annotations != null
                                && annotations.containsKey("summary")
                                && annotations.containsKey("description"),
                        where,
                        "has no summary or description");
                check(fired.contains(alert), where, "no unit test makes it fire");
            }
        }
    }

    private static Set<String> fired(Map<?, ?> tests) {
        Set<String> fired = new HashSet<>();
        for (Object test : (List<?>) tests.get("tests")) {
            for (Object each : (List<?>) ((Map<?, ?>) test).get("alert_rule_test")) {
                Map<?, ?> expectation = (Map<?, ?>) each;
                if (expectation.containsKey("exp_alerts")) {
                    fired.add(String.valueOf(expectation.get("alertname")));
                }
            }
        }
        return fired;
    }

    private static JsonArray list(JsonObject of, String field) {
        return of == null ? new JsonArray() : of.getJsonArray(field, new JsonArray());
    }

    private void check(boolean holds, String where, String otherwise) {
        if (!holds) {
            find(where, otherwise);
        }
    }

    private void find(String where, String what) {
        findings.add(where + ": " + what);
    }
}
