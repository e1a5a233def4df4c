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
    private List<PhaseCost> phases = List.of();
    private List<Fresh.Life> lives = List.of();

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

    /** Adds where our workers' time goes. */
    ResultsFile phases(List<PhaseCost> costs) {
        phases = List.copyOf(costs);
        return this;
    }

    /** Adds what the first clients of a process meet. */
    ResultsFile fresh(List<Fresh.Life> measured) {
        lives = List.copyOf(measured);
        return this;
    }

    /** Writes {@code RESULTS.md} and the plots below it into a directory. */
    void write(Path directory) throws IOException {
        Files.createDirectories(directory.resolve(PLOTS));
        StringBuilder out = new StringBuilder("# Measured side by side\n\n    " + command + "\n\n");
        facts.forEach(fact -> out.append("- ").append(fact).append('\n'));
        out.append(
                """

                Every figure is a median, with the least and the most beside it where they differ. All boxes take turns in the same
                laboratory, each with a thread or worker per CPU and the kernels of client and backend on CUBIC, started anew in each
                repetition; every load runs for 0.6 s before it counts; content is verified. Goodput is what arrived within the time
                that the load was to last. The ratio is ours to the better of the others: above 1 ours is ahead, whatever the unit. CPU time is that of
                the box's own processes, with what their kernel did in interrupts while they ran. On an idle CPU it does it on
                nobody's account, so that paths with a rate limit cost a box on the kernel's stack next to nothing, and one with a
                stack of its own all of it: the time of all CPUs, clients and servers included, is what can be compared there.
                Resident memory leaves out what a kernel holds for its box. Clients, box and servers share these CPUs, and
                figures of one build differ from process to process, of all boxes: the spreads say how much.
                """);
        for (Setting setting : Setting.values()) {
            if (!results.rows(setting).isEmpty()) {
                section(out, directory, setting);
            }
        }
        for (Setting setting : Setting.values()) {
            List<PhaseCost> costs =
                    phases.stream().filter(cost -> cost.row().setting() == setting).toList();
            if (!costs.isEmpty()) {
                phases(out, setting, costs);
            }
        }
        if (!lives.isEmpty()) {
            fresh(out);
        }
        Files.writeString(directory.resolve("RESULTS.md"), out);
    }

    private static void phases(StringBuilder out, Setting setting, List<PhaseCost> costs) {
        out.append("\n## Where our workers' time goes: ").append(setting.title()).append("\n\n");
        out.append(
                """
                Nanoseconds of the workers' CPU time for each frame that they take in or send, whatever its size, and in brackets
                milliseconds per GB. rx and tx are the kernel's work for the most part: the copy of the payload, and what the peer's
                kernel does with it at once. Copied and allocated are bytes, over the whole run.

                """);
        row(out, PhaseCost.heads());
        row(out, PhaseCost.heads().stream().map(head -> "---").toList());
        costs.forEach(cost -> row(out, cost.cells()));
    }

    private void fresh(StringBuilder out) {
        out.append("\n## A fresh process, and the same one warm\n\n");
        out.append(
                """
                Connections one after the other for 0.2 s with request and response, and a download whose first path of two goes
                dark; right after the start, and again after ten seconds of load. Medians; the others say how much of it is the
                client's and its kernel's.

                """);
        row(
                out,
                List.of("box", "p99 us fresh", "warm", "ratio", "stall ms fresh", "warm", "ratio"));
        row(out, List.of("---", "---", "---", "---", "---", "---", "---"));
        for (Contender contender : Contender.values()) {
            List<Fresh.Life> its =
                    lives.stream().filter(life -> life.contender() == contender).toList();
            if (its.isEmpty()) {
                continue;
            }
            List<String> cells = new ArrayList<>(List.of(contender.text()));
            pair(cells, its.stream().map(Fresh.Life::connectMicros).toList());
            pair(cells, its.stream().map(Fresh.Life::stallMillis).toList());
            row(out, cells);
        }
    }

    private static void pair(List<String> cells, List<Fresh.Pair> pairs) {
        double fresh = Runs.median(pairs.stream().mapToDouble(Fresh.Pair::fresh));
        double warm = Runs.median(pairs.stream().mapToDouble(Fresh.Pair::warm));
        cells.add(number(fresh));
        cells.add(number(warm));
        cells.add(number(fresh / warm));
    }

    private static void row(StringBuilder out, List<String> cells) {
        out.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private void section(StringBuilder out, Path directory, Setting setting) throws IOException {
        out.append("\n## ").append(setting.title()).append("\n\n| load | unit |");
        contenders.forEach(contender -> out.append(' ').append(contender.text()).append(" |"));
        out.append(
                " ratio | CPU s/GB | ratio | of all CPUs | ratio | stall ms | us p50 | us p99 |");
        out.append(" MiB | failed |\n|---|---|");
        out.append("---|".repeat(contenders.size() + 10)).append('\n');
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
        out.append(number(results.costRatio(row, Run::cpuSecondsPerGigabyte))).append(" | ");
        out.append(each(row, Run::machineSecondsPerGigabyte)).append(" | ");
        out.append(number(results.costRatio(row, Run::machineSecondsPerGigabyte))).append(" | ");
        out.append(each(row, Run::stallMillis)).append(" | ");
        out.append(each(row, Run::p50Micros)).append(" | ");
        out.append(each(row, Run::p99Micros)).append(" | ");
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
