package io.mptcplb.bench.compare;

import io.mptcplb.bench.lab.Lab;
import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.load.Arguments;
import io.mptcplb.bench.load.LoadClient;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.bench.load.LoadServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the first clients of a process meet that has just been started, beside what they meet in the
 * same process later: connections one after the other, and a path that goes dark.
 */
public final class Fresh {
    /** A figure of the fresh process, and of the same one warm. */
    record Pair(double fresh, double warm) {}

    /**
     * One process.
     *
     * @param connectMicros 99th percentile of connection, request and response
     * @param stallMillis of a download while its first path goes dark
     */
    record Life(Contender contender, Pair connectMicros, Pair stallMillis) {}

    private static final String PREFIX = "lb-fresh";
    private static final Setting SETTING = Setting.PATHS_100_AND_100_MBIT;
    private static final Duration FIRST = Duration.ofMillis(200);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private Fresh() {}

    /** Prints it; the exit status is 0 if all content was verified. */
    public static int main(Arguments arguments) throws Exception {
        int repetitions = 5;
        int threads = Contender.THREADS;
        while (arguments.more()) {
            switch (arguments.word("option")) {
                case "--repetitions" ->
                        repetitions = Bench.atLeastOne(arguments.count("--repetitions"));
                case "--workers" -> threads = Bench.atLeastOne(arguments.count("--workers"));
                case String other -> throw new IllegalArgumentException("no option " + other);
            }
        }
        measure(repetitions, threads);
        return 0;
    }

    /** The others' processes tell how much of it is the client's and its kernel's. */
    static List<Life> measure(int repetitions, int threads) throws Exception {
        List<Life> lives = new ArrayList<>();
        for (int i = 0; i < repetitions; i++) {
            for (Contender contender : Contender.values()) {
                System.out.printf("%-8s ", contender.text());
                Life life = measure(contender, threads);
                lives.add(life);
                System.out.printf(
                        Locale.ROOT,
                        "first connections, p99 us: %.0f, later %.0f; first failover, stall"
                                + " ms: %.0f, later %.0f%n",
                        life.connectMicros.fresh,
                        life.connectMicros.warm,
                        life.stallMillis.fresh,
                        life.stallMillis.warm);
            }
        }
        return lives;
    }

    private static Life measure(Contender contender, int threads) throws Exception {
        try (Lab lab = Lab.build(contender.options(SETTING.lab(PREFIX)))) {
            lab.closing(lab.backend().call(() -> LoadServer.start(LabAddresses.backend())));
            lab.client()
                    .call(() -> {
                        LoadClient.warmUp();
                        return true;
                    });
            contender.start(lab, SETTING, threads);
            double freshConnect = connectMicros(lab, FIRST);
            double freshStall = stallMillis(lab);
            run(lab, LoadPlan.duplex(LabAddresses.service(), 0).time(SECOND.multipliedBy(3)));
            connectMicros(lab, SECOND.multipliedBy(3));
            stallMillis(lab);
            Pair stall = new Pair(freshStall, stallMillis(lab));
            return new Life(contender, new Pair(freshConnect, connectMicros(lab, FIRST)), stall);
        }
    }

    private static double connectMicros(Lab lab, Duration time) throws Exception {
        return Case.micros(run(lab, LoadPlan.connectionRate(LabAddresses.service(), time)), 99);
    }

    private static LoadReport run(Lab lab, LoadPlan plan) throws Exception {
        return verified(lab.client().call(() -> LoadClient.run(plan)));
    }

    private static double stallMillis(Lab lab) throws Exception {
        LoadPlan plan =
                LoadPlan.download(LabAddresses.service(), 0)
                        .time(SECOND.multipliedBy(3))
                        .withoutSha();
        return verified(DarkPath.during(lab, plan, SECOND)).longestStallNanos(false) / 1e6;
    }

    private static LoadReport verified(LoadReport report) throws IOException {
        if (!report.verified()) {
            throw new IOException(report.failures());
        }
        return report;
    }
}
