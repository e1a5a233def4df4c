package io.mptcplb.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Results as a document with plots beside it. */
final class ResultsFile {
    private static final String PLOTS = "results";

    private final Results results;
    private final List<Contender> contenders;
    private final List<String> facts;
    private final String command;

    /**
     * @param facts of the machine and the contenders, one line each
     * @param command that repeats the measurement
     */
    ResultsFile(Results results, List<Contender> contenders, List<String> facts, String command) {
        this.results = results;
        this.contenders = List.copyOf(contenders);
        this.facts = List.copyOf(facts);
        this.command = command;
    }

    /** Writes {@code RESULTS.md} and the plots below it into a directory. */
    void write(Path directory) throws IOException {
        Files.createDirectories(directory.resolve(PLOTS));
        StringBuilder out = new StringBuilder("# Measured side by side\n\n    " + command + "\n\n");
        facts.forEach(fact -> out.append("- ").append(fact).append('\n'));
        out.append(
                """

                Every figure is a median, with the least and the most beside it where they differ. All boxes take turns in the
                same laboratory, each started anew and warmed by one transfer per repetition; content is verified. The ratio is
                ours to the better of the others: above 1 ours is ahead, whatever the unit. CPU time is that of the box's own
                processes with the kernel's network work on top of them; resident memory leaves out what their kernel holds.
                """);
        for (Setting setting : Setting.values()) {
            if (!results.rows(setting).isEmpty()) {
                section(out, directory, setting);
            }
        }
        Files.writeString(directory.resolve("RESULTS.md"), out);
    }

    private void section(StringBuilder out, Path directory, Setting setting) throws IOException {
        out.append("\n## ").append(setting.title()).append("\n\n| load | unit |");
        contenders.forEach(contender -> out.append(' ').append(contender.text()).append(" |"));
        out.append(" ratio | CPU s/GB | CPU ratio | stall ms | MiB | failed |\n|---|---|");
        out.append("---|".repeat(contenders.size() + 6)).append('\n');
        for (Results.Row row : results.rows(setting)) {
            line(out, row);
        }
        plot(out, directory, setting, "goodput", "Mb/s", Run::figure);
        plot(out, directory, setting, "cpu", "CPU s per GB", Run::cpuSecondsPerGigabyte);
    }

    private void line(StringBuilder out, Results.Row row) {
        out.append("| ").append(row.load().name());
        out.append(" | ").append(row.load().kind().unit).append(" |");
        for (Contender contender : contenders) {
            Runs runs = results.runs(row, contender);
            out.append(' ').append(runs == null ? "-" : spread(runs)).append(" |");
        }
        out.append(' ').append(number(results.ratio(row))).append(" | ");
        out.append(each(row, Run::cpuSecondsPerGigabyte)).append(" | ");
        out.append(number(results.cpuRatio(row))).append(" | ");
        out.append(each(row, Run::stallMillis)).append(" | ");
        out.append(each(row, Run::residentMebibytes)).append(" | ");
        out.append(failed(row)).append(" |\n");
    }

    private static String spread(Runs runs) {
        String median = number(runs.median(Run::figure));
        return runs.count() == 1
                ? median
                : median
                        + " ("
                        + number(runs.least(Run::figure))
                        + "-"
                        + number(runs.most(Run::figure))
                        + ")";
    }

    private String each(Results.Row row, ToDoubleFunction<Run> of) {
        List<String> cells = new ArrayList<>();
        for (Contender contender : contenders) {
            Runs runs = results.runs(row, contender);
            cells.add(runs == null ? "-" : number(runs.median(of)));
        }
        return String.join(" / ", cells);
    }

    private String failed(Results.Row row) {
        List<String> cells = new ArrayList<>();
        for (Contender contender : contenders) {
            Runs runs = results.runs(row, contender);
            cells.add(runs == null ? "-" : Integer.toString(runs.failed()));
        }
        return String.join(" / ", cells);
    }

    private static String number(double value) {
        if (value == 0) {
            return "-";
        }
        return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
    }

    private void plot(
            StringBuilder out,
            Path directory,
            Setting setting,
            String what,
            String unit,
            ToDoubleFunction<Run> of)
            throws IOException {
        Plot plot =
                new Plot(setting.title(), unit, contenders.stream().map(Contender::text).toList());
        for (Results.Row row : results.rows(setting)) {
            if (row.load().bulk()) {
                plot.group(
                        row.load().name(),
                        contenders.stream()
                                .map(contender -> {
                                    Runs runs = results.runs(row, contender);
                                    return runs == null ? 0.0 : runs.median(of);
                                })
                                .toList());
            }
        }
        if (!plot.isEmpty()) {
            String file = PLOTS + "/" + setting.text() + "-" + what + ".svg";
            Files.writeString(directory.resolve(file), plot.svg());
            out.append("\n![").append(unit).append("](").append(file).append(")\n");
        }
    }
}
