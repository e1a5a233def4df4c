package io.mptcplb.bench.compare;

import io.mptcplb.bench.lab.Lab;
import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.load.Arguments;
import io.mptcplb.bench.load.LoadClient;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.bench.load.LoadServer;
import io.mptcplb.contract.CounterReader;
import io.mptcplb.contract.Metric;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where the workers' time goes, phase by phase: the CPU time of their threads, split as the cycles
 * were that they measured, divided by the frames that they took in and sent. The kernel's work for
 * a frame is in it, and on a pair of veths that of the peer who receives it, too.
 */
public final class Phases {
    /** In the order of a packet's way. */
    static final List<String> NAMES =
            List.of("rx", "parse", "protocol", "proxy", "build", "tx", "keeping");

    static final List<Setting> SETTINGS =
            List.of(Setting.MTU_1500_OFFLOADS_ON, Setting.MTU_1500_OFFLOADS_OFF);

    private static final String PREFIX = "lb-phases";
    private static final String WORKERS = "worker-";

    private static final List<Metric> PHASES =
            List.of(
                    Metric.WORKER_PHASE_RX_NANOS,
                    Metric.WORKER_PHASE_PARSE_NANOS,
                    Metric.WORKER_PHASE_PROTOCOL_NANOS,
                    Metric.WORKER_PHASE_PROXY_NANOS,
                    Metric.WORKER_PHASE_BUILD_NANOS,
                    Metric.WORKER_PHASE_TX_NANOS,
                    Metric.WORKER_PHASE_KEEPING_NANOS);

    /** What the workers had done by a moment. */
    private record Moment(
            long cpuNanos, long frames, long copied, long allocated, List<Long> phaseNanos) {
        static Moment now(long pid, CounterReader counters) throws IOException {
            return new Moment(
                    CpuTime.nanos(pid, WORKERS),
                    counters.value(Metric.PORT_RX_FRAMES) + counters.value(Metric.PORT_TX_FRAMES),
                    counters.value(Metric.PAYLOAD_COPIED_BYTES)
                            + counters.value(Metric.PORT_COPIED_PAYLOAD_BYTES),
                    counters.value(Metric.WORKER_ALLOCATED_BYTES),
                    PHASES.stream().map(counters::value).toList());
        }

        Moment since(Moment before) {
            List<Long> nanos =
                    IntStream.range(0, PHASES.size())
                            .mapToObj(i -> phaseNanos.get(i) - before.phaseNanos.get(i))
                            .toList();
            return new Moment(
                    cpuNanos - before.cpuNanos,
                    frames - before.frames,
                    copied - before.copied,
                    allocated - before.allocated,
                    nanos);
        }

        /** CPU time of each phase. */
        List<Double> costs() throws IOException {
            double measured = phaseNanos.stream().mapToLong(Long::longValue).sum();
            if (frames == 0 || measured == 0) {
                throw new IOException("no frame was sent, or no cycle measured");
            }
            return phaseNanos.stream().map(nanos -> nanos / measured * cpuNanos).toList();
        }
    }

    private Phases() {}

    /** Prints them; the exit status is 0 if all content was verified. */
    public static int main(Arguments arguments) throws Exception {
        String wanted = "";
        int workers = Contender.THREADS;
        double seconds = 5;
        while (arguments.more()) {
            switch (arguments.word("option")) {
                case "--rows" -> wanted = arguments.word("part of a row's name");
                case "--seconds" -> seconds = arguments.decimal("--seconds");
                case "--workers" -> workers = Bench.atLeastOne(arguments.count("--workers"));
                case String other -> throw new IllegalArgumentException("no option " + other);
            }
        }
        Duration time = Duration.ofMillis(Math.round(seconds * 1000));
        boolean verified = true;
        System.out.println("nanoseconds per frame, and in brackets ms per GB");
        for (Setting setting : SETTINGS) {
            verified &=
                    measure(setting, wanted, time, workers).stream().allMatch(PhaseCost::verified);
        }
        return verified ? 0 : 1;
    }

    private static void print(PhaseCost cost) {
        StringBuilder line = new StringBuilder(cost.row().setting().text());
        for (int i = 0; i < PhaseCost.heads().size(); i++) {
            line.append("  ");
            line.append(i == 0 ? "" : PhaseCost.heads().get(i) + " ");
            line.append(cost.cells().get(i));
        }
        System.out.println(line);
    }

    /** One box through the bulk loads whose rows' names contain {@code part}; prints each. */
    static List<PhaseCost> measure(Setting setting, String part, Duration time, int workers)
            throws Exception {
        List<Case> cases = setting.cases(part).stream().filter(Case::bulk).toList();
        List<PhaseCost> costs = new ArrayList<>();
        if (cases.isEmpty()) {
            return costs;
        }
        try (Lab lab = Lab.build(setting.lab(PREFIX))) {
            lab.closing(lab.backend().call(() -> LoadServer.start(LabAddresses.backend())));
            LabBox box = Contender.startOurs(lab, setting, workers);
            for (Case load : cases) {
                PhaseCost cost = measure(lab, box, new Results.Row(setting, load), time);
                print(cost);
                costs.add(cost);
            }
        }
        return costs;
    }

    private static PhaseCost measure(Lab lab, LabBox box, Results.Row row, Duration time)
            throws Exception {
        Case load = row.load();
        // The compiler's work on this case comes before what is counted.
        LoadReport first = lab.client().call(() -> LoadClient.run(load.plan(time)));
        long pid = box.process().pid();
        try (CounterReader counters = CounterReader.open(box.counters())) {
            Moment before = Moment.now(pid, counters);
            LoadReport report = lab.client().call(() -> LoadClient.run(load.plan(time)));
            Moment cost = Moment.now(pid, counters).since(before);
            return new PhaseCost(
                    row,
                    load.figure(report),
                    cost.frames,
                    load.gigabytes(report),
                    cost.costs(),
                    cost.copied,
                    cost.allocated,
                    first.verified() && report.verified());
        }
    }
}
