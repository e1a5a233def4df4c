package io.mptcplb.controlplane.agent.grafana;

import java.util.ArrayList;
import java.util.List;

/**
 * One panel of a dashboard.
 *
 * @param title of it
 * @param form how it is drawn
 * @param unit Grafana's name of the unit
 * @param description what it shows, and under which load or fault it moves
 * @param queries what it asks
 * @param widthColumns of Grafana's 24
 */
record Panel(
        String title,
        Form form,
        String unit,
        String description,
        List<Query> queries,
        int widthColumns) {
    /** How a panel is drawn. */
    enum Form {
        /** Lines over time. */
        LINES("timeseries", 8),
        /** Lines over time, stacked: parts of a whole. */
        STACK("timeseries", 8),
        /** The last value, large. */
        STAT("stat", 4);

        final String type;
        final int heightRows;

        Form(String type, int heightRows) {
            this.type = type;
            this.heightRows = heightRows;
        }
    }

    /**
     * One question to Prometheus.
     *
     * @param expression in PromQL, with the dashboard's variables
     * @param legend of its series
     * @param moves whether the description's load or fault must make it other than zero; else it
     *     must only be there
     */
    record Query(String expression, String legend, boolean moves) {}

    static Panel lines(String title, String unit, String description) {
        return new Panel(title, Form.LINES, unit, description, List.of(), 12);
    }

    static Panel stack(String title, String unit, String description) {
        return new Panel(title, Form.STACK, unit, description, List.of(), 12);
    }

    static Panel stat(String title, String unit, String description) {
        return new Panel(title, Form.STAT, unit, description, List.of(), 4);
    }

    /** With a query that moves under what the description names. */
    Panel moving(String expression, String legend) {
        return with(new Query(expression, legend, true));
    }

    /** With a query that is zero unless something goes wrong that no load alone brings about. */
    Panel resting(String expression, String legend) {
        return with(new Query(expression, legend, false));
    }

    Panel width(int columns) {
        return new Panel(title, form, unit, description, queries, columns);
    }

    private Panel with(Query query) {
        List<Query> all = new ArrayList<>(queries);
        all.add(query);
        return new Panel(title, form, unit, description, List.copyOf(all), widthColumns);
    }
}
