package io.mptcplb.controlplane.app;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Rows of JSON as a table whose columns are as wide as what they hold. Pure. */
final class CtlTable {
    private static final String GAP = "  ";
    private static final String UNKNOWN = "-";

    private final List<Column> columns = new ArrayList<>();

    private record Column(String title, Function<JsonObject, String> cell) {}

    /** The member of this name as it is. */
    CtlTable column(String title, String member) {
        return column(title, row -> text(row, member));
    }

    CtlTable column(String title, Function<JsonObject, String> cell) {
        columns.add(new Column(title, cell));
        return this;
    }

    /** A count of bytes as people read it. */
    CtlTable bytes(String title, String member) {
        return column(
                title,
                row -> row.containsKey(member) ? TopTable.bytes(row.getLong(member)) : UNKNOWN);
    }

    static String text(JsonObject row, String member) {
        Object value = row.getValue(member);
        if (value instanceof JsonArray array) {
            return String.join(",", array.stream().map(String::valueOf).toList());
        }
        String text = value == null ? "" : value.toString();
        return text.isEmpty() ? UNKNOWN : text;
    }

    List<String> lines(JsonArray rows) {
        List<List<String>> cells = new ArrayList<>();
        cells.add(columns.stream().map(Column::title).toList());
        for (int i = 0; i < rows.size(); i++) {
            JsonObject row = rows.getJsonObject(i);
            cells.add(columns.stream().map(column -> column.cell().apply(row)).toList());
        }
        int[] widths = new int[columns.size()];
        for (List<String> line : cells) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        return cells.stream().map(line -> aligned(line, widths)).toList();
    }

    private static String aligned(List<String> line, int[] widths) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            text.append(line.get(i)).repeat(" ", widths[i] - line.get(i).length()).append(GAP);
        }
        return text.toString().stripTrailing();
    }
}
