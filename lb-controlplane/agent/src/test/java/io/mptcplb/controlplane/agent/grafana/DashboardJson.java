package io.mptcplb.controlplane.agent.grafana;

import io.mptcplb.controlplane.agent.grafana.Dashboard.Row;
import io.mptcplb.controlplane.agent.grafana.Dashboard.Variable;
import io.mptcplb.controlplane.agent.grafana.Panel.Form;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** A dashboard as Grafana reads it. */
final class DashboardJson {
    /** Of Grafana 11; later ones bring it up to theirs. */
    static final int SCHEMA_VERSION = 39;

    private static final int COLUMNS = 24;
    private static final String TAG = "mptcp-lb";
    private static final JsonObject DATA_SOURCE =
            new JsonObject().put("type", "prometheus").put("uid", "${datasource}");

    private int nextId = 1;
    private int row;
    private int column;
    private int rowHeight;

    private DashboardJson() {}

    static String text(Dashboard dashboard) {
        return new DashboardJson().of(dashboard).encodePrettily() + "\n";
    }

    private JsonObject of(Dashboard dashboard) {
        return new JsonObject()
                .put("uid", dashboard.uid())
                .put("title", dashboard.title())
                .put("description", dashboard.description())
                .put("tags", new JsonArray().add(TAG))
                .put("schemaVersion", SCHEMA_VERSION)
                .put("version", 1)
                .put("editable", true)
                .put("graphTooltip", 1)
                .put("refresh", "10s")
                .put("time", new JsonObject().put("from", "now-30m").put("to", "now"))
                .put("timezone", "browser")
                .put("links", new JsonArray().add(links()))
                .put("annotations", new JsonObject().put("list", new JsonArray().add(restarts())))
                .put("templating", new JsonObject().put("list", variables(dashboard.variables())))
                .put("panels", panels(dashboard.rows()));
    }

    private static JsonObject links() {
        return new JsonObject()
                .put("type", "dashboards")
                .put("title", "mptcp-lb")
                .put("tags", new JsonArray().add(TAG))
                .put("icon", "external link")
                .put("tooltip", "")
                .put("targetBlank", false)
                .put("asDropdown", false)
                .put("keepTime", true)
                .put("includeVars", true);
    }

    private static JsonObject restarts() {
        return new JsonObject()
                .put("name", "Restarts of the dataplane")
                .put("datasource", DATA_SOURCE)
                .put("enable", true)
                .put("iconColor", "red")
                .put(
                        "target",
                        new JsonObject()
                                .put("refId", "Anno")
                                .put(
                                        "expr",
                                        "changes(mptcplb_dataplane_start_time_seconds{instance=~\"$instance\"}[1m])"
                                            + " > 0"));
    }

    private static JsonArray variables(List<Variable> variables) {
        JsonArray list =
                new JsonArray()
                        .add(
                                new JsonObject()
                                        .put("type", "datasource")
                                        .put("name", "datasource")
                                        .put("label", "Data source")
                                        .put("query", "prometheus"));
        for (Variable variable : variables) {
            list.add(
                    new JsonObject()
                            .put("type", "query")
                            .put("name", variable.name())
                            .put("label", variable.label())
                            .put("datasource", DATA_SOURCE)
                            .put(
                                    "query",
                                    new JsonObject()
                                            .put("query", variable.query())
                                            .put("refId", variable.name()))
                            .put("refresh", 2)
                            .put("sort", 1)
                            .put("multi", true)
                            .put("includeAll", true)
                            .put("allValue", ".*")
                            .put(
                                    "current",
                                    new JsonObject().put("text", "All").put("value", "$__all")));
        }
        return list;
    }

    private JsonArray panels(List<Row> rows) {
        JsonArray list = new JsonArray();
        for (Row each : rows) {
            breakLine();
            list.add(
                    new JsonObject()
                            .put("id", nextId++)
                            .put("type", "row")
                            .put("title", each.title())
                            .put("collapsed", false)
                            .put("panels", new JsonArray())
                            .put("gridPos", place(COLUMNS, 1)));
            for (Panel panel : each.panels()) {
                list.add(panel(panel));
            }
        }
        return list;
    }

    private JsonObject panel(Panel panel) {
        JsonArray targets = new JsonArray();
        for (int i = 0; i < panel.queries().size(); i++) {
            targets.add(
                    new JsonObject()
                            .put("refId", String.valueOf((char) ('A' + i)))
                            .put("datasource", DATA_SOURCE)
                            .put("expr", panel.queries().get(i).expression())
                            .put("legendFormat", panel.queries().get(i).legend()));
        }
        return new JsonObject()
                .put("id", nextId++)
                .put("type", panel.form().type)
                .put("title", panel.title())
                .put("description", panel.description())
                .put("datasource", DATA_SOURCE)
                .put("gridPos", place(panel.widthColumns(), panel.form().heightRows))
                .put("targets", targets)
                .put("fieldConfig", fields(panel))
                .put("options", options(panel.form()));
    }

    private static JsonObject fields(Panel panel) {
        JsonObject defaults = new JsonObject().put("unit", panel.unit());
        if (panel.form() != Form.STAT) {
            defaults.put("min", 0)
                    .put(
                            "custom",
                            new JsonObject()
                                    .put("lineWidth", 1)
                                    .put("fillOpacity", panel.form() == Form.STACK ? 30 : 10)
                                    .put("showPoints", "never")
                                    .put(
                                            "stacking",
                                            new JsonObject()
                                                    .put("group", "A")
                                                    .put(
                                                            "mode",
                                                            panel.form() == Form.STACK
                                                                    ? "normal"
                                                                    : "none")));
        }
        return new JsonObject().put("defaults", defaults).put("overrides", new JsonArray());
    }

    private static JsonObject options(Form form) {
        if (form == Form.STAT) {
            return new JsonObject()
                    .put("colorMode", "value")
                    .put("graphMode", "area")
                    .put("textMode", "value")
                    .put(
                            "reduceOptions",
                            new JsonObject()
                                    .put("calcs", new JsonArray().add("lastNotNull"))
                                    .put("fields", "")
                                    .put("values", false));
        }
        return new JsonObject()
                .put(
                        "legend",
                        new JsonObject()
                                .put("displayMode", "list")
                                .put("placement", "bottom")
                                .put("showLegend", true)
                                .put("calcs", new JsonArray()))
                .put("tooltip", new JsonObject().put("mode", "multi").put("sort", "desc"));
    }

    private JsonObject place(int width, int height) {
        if (column + width > COLUMNS) {
            breakLine();
        }
        JsonObject place =
                new JsonObject().put("x", column).put("y", row).put("w", width).put("h", height);
        column += width;
        rowHeight = Math.max(rowHeight, height);
        return place;
    }

    private void breakLine() {
        row += rowHeight;
        column = 0;
        rowHeight = 0;
    }
}
