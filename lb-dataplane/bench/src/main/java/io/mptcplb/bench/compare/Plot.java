package io.mptcplb.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Horizontal bars in groups, as SVG: one group per load, one bar per contender. */
final class Plot {
    private static final int LABEL_WIDTH = 170;
    private static final int BAR_WIDTH = 420;
    private static final int VALUE_WIDTH = 110;
    private static final int BAR_HEIGHT = 14;
    private static final int GROUP_GAP = 10;
    private static final int HEAD = 64;
    private static final List<String> COLOURS = List.of("#8c96a3", "#b9c0c9", "#1f78b4");

    private record Group(String label, List<Double> values) {}

    private final String title;
    private final String unit;
    private final List<String> series;
    private final List<Group> groups = new ArrayList<>();

    /**
     * @param series names of a group's bars, at most three; the last is the one to be seen
     */
    Plot(String title, String unit, List<String> series) {
        this.title = title;
        this.unit = unit;
        this.series = List.copyOf(series);
    }

    /** A value of 0 has no bar. */
    void group(String label, List<Double> values) {
        groups.add(new Group(label, List.copyOf(values)));
    }

    boolean isEmpty() {
        return groups.isEmpty();
    }

    String svg() {
        int groupHeight = series.size() * BAR_HEIGHT + GROUP_GAP;
        int width = LABEL_WIDTH + BAR_WIDTH + VALUE_WIDTH;
        int height = HEAD + groups.size() * groupHeight;
        StringBuilder out = new StringBuilder();
        out.append(
                String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
                                + " width=\"%d\" height=\"%d\" font-family=\"sans-serif\""
                                + " font-size=\"12\">\n",
                        width,
                        height,
                        width,
                        height));
        out.append(
                String.format(
                        Locale.ROOT,
                        "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n",
                        width,
                        height));
        out.append(
                String.format(
                        Locale.ROOT,
                        "<text x=\"8\" y=\"20\" font-size=\"15\">%s (%s)</text>\n",
                        title,
                        unit));
        legend(out);
        double most =
                groups.stream()
                        .flatMap(group -> group.values.stream())
                        .mapToDouble(Double::doubleValue)
                        .max()
                        .orElse(0);
        for (int i = 0; i < groups.size(); i++) {
            bars(out, groups.get(i), HEAD + i * groupHeight, most);
        }
        return out.append("</svg>\n").toString();
    }

    private void legend(StringBuilder out) {
        for (int i = 0; i < series.size(); i++) {
            int x = LABEL_WIDTH + i * 120;
            out.append(
                    String.format(
                            Locale.ROOT,
                            "<rect x=\"%d\" y=\"32\" width=\"12\" height=\"12\" fill=\"%s\"/>"
                                    + "<text x=\"%d\" y=\"42\">%s</text>\n",
                            x,
                            colour(i),
                            x + 18,
                            series.get(i)));
        }
    }

    private void bars(StringBuilder out, Group group, int top, double most) {
        int middle = top + series.size() * BAR_HEIGHT / 2 + 4;
        out.append(
                String.format(
                        Locale.ROOT,
                        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n",
                        LABEL_WIDTH - 8,
                        middle,
                        group.label));
        for (int i = 0; i < group.values.size(); i++) {
            double value = group.values.get(i);
            if (value <= 0) {
                continue;
            }
            double length = Math.max(1, value / most * BAR_WIDTH);
            int y = top + i * BAR_HEIGHT;
            out.append(
                    String.format(
                            Locale.ROOT,
                            "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>"
                                    + "<text x=\"%.1f\" y=\"%d\" font-size=\"10\">%s</text>\n",
                            LABEL_WIDTH,
                            y,
                            length,
                            BAR_HEIGHT - 2,
                            colour(i),
                            LABEL_WIDTH + length + 4,
                            y + BAR_HEIGHT - 4,
                            String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value)));
        }
    }

    /** The last of the series has the last colour, however many there are. */
    private String colour(int index) {
        return COLOURS.get(COLOURS.size() - series.size() + index);
    }
}
