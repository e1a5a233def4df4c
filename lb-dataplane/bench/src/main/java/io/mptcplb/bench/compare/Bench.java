package io.mptcplb.bench.compare;

import io.mptcplb.bench.lab.Lab;
import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.lab.LabProcess;
import io.mptcplb.bench.load.Arguments;
import io.mptcplb.bench.load.LoadClient;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.bench.load.LoadServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** Measures contenders load by load, in turn, and writes down the medians side by side. */
public final class Bench {
    private static final String PREFIX = "lb-bench";

    private List<Contender> contenders = List.of(Contender.values());
    private String wanted = "";
    private int repetitions = 5;
    private Duration time = Duration.ofSeconds(2);
    private @Nullable Path directory;
    private final Results results = new Results();
    private int measured;
    private int planned;

    private Bench() {}

    /** Runs it; the exit status is 0 if no connection failed and all content was verified. */
    public static int main(Arguments arguments) throws Exception {
        Bench bench = new Bench();
        while (arguments.more()) {
            bench.option(arguments);
        }
        return bench.run();
    }

    private void option(Arguments arguments) {
        switch (arguments.word("option")) {
            case "--boxes" ->
                    contenders =
                            Arrays.stream(arguments.word("--boxes").split(",", -1))
                                    .map(Contender::of)
                                    .toList();
            case "--rows" -> wanted = arguments.word("--rows");
            case "--repetitions" -> repetitions = atLeastOne(arguments.count("--repetitions"));
            case "--seconds" ->
                    time =
                            Duration.ofMillis(
                                    atLeastOne(Math.round(arguments.decimal("--seconds") * 1000)));
            case "--results" -> directory = Path.of(arguments.word("--results"));
            case String other -> throw new IllegalArgumentException("no option " + other);
        }
    }

    private static int atLeastOne(long value) {
        if (value < 1 || value > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("--repetitions and --seconds: more than 0");
        }
        return (int) value;
    }

    private int run() throws Exception {
        for (Setting setting : Setting.values()) {
            planned += cases(setting).size() * contenders.size() * repetitions;
        }
        if (planned == 0) {
            throw new IllegalArgumentException("--rows: no row's name contains " + wanted);
        }
        for (int repetition = 0; repetition < repetitions; repetition++) {
            for (Setting setting : Setting.values()) {
                for (int i = 0; i < contenders.size(); i++) {
                    measure(setting, contenders.get((i + repetition) % contenders.size()));
                }
            }
        }
        report();
        return results.failed() == 0 ? 0 : 1;
    }

    /** A row is named by its setting and its load. */
    private List<Case> cases(Setting setting) {
        return setting.cases().stream()
                .filter(load -> (setting.text() + "/" + load.name()).contains(wanted))
                .toList();
    }

    /** One contender through the loads of one setting: a new laboratory, a new process. */
    private void measure(Setting setting, Contender contender) throws Exception {
        List<Case> cases = cases(setting);
        if (cases.isEmpty()) {
            return;
        }
        try (Lab lab = Lab.build(contender.options(setting.lab(PREFIX)))) {
            lab.closing(lab.backend().call(() -> LoadServer.start(LabAddresses.backend())));
            lab.client()
                    .call(() -> {
                        LoadClient.warmUp();
                        return true;
                    });
            LabProcess box = contender.start(lab);
            // Steady state is what these figures are about: neither side's first seconds count.
            lab.client().call(() -> LoadClient.run(warmUp()));
            for (Case load : cases) {
                Run run = measure(lab, box, load);
                results.add(setting, load, contender, run);
                progress(setting, load, contender, run);
            }
        }
    }

    private LoadPlan warmUp() {
        return LoadPlan.duplex(LabAddresses.service(), 0).time(time).connections(2).withoutSha();
    }

    private Run measure(Lab lab, LabProcess box, Case load) throws Exception {
        ProcessHandle process = ProcessHandle.of(box.pid()).orElseThrow();
        long before = CpuTime.nanosOfTree(process);
        LoadReport report = load.kind().failover() ? withDarkPath(lab, load) : loaded(lab, load);
        if (!box.alive()) {
            throw new IOException("the box died: see " + box.log());
        }
        double cpuSeconds = (CpuTime.nanosOfTree(process) - before) / 1e9;
        double gigabytes = load.gigabytes(report);
        int failed = report.verified() ? 0 : Math.max(1, report.failed());
        if (failed > 0) {
            System.out.println("  " + report.summary());
        }
        return new Run(
                load.figure(report),
                gigabytes > 0 ? cpuSeconds / gigabytes : 0,
                load.stallMillis(report),
                residentMebibytes(process),
                failed);
    }

    private LoadReport loaded(Lab lab, Case load) throws Exception {
        return lab.client().call(() -> LoadClient.run(load.plan(time)));
    }

    /** The first path is dark from a third of the time on. */
    private LoadReport withDarkPath(Lab lab, Case load) throws Exception {
        FutureTask<LoadReport> transfer =
                new FutureTask<>(() ->
                        lab.client().call(() -> LoadClient.run(load.plan(time.multipliedBy(3)))));
        Thread.ofPlatform().name("transfer").daemon().start(transfer);
        LabEvents.pause(time);
        lab.path(1).blackhole();
        try {
            return transfer.get();
        } finally {
            lab.path(1).heal();
        }
    }

    private static double residentMebibytes(ProcessHandle process) throws IOException {
        double mebibytes = residentMebibytes(process.pid());
        for (ProcessHandle child : process.descendants().toList()) {
            mebibytes += residentMebibytes(child.pid());
        }
        return mebibytes;
    }

    private static double residentMebibytes(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
            }
        }
        return 0;
    }

    private void progress(Setting setting, Case load, Contender contender, Run run) {
        measured++;
        System.out.printf(
                Locale.ROOT,
                "%4d/%d  %-14s %-18s %-8s %10.1f %-8s %6.2f CPU s/GB%s%n",
                measured,
                planned,
                setting.text(),
                load.name(),
                contender.text(),
                run.figure(),
                load.kind().unit,
                run.cpuSecondsPerGigabyte(),
                run.failed() == 0 ? "" : "   FAILED " + run.failed());
    }

    private void report() throws IOException {
        System.out.printf(
                Locale.ROOT,
                "%n%-14s %-18s %-8s %s   ours to the better one, its CPU likewise%n",
                "setting",
                "load",
                "unit",
                contenders.stream()
                        .map(contender -> String.format(Locale.ROOT, "%10s", contender.text()))
                        .reduce("", String::concat));
        for (Results.Row row : results.rows()) {
            StringBuilder line = new StringBuilder();
            for (Contender contender : contenders) {
                Runs runs = results.runs(row, contender);
                line.append(
                        String.format(
                                Locale.ROOT,
                                "%10.1f",
                                runs == null ? 0 : runs.median(Run::figure)));
            }
            System.out.printf(
                    Locale.ROOT,
                    "%-14s %-18s %-8s %s %8.2f %8.2f%n",
                    row.setting().text(),
                    row.load().name(),
                    row.load().kind().unit,
                    line,
                    results.ratio(row),
                    results.cpuRatio(row));
        }
        if (directory != null) {
            new ResultsFile(results, contenders, Machine.facts(contenders), command())
                    .write(directory);
            System.out.println("written: " + directory.resolve("RESULTS.md"));
        }
    }

    private String command() {
        return String.format(
                Locale.ROOT,
                "sudo ./lb bench --repetitions %d --seconds %s%s --results %s",
                repetitions,
                time.toMillis() / 1000.0,
                wanted.isEmpty() ? "" : " --rows " + wanted,
                directory);
    }
}
