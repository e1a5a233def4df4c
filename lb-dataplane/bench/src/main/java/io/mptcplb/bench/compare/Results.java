package io.mptcplb.bench.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** All that was measured, by setting, case and contender. */
final class Results {
    /** A load over links. */
    record Row(Setting setting, Case load) {}

    private final Map<Row, Map<Contender, Runs>> rows = new LinkedHashMap<>();

    void add(Setting setting, Case load, Contender contender, Run run) {
        rows.computeIfAbsent(new Row(setting, load), key -> new LinkedHashMap<>())
                .computeIfAbsent(contender, key -> new Runs())
                .add(run);
    }

    /** In the order of the settings and of their cases. */
    List<Row> rows(Setting setting) {
        List<Row> found = new ArrayList<>();
        for (Case load : setting.cases()) {
            Row row = new Row(setting, load);
            if (rows.containsKey(row)) {
                found.add(row);
            }
        }
        return found;
    }

    @Nullable Runs runs(Row row, Contender contender) {
        return rows.getOrDefault(row, Map.of()).get(contender);
    }

    Set<Row> rows() {
        return rows.keySet();
    }

    int failed() {
        return rows.values().stream()
                .flatMap(row -> row.values().stream())
                .mapToInt(Runs::failed)
                .sum();
    }

    /**
     * How many times as good ours is as the best of the others, by medians; 0 when one of them is
     * missing. Above 1 ours is ahead, whether more or less of the figure is better.
     */
    double ratio(Row row) {
        Runs ours = runs(row, Contender.MPTCPLB);
        double best = 0;
        for (Contender other : List.of(Contender.HAPROXY, Contender.NGINX)) {
            Runs theirs = runs(row, other);
            if (theirs != null) {
                double median = theirs.median(Run::figure);
                boolean better = row.load.kind().lessIsBetter() ? median < best : median > best;
                best = best == 0 || better ? median : best;
            }
        }
        if (ours == null || best == 0) {
            return 0;
        }
        double median = ours.median(Run::figure);
        return row.load.kind().lessIsBetter() ? best / median : median / best;
    }

    /** Our cost to the least of the others', by medians; 0 when there is none. */
    double costRatio(Row row, ToDoubleFunction<Run> cost) {
        Runs ours = runs(row, Contender.MPTCPLB);
        double least = 0;
        for (Contender other : List.of(Contender.HAPROXY, Contender.NGINX)) {
            Runs theirs = runs(row, other);
            double each = theirs == null ? 0 : theirs.median(cost);
            least = each > 0 && (least == 0 || each < least) ? each : least;
        }
        return ours == null || least == 0 ? 0 : ours.median(cost) / least;
    }
}
