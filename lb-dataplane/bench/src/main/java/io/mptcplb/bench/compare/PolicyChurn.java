package io.mptcplb.bench.compare;

import io.mptcplb.bench.lab.Lab;
import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabOffloads;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.WireKind;
import io.mptcplb.bench.load.Arguments;
import io.mptcplb.bench.load.Latencies;
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
 * their difference is what the packet path pays. The verdict is on all rounds of a kind together:
 * single ones of a few seconds differ more than the changes cost.
 */
public final class PolicyChurn {
    private static final String PREFIX = "lb-churn";
    private static final String PREFIX_BESIDE = "lb-churn-beside";
    private static final int CHANGES_PER_SECOND = 1_000;
    private static final int BULK_CONNECTIONS = 8;

    /** Few, so that their first exchanges, for which a backend is connected, stay below 1 %. */
    private static final int EXCHANGE_CONNECTIONS = 8;

    private static final double EXCHANGES_PER_SECOND = 1_000;
    private static final int WARM_UP_ROUNDS = 2;

    private final Lab lab;
    private final Duration time;
    private final Tally none = new Tally("none", Optional.empty());
    private final Tally beside;
    private final Tally here;

    /** All rounds of one kind. */
    private static final class Tally {
        final String name;
        final Optional<LabBox> changed;
        final Latencies exchanges = new Latencies();
        double megabits;
        double bulkSeconds;
        long changes;
        double seconds;

        Tally(String name, Optional<LabBox> changed) {
            this.name = name;
            this.changed = changed;
        }

        double mbps() {
            return megabits / bulkSeconds;
        }

        double micros(double percent) {
            return exchanges.percentileNanos(percent) / 1e3;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%-8s %8.0f Mb/s %8.0f us p50 %8.0f us p99 %8.0f changes/s",
                    name,
                    mbps(),
                    micros(50),
                    micros(99),
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
        int rounds = 9;
        double seconds = 3;
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
        System.out.printf(
                Locale.ROOT,
                "goodput %.3f, p99 %.3f of what it is %s%n",
                here.mbps() / other.mbps(),
                here.micros(99) / other.micros(99),
                what);
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
        tally.megabits += bulk.bytes(false) * 8 / 1e6;
        tally.bulkSeconds += bulkSeconds;
        tally.exchanges.addAll(exchanges.exchanges());
    }

    private LoadReport load(LoadPlan plan) throws Exception {
        LoadReport report = lab.client().call(() -> LoadClient.run(plan));
        if (!report.verified()) {
            throw new IllegalStateException(report.summary());
        }
        return report;
    }
}
