package io.mptcplb.bench.compare;

import io.mptcplb.bench.lab.Lab;
import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.load.LoadClient;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import java.time.Duration;
import java.util.concurrent.FutureTask;

/** A load during which the first path goes dark. */
final class DarkPath {
    private DarkPath() {}

    /** Runs the load; the path is dark from {@code after} its start to its end, then heals. */
    static LoadReport during(Lab lab, LoadPlan plan, Duration after) throws Exception {
        FutureTask<LoadReport> transfer =
                new FutureTask<>(() -> lab.client().call(() -> LoadClient.run(plan)));
        Thread.ofPlatform().name("transfer").daemon().start(transfer);
        LabEvents.pause(after);
        lab.path(1).blackhole();
        try {
            return transfer.get();
        } finally {
            lab.path(1).heal();
        }
    }
}
