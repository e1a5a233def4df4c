package io.mptcplb.bench.compare;

import io.mptcplb.bench.lab.Lab;
import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabOffloads;
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
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a thousand policy changes a second cost those whom they do not concern: the same loads
 * without changes, with changes of a box beside that carries nothing, and with changes of the box
 * that carries them, in turn. The second kind takes as much of the machine as the third, so that
 * their difference is what the packet path pays. Rounds are short and many, and the verdict is the
 * median of the ratios of neighbours: what else the machine does for some seconds would decide a
 * p99 of all rounds together, whichever kind it falls upon.
 */
public final class PolicyChurn {
    private static final String PREFIX = "lb-churn";
    private static final String PREFIX_BESIDE = "lb-churn-beside";
    private static final int CHANGES_PER_SECOND = 1_000;
    private static final int BULK_CONNECTIONS = 8;

    /** Few, so that their first exchanges, for which a backend is connected, stay below 1 %. */
    private static final int EXCHANGE_CONNECTIONS = 8;

    private static final double EXCHANGES_PER_SECOND = 1_000;
    private static final int WARM_UP_ROUNDS = 10;

    private final Lab lab;
    private final Duration time;
    private final Tally none = new Tally("none", Optional.empty());
    private final Tally beside;
    private final Tally here;

    /** All rounds of one kind. */
    private static final class Tally {
        final String name;
        final Optional<LabBox> changed;
        final List<Double> mbps = new ArrayList<>();
        final List<Double> p50Micros = new ArrayList<>();
        final List<Double> p99Micros = new ArrayList<>();
        long changes;
        double seconds;

        Tally(String name, Optional<LabBox> changed) {
            this.name = name;
            this.changed = changed;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%-8s %8.0f Mb/s %8.0f us p50 %8.0f us p99 %8.0f changes/s",
                    name,
                    quantile(mbps, 0.5),
                    quantile(p50Micros, 0.5),
                    quantile(p99Micros, 0.5),
                    changes / seconds);
        }
    }

    private PolicyChurn(Lab lab, LabBox box, LabBox other, Duration time) {
        this.lab = lab;
        this.time = time;
        beside = new Tally("beside", Optional.of(other));
        here = new Tally("here", Optional.of(box));
    }

    /** Runs the rounds; the exit status is 0 if all content was verified. */
    public static int main(Arguments arguments) throws Exception {
        int rounds = 40;
        double seconds = 2;
        while (arguments.more()) {
            switch (arguments.word("option")) {
                case "--rounds" -> rounds = (int) arguments.decimal("--rounds");
                case "--seconds" -> seconds = arguments.decimal("--seconds");
                case String other -> throw new IllegalArgumentException("no option " + other);
            }
        }
        Duration time = Duration.ofMillis(Math.round(seconds * 1000));
        try (Lab lab = Lab.build(options(PREFIX));
                Lab idle = Lab.build(options(PREFIX_BESIDE))) {
            lab.closing(lab.backend().call(() -> LoadServer.start(LabAddresses.backend())));
            LabBox box = LabBox.start(lab, LabBox.config(MptcpConfig.defaults()));
            LabBox other = LabBox.start(idle, LabBox.config(MptcpConfig.defaults()));
            PolicyChurn warmUp = new PolicyChurn(lab, box, other, time);
            for (int i = 0; i < WARM_UP_ROUNDS; i++) {
                warmUp.round(warmUp.beside);
                warmUp.round(warmUp.here);
            }
            new PolicyChurn(lab, box, other, time).run(rounds);
        }
        return 0;
    }

    /**
     * Frames as on a wire keep the worker busy before client and server are: what it has to do
     * besides shows.
     */
    private static LabOptions options(String prefix) {
        return LabOptions.named(prefix).wire(WireKind.DIRECT).offloads(LabOffloads.OFF);
    }

    private void run(int rounds) throws Exception {
        List<Tally> all = new ArrayList<>(List.of(none, beside, here));
        for (int i = 0; i < rounds; i++) {
            for (Tally tally : all) {
                round(tally);
            }
            Collections.rotate(all, 1); // drift hits all alike
            System.out.printf(
                    "round %d of %d%n  %s%n  %s%n  %s%n", i + 1, rounds, none, beside, here);
        }
        verdict("without changes", none);
        verdict("with changes of the box beside", beside);
    }

    private void verdict(String what, Tally other) {
        List<Double> goodput = ratios(here.mbps, other.mbps);
        List<Double> p99 = ratios(here.p99Micros, other.p99Micros);
        System.out.printf(
                Locale.ROOT,
                "goodput %.3f (quartiles %.3f to %.3f), p99 %.3f (%.3f to %.3f), in the quiet"
                        + " quarter of the rounds %.3f of what it is %s%n",
                quantile(goodput, 0.5),
                quantile(goodput, 0.25),
                quantile(goodput, 0.75),
                quantile(p99, 0.5),
                quantile(p99, 0.25),
                quantile(p99, 0.75),
                quantile(here.p99Micros, 0.25) / quantile(other.p99Micros, 0.25),
                what);
    }

    /** Round by round, so that what slows the machine for a while slows both. */
    private static List<Double> ratios(List<Double> these, List<Double> those) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < these.size(); i++) {
            ratios.add(these.get(i) / those.get(i));
        }
        return ratios;
    }

    private static double quantile(List<Double> values, double share) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.round((sorted.size() - 1) * share));
    }

    private void round(Tally tally) throws Exception {
        PolicyCommands commands =
                tally.changed.isPresent()
                        ? PolicyCommands.start(
                                tally.changed.get().counters().resolveSibling("control.sock"),
                                CHANGES_PER_SECOND)
                        : null;
        long beginNanos = System.nanoTime();
        LoadReport bulk =
                load(
                        LoadPlan.download(LabAddresses.service(), 1)
                                .time(time)
                                .connections(BULK_CONNECTIONS)
                                .withoutSha());
        double bulkSeconds = (System.nanoTime() - beginNanos) / 1e9;
        LoadReport exchanges =
                load(
                        LoadPlan.requestResponse(LabAddresses.service(), time)
                                .connections(EXCHANGE_CONNECTIONS)
                                .requestsPerSecond(EXCHANGES_PER_SECOND));
        double seconds = (System.nanoTime() - beginNanos) / 1e9;
        tally.changes += commands == null ? 0 : commands.stop();
        tally.seconds += seconds;
        tally.mbps.add(bulk.bytes(false) * 8 / 1e6 / bulkSeconds);
        tally.p50Micros.add(exchanges.exchanges().percentileNanos(50) / 1e3);
        tally.p99Micros.add(exchanges.exchanges().percentileNanos(99) / 1e3);
    }

    private LoadReport load(LoadPlan plan) throws Exception {
        LoadReport report = lab.client().call(() -> LoadClient.run(plan));
        if (!report.verified()) {
            throw new IllegalStateException(report.summary());
        }
        return report;
    }
}
