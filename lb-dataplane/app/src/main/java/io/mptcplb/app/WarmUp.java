package io.mptcplb.app;

import io.mptcplb.app.rehearsal.Rehearsal;
import io.mptcplb.contract.CounterFile;
import io.mptcplb.contract.CounterLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Has a worker of its own serve the rehearsal's clients, figures included, until all is warm. */
final class WarmUp {
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private WarmUp() {}

    /** Compiles the packet path by use; what fails there is said, and serving goes on. */
    static void run(Log log) {
        long startNanos = System.nanoTime();
        try {
            Path directory = Files.createTempDirectory("rehearsal");
            Path counters = directory.resolve("counters");
            try {
                Rehearsal.Outcome outcome = play(counters);
                String failed = outcome.failed();
                log.line(
                        "rehearsed "
                                + outcome.scenes()
                                + " scenes with "
                                + outcome.frames()
                                + " frames in "
                                + (System.nanoTime() - startNanos) / NANOS_PER_MILLI
                                + " ms"
                                + (failed == null ? "" : "; " + failed + " DID NOT END"));
            } finally {
                Files.deleteIfExists(counters);
                Files.delete(directory);
            }
        } catch (IOException e) {
            log.line("not rehearsed: " + e);
        }
    }

    private static Rehearsal.Outcome play(Path counters) throws IOException {
        CounterLayout layout = CounterNames.layout(Rehearsal.config());
        try (Rehearsal rehearsal = new Rehearsal();
                CounterFile file = CounterFile.create(counters, layout, 0, 0)) {
            Worker worker = worker(rehearsal, file);
            rehearsal.driveBox(worker::doWork);
            return rehearsal.playUntil(new Warmth()::enough);
        }
    }

    /** A worker that serves the box of a rehearsal. */
    static Worker worker(Rehearsal rehearsal, CounterFile file) {
        WorkerFigures figures = new WorkerFigures(rehearsal.boxPorts().length);
        CounterPublisher publisher =
                new CounterPublisher(
                        file.writer(0),
                        file.layout(),
                        rehearsal.balancer(),
                        figures,
                        List.of(),
                        rehearsal.nowNanos());
        return new Worker(
                rehearsal.balancer(),
                rehearsal.boxPorts(),
                rehearsal::nowNanos,
                figures,
                publisher);
    }
}
