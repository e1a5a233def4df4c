package io.mptcplb.bench.compare;

import io.mptcplb.bench.lab.Lab;
import io.mptcplb.bench.lab.LabAddresses;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Measures contenders load by load, in turn, and writes down the medians side by side. */
public final class Bench {
    private static final String PREFIX = "lb-bench";

    /** How long each load runs before it counts: a box that compiles itself meets it first here. */
    private static final Duration AHEAD = Duration.ofMillis(600);

    private List<Contender> contenders = List.of(Contender.values());
    private String wanted = "";
    private int repetitions = 5;
    private int threads = Contender.THREADS;
    private Duration time = Duration.ofSeconds(2);
    private @Nullable Path directory;
    private final Results results = new Results();
    private boolean phasesVerified = true;
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
            case "--workers" -> threads = atLeastOne(arguments.count("--workers"));
            case "--results" -> directory = Path.of(arguments.word("--results"));
            case String other -> throw new IllegalArgumentException("no option " + other);
        }
    }

    static int atLeastOne(long value) {
        if (value < 1 || value > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "--repetitions, --seconds and --workers: more than 0");
        }
        return (int) value;
    }

    private int run() throws Exception {
        for (Setting setting : Setting.values()) {
            planned += setting.cases(wanted).size() * contenders.size() * repetitions;
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
            // Whoever has no patience for all of them keeps what there is.
            write(repetition + 1, List.of(), List.of());
        }
        report();
        return results.failed() == 0 && phasesVerified ? 0 : 1;
    }

    /** One contender through the loads of one setting: a new laboratory, a new process. */
    private void measure(Setting setting, Contender contender) throws Exception {
        List<Case> cases = setting.cases(wanted);
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
            LabProcess box = contender.start(lab, setting, threads);
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
        int failed = failures(lab.client().call(() -> LoadClient.run(load.plan(AHEAD))));
        long before = CpuTime.nanosOfTree(process);
        long machineBefore = CpuTime.nanosOfMachine();
        LoadReport report =
                load.kind().failover()
                        ? DarkPath.during(lab, load.plan(time.multipliedBy(3)), time)
                        : lab.client().call(() -> LoadClient.run(load.plan(time)));
        if (!box.alive()) {
            throw new IOException("the box died: see " + box.log());
        }
        double cpuSeconds = (CpuTime.nanosOfTree(process) - before) / 1e9;
        double machineSeconds = (CpuTime.nanosOfMachine() - machineBefore) / 1e9;
        double gigabytes = load.gigabytes(report);
        return new Run(
                load.figure(report),
                gigabytes > 0 ? cpuSeconds / gigabytes : 0,
                gigabytes > 0 ? machineSeconds / gigabytes : 0,
                load.stallMillis(report),
                Case.micros(report, 50),
                Case.micros(report, 99),
                residentMebibytes(process),
                failed + failures(report));
    }

    private static int failures(LoadReport report) {
        if (report.verified()) {
            return 0;
        }
        System.out.println("  " + report.failures());
        return Math.max(1, report.failed());
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
                "%4d/%d  %-14s %-18s %-8s %10.1f %-8s CPU s/GB: %.2f, of all %.2f%s%n",
                measured,
                planned,
                setting.text(),
                load.name(),
                contender.text(),
                run.figure(),
                load.kind().unit,
                run.cpuSecondsPerGigabyte(),
                run.machineSecondsPerGigabyte(),
                run.failed() == 0 ? "" : "   FAILED " + run.failed());
    }

    private void report() throws Exception {
        System.out.printf(
                Locale.ROOT,
                "%n%-14s %-18s %-8s %s   ours to the better one, its CPU and the machine's"
                        + " likewise%n",
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
                    "%-14s %-18s %-8s %s %8.2f %8.2f %8.2f%n",
                    row.setting().text(),
                    row.load().name(),
                    row.load().kind().unit,
                    line,
                    results.ratio(row),
                    results.costRatio(row, Run::cpuSecondsPerGigabyte),
                    results.costRatio(row, Run::machineSecondsPerGigabyte));
        }
        if (directory != null) {
            List<PhaseCost> costs = phases();
            write(
                    repetitions,
                    costs,
                    wanted.isEmpty() ? Fresh.measure(repetitions, threads) : List.of());
            System.out.println("written: " + directory.resolve("RESULTS.md"));
        }
    }

    private void write(int done, List<PhaseCost> costs, List<Fresh.Life> lives) throws IOException {
        if (directory != null) {
            new ResultsFile(
                            results,
                            contenders,
                            Machine.facts(contenders),
                            command(directory, done))
                    .phases(costs)
                    .fresh(lives)
                    .write(directory);
        }
    }

    /** Of the bulk rows over small frames and large ones, after all else, in a box of their own. */
    private List<PhaseCost> phases() throws Exception {
        List<PhaseCost> costs = new ArrayList<>();
        for (Setting setting : Phases.SETTINGS) {
            costs.addAll(Phases.measure(setting, wanted, time, threads));
        }
        phasesVerified = costs.stream().allMatch(PhaseCost::verified);
        return costs;
    }

    private String command(Path to, int done) {
        return String.format(
                Locale.ROOT,
                "sudo ./lb bench --repetitions %d --seconds %s --workers %d%s --results %s",
                done,
                time.toMillis() / 1000.0,
                threads,
                wanted.isEmpty() ? "" : " --rows " + wanted,
                to);
    }
}
