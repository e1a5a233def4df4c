package io.mptcplb.bench.compare;

import io.mptcplb.bench.lab.Lab;
import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.WireKind;
import io.mptcplb.bench.load.Arguments;
import io.mptcplb.bench.load.LoadClient;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.bench.load.LoadServer;
import io.mptcplb.contract.CounterReader;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MptcpConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * What one data packet costs the worker, phase by phase: the worker thread's CPU time, divided by
 * the data segments that it sent, split as the measured cycles were. What acknowledgements cost is
 * in their data's price.
 */
public final class Phases {
    private static final String PREFIX = "lb-phases";
    private static final String WORKERS = "worker-";

    /** In the order of a packet's way. */
    private static final List<Metric> PHASES =
            List.of(
                    Metric.WORKER_PHASE_RX_NANOS,
                    Metric.WORKER_PHASE_PARSE_NANOS,
                    Metric.WORKER_PHASE_PROTOCOL_NANOS,
                    Metric.WORKER_PHASE_PROXY_NANOS,
                    Metric.WORKER_PHASE_BUILD_NANOS,
                    Metric.WORKER_PHASE_TX_NANOS,
                    Metric.WORKER_PHASE_KEEPING_NANOS);

    /** What the worker had done by a moment. */
    private record Moment(long cpuNanos, long segments, List<Long> phaseNanos) {
        static Moment now(long pid, CounterReader counters) throws IOException {
            return new Moment(
                    CpuTime.nanos(pid, WORKERS),
                    counters.value(Metric.TCP_DATA_SEGMENTS_TX),
                    PHASES.stream().map(counters::value).toList());
        }

        Moment since(Moment before) {
            List<Long> nanos =
                    IntStream.range(0, PHASES.size())
                            .mapToObj(i -> phaseNanos.get(i) - before.phaseNanos.get(i))
                            .toList();
            return new Moment(cpuNanos - before.cpuNanos, segments - before.segments, nanos);
        }
    }

    private Phases() {}

    /** Runs the bulk cases; the exit status is 0 if all content was verified. */
    public static int main(Arguments arguments) throws Exception {
        String wanted = "";
        double seconds = 5;
        while (arguments.more()) {
            switch (arguments.word("option")) {
                case "--cases" -> wanted = arguments.word("part of a case's name");
                case "--seconds" -> seconds = arguments.decimal("--seconds");
                case String other -> throw new IllegalArgumentException("no option " + other);
            }
        }
        String part = wanted;
        List<Case> cases =
                Setting.MTU_1500_OFFLOADS_ON.cases().stream()
                        .filter(c -> c.bulk() && c.name().contains(part))
                        .toList();
        return run(cases, Duration.ofMillis(Math.round(seconds * 1000))) ? 0 : 1;
    }

    private static boolean run(List<Case> cases, Duration time) throws Exception {
        boolean verified = true;
        LabOptions options = LabOptions.named(PREFIX).wire(WireKind.DIRECT);
        try (Lab lab = Lab.build(options)) {
            lab.closing(lab.backend().call(() -> LoadServer.start(LabAddresses.backend())));
            LabBox box = LabBox.start(lab, LabBox.config(MptcpConfig.defaults()));
            System.out.println(
                    "nanoseconds of the worker per data segment sent, and its CPU s per GB");
            System.out.printf(
                    Locale.ROOT,
                    "%-16s %6s %6s %6s %8s %6s %6s %6s %7s %6s %6s%n",
                    "case",
                    "Mb/s",
                    "rx",
                    "parse",
                    "protocol",
                    "proxy",
                    "build",
                    "tx",
                    "keeping",
                    "all",
                    "s/GB");
            for (Case load : cases) {
                verified &= measure(lab, box, load, time);
            }
        }
        return verified;
    }

    private static boolean measure(Lab lab, LabBox box, Case load, Duration time) throws Exception {
        // The compiler's work on this case comes before what is counted.
        LoadReport first = lab.client().call(() -> LoadClient.run(load.plan(time)));
        long pid = box.process().pid();
        try (CounterReader counters = CounterReader.open(box.counters())) {
            Moment before = Moment.now(pid, counters);
            LoadReport report = lab.client().call(() -> LoadClient.run(load.plan(time)));
            print(load, report, Moment.now(pid, counters).since(before));
            return first.verified() && report.verified();
        }
    }

    private static void print(Case load, LoadReport report, Moment cost) throws IOException {
        double measured = cost.phaseNanos.stream().mapToLong(Long::longValue).sum();
        if (cost.segments == 0 || measured == 0) {
            throw new IOException(load.name() + ": no data segment was sent");
        }
        double each = (double) cost.cpuNanos / cost.segments;
        List<Object> cells = new ArrayList<>(List.of(load.name(), load.figure(report)));
        for (long nanos : cost.phaseNanos) {
            cells.add(nanos / measured * each);
        }
        cells.add(each);
        cells.add(cost.cpuNanos / 1e9 / load.gigabytes(report));
        cells.add(report.verified() ? "" : "  FAILED");
        System.out.printf(
                Locale.ROOT,
                "%-16s %6.0f %6.0f %6.0f %8.0f %6.0f %6.0f %6.0f %7.0f %6.0f %6.2f%s%n",
                cells.toArray());
    }
}
