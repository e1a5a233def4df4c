package io.mptcplb.bench.compare;

import io.mptcplb.bench.lab.Lab;
import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.WireKind;
import io.mptcplb.bench.load.Arguments;
import io.mptcplb.bench.load.LoadClient;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.bench.load.LoadServer;
import io.mptcplb.contract.MptcpConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a thousand policy changes a second cost those whom they do not concern: the same loads with
 * them and without, in turn, in one laboratory and through one box.
 */
public final class PolicyChurn {
    private static final String PREFIX = "lb-churn";
    private static final int CHANGES_PER_SECOND = 1_000;
    private static final int BULK_CONNECTIONS = 8;
    private static final int EXCHANGE_CONNECTIONS = 32;
    private static final double EXCHANGES_PER_SECOND = 1_000;

    /** One round of one kind. */
    private record Round(double mbps, double p99Micros, double changesPerSecond) {}

    private PolicyChurn() {}

    /** Runs the rounds; the exit status is 0 if all content was verified. */
    public static int main(Arguments arguments) throws Exception {
        int rounds = 5;
        double seconds = 4;
        while (arguments.more()) {
            switch (arguments.word("option")) {
                case "--rounds" -> rounds = (int) arguments.decimal("--rounds");
                case "--seconds" -> seconds = arguments.decimal("--seconds");
                case String other -> throw new IllegalArgumentException("no option " + other);
            }
        }
        Duration time = Duration.ofMillis(Math.round(seconds * 1000));
        LabOptions options = LabOptions.named(PREFIX).wire(WireKind.DIRECT);
        try (Lab lab = Lab.build(options)) {
            lab.closing(lab.backend().call(() -> LoadServer.start(LabAddresses.backend())));
            LabBox box = LabBox.start(lab, LabBox.config(MptcpConfig.defaults()));
            run(lab, box, Duration.ofSeconds(1), true);
            List<Round> quiet = new ArrayList<>();
            List<Round> changing = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                // Who comes first changes, so that drift hits both alike.
                for (boolean changes : i % 2 == 0 ? List.of(false, true) : List.of(true, false)) {
                    (changes ? changing : quiet).add(run(lab, box, time, changes));
                }
            }
            print("none", quiet);
            print("changing", changing);
            System.out.printf(
                    Locale.ROOT,
                    "goodput %.3f, p99 %.3f of what it is without changes (medians)%n",
                    median(changing, true) / median(quiet, true),
                    median(changing, false) / median(quiet, false));
        }
        return 0;
    }

    private static Round run(Lab lab, LabBox box, Duration time, boolean changes) throws Exception {
        PolicyCommands commands =
                changes
                        ? PolicyCommands.start(
                                box.counters().resolveSibling("control.sock"), CHANGES_PER_SECOND)
                        : null;
        long beginNanos = System.nanoTime();
        LoadReport bulk =
                run(
                        lab,
                        LoadPlan.download(LabAddresses.service(), 1)
                                .time(time)
                                .connections(BULK_CONNECTIONS)
                                .withoutSha());
        LoadReport exchanges =
                run(
                        lab,
                        LoadPlan.requestResponse(LabAddresses.service(), time)
                                .connections(EXCHANGE_CONNECTIONS)
                                .requestsPerSecond(EXCHANGES_PER_SECOND));
        double seconds = (System.nanoTime() - beginNanos) / 1e9;
        double rate = commands == null ? 0 : commands.stop() / seconds;
        return new Round(
                bulk.goodputMbps(false), exchanges.exchanges().percentileNanos(99) / 1e3, rate);
    }

    private static LoadReport run(Lab lab, LoadPlan plan) throws Exception {
        LoadReport report = lab.client().call(() -> LoadClient.run(plan));
        if (!report.verified()) {
            throw new IllegalStateException(report.summary());
        }
        return report;
    }

    private static void print(String what, List<Round> rounds) {
        for (Round round : rounds) {
            System.out.printf(
                    Locale.ROOT,
                    "%-8s %8.0f Mb/s %8.0f us p99 %8.0f changes/s%n",
                    what,
                    round.mbps(),
                    round.p99Micros(),
                    round.changesPerSecond());
        }
    }

    private static double median(List<Round> rounds, boolean goodput) {
        double[] sorted =
                rounds.stream()
                        .mapToDouble(round -> goodput ? round.mbps() : round.p99Micros())
                        .sorted()
                        .toArray();
        return sorted[sorted.length / 2];
    }
}
