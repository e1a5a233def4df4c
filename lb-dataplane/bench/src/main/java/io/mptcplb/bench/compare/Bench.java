package io.mptcplb.bench.compare;

import io.mptcplb.bench.lab.Lab;
import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.LabProcess;
import io.mptcplb.bench.lab.WireKind;
import io.mptcplb.bench.load.Arguments;
import io.mptcplb.bench.load.LoadClient;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.bench.load.LoadServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Measures contenders case by case, in turn, and prints the medians side by side. */
public final class Bench {
    private static final String PREFIX = "lb-bench";

    /** One measured run. */
    private record Run(double figure, double cpuSecondsPerGigabyte, boolean verified) {}

    private final List<Contender> contenders;
    private final List<Case> cases;
    private final int repetitions;
    private final Duration time;
    private final Map<Case, Map<Contender, List<Run>>> runs = new LinkedHashMap<>();

    private Bench(List<Contender> contenders, List<Case> cases, int repetitions, Duration time) {
        this.contenders = contenders;
        this.cases = cases;
        this.repetitions = repetitions;
        this.time = time;
    }

    /** Runs it; the exit status is 0 if all content of all runs was verified. */
    public static int main(Arguments arguments) throws Exception {
        List<Contender> contenders = List.of(Contender.HAPROXY, Contender.MPTCPLB);
        List<Case> cases = Case.ALL;
        int repetitions = 3;
        double seconds = 3;
        while (arguments.more()) {
            switch (arguments.word("option")) {
                case "--boxes" ->
                        contenders =
                                Arrays.stream(arguments.word("boxes").split(",", -1))
                                        .map(Contender::of)
                                        .toList();
                case "--cases" -> {
                    String wanted = arguments.word("part of a case's name");
                    cases = Case.ALL.stream().filter(c -> c.name().contains(wanted)).toList();
                }
                case "--repetitions" ->
                        repetitions = Math.toIntExact(arguments.count("--repetitions"));
                case "--seconds" -> seconds = arguments.decimal("--seconds");
                case String other -> throw new IllegalArgumentException("no option " + other);
            }
        }
        Duration time = Duration.ofMillis(Math.round(seconds * 1000));
        return new Bench(contenders, cases, repetitions, time).run();
    }

    private int run() throws Exception {
        for (int repetition = 0; repetition < repetitions; repetition++) {
            for (int i = 0; i < contenders.size(); i++) {
                measure(contenders.get((i + repetition) % contenders.size()));
            }
        }
        boolean verified = true;
        System.out.printf(
                Locale.ROOT,
                "%n%-18s %-8s %-10s %10s %14s%n",
                "case",
                "unit",
                "box",
                "median",
                "CPU s per GB");
        for (Map.Entry<Case, Map<Contender, List<Run>>> entry : runs.entrySet()) {
            for (Map.Entry<Contender, List<Run>> row : entry.getValue().entrySet()) {
                verified &= row.getValue().stream().allMatch(Run::verified);
                System.out.println(line(entry.getKey(), row.getKey(), row.getValue()));
            }
        }
        return verified ? 0 : 1;
    }

    /** One contender through all cases, fresh: a new laboratory, a new process. */
    private void measure(Contender contender) throws Exception {
        LabOptions options = LabOptions.named(PREFIX).wire(WireKind.DIRECT);
        try (Lab lab = Lab.build(contender.options(options))) {
            lab.closing(lab.backend().call(() -> LoadServer.start(LabAddresses.backend())));
            lab.client()
                    .call(() -> {
                        LoadClient.warmUp();
                        return true;
                    });
            LabProcess box = contender.start(lab);
            // Steady state is what these figures are about: neither side's first seconds count.
            lab.client().call(() -> LoadClient.run(warmUp(time)));
            for (Case load : cases) {
                Run run = measure(lab, box, load);
                runs.computeIfAbsent(load, key -> new LinkedHashMap<>())
                        .computeIfAbsent(contender, key -> new ArrayList<>())
                        .add(run);
                System.out.println(line(load, contender, List.of(run)));
            }
        }
    }

    private static LoadPlan warmUp(Duration time) {
        return LoadPlan.duplex(LabAddresses.service(), 0).time(time).connections(2).withoutSha();
    }

    private Run measure(Lab lab, LabProcess box, Case load) throws Exception {
        long before = CpuTime.nanos(box.pid());
        LoadReport report = lab.client().call(() -> LoadClient.run(load.plan(time)));
        if (!box.alive()) {
            throw new IOException("the box died: see " + box.log());
        }
        double cpuSeconds = (CpuTime.nanos(box.pid()) - before) / 1e9;
        double gigabytes = load.gigabytes(report);
        if (!report.verified()) {
            System.out.println("  " + report.summary());
        }
        return new Run(
                load.figure(report), gigabytes > 0 ? cpuSeconds / gigabytes : 0, report.verified());
    }

    private static String line(Case load, Contender contender, List<Run> runs) {
        long failed = runs.stream().filter(run -> !run.verified()).count();
        return String.format(
                Locale.ROOT,
                "%-18s %-8s %-10s %10.1f %14s%s",
                load.name(),
                load.kind().unit,
                contender.text(),
                median(runs.stream().mapToDouble(Run::figure).sorted().toArray()),
                cpu(
                        median(
                                runs.stream()
                                        .mapToDouble(Run::cpuSecondsPerGigabyte)
                                        .sorted()
                                        .toArray())),
                failed == 0 ? "" : "   FAILED " + failed + "/" + runs.size());
    }

    private static String cpu(double secondsPerGigabyte) {
        return secondsPerGigabyte == 0
                ? "-"
                : String.format(Locale.ROOT, "%.2f", secondsPerGigabyte);
    }

    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
