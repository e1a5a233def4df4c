package io.mptcplb.controlplane.agent.grafana;

import java.util.List;

/**
 * One dashboard.
 *
 * @param file name in the folder {@code grafana}
 * @param uid by which links and provisioning know it
 * @param title of it
 * @param description one sentence
 * @param variables beside the data source and the instance
 * @param rows from top to bottom
 */
record Dashboard(
        String file,
        String uid,
        String title,
        String description,
        List<Variable> variables,
        List<Row> rows) {
    /** Panels under a heading. */
    record Row(String title, List<Panel> panels) {
        Row(String title, Panel... panels) {
            this(title, List.of(panels));
        }
    }

    /**
     * Something to choose at the top.
     *
     * @param name in expressions, behind a dollar sign
     * @param label what the reader sees
     * @param query that lists what can be chosen
     */
    record Variable(String name, String label, String query) {}

    static final Variable INSTANCE =
            new Variable("instance", "Instance", "label_values(mptcplb_dataplane_up, instance)");

    static List<Dashboard> all() {
        return List.of(OverviewDashboard.dashboard(), PathsDashboard.dashboard());
    }

    List<Panel> panels() {
        return rows.stream().flatMap(row -> row.panels().stream()).toList();
    }
}
