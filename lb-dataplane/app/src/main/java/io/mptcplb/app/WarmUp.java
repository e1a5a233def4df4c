package io.mptcplb.app;

import com.sun.management.ThreadMXBean;
import io.mptcplb.app.control.ControlFigures;
import io.mptcplb.app.control.WorkerLink;
import io.mptcplb.app.rehearsal.Rehearsal;
import io.mptcplb.contract.CounterFile;
import io.mptcplb.contract.CounterLayout;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Has a worker of its own serve the rehearsal's clients, figures included, until all is warm. */
final class WarmUp {
    /**
     * Of this thread's CPU time: on a busy machine it takes longer rather than stay cold. The
     * compilers work beside it.
     */
    private static final long CPU_NANOS = 1_500_000_000L;

    /** Not for ever, though: then a client's patience counts more. */
    private static final long WALL_NANOS = 8_000_000_000L;

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
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Rehearsal rehearsal = new Rehearsal();
                CounterFile file = CounterFile.create(counters, layout, 0, 0)) {
            Worker worker = worker(rehearsal, file);
            rehearsal.driveBox(worker::doWork);
            long cpuNanos = threads.getCurrentThreadCpuTime();
            long startNanos = System.nanoTime();
            // Whichever of the two is nearer to its end.
            return rehearsal.playAll(
                    () ->
                            Math.max(
                                    threads.getCurrentThreadCpuTime() - cpuNanos - CPU_NANOS,
                                    System.nanoTime() - startNanos - WALL_NANOS),
                    0);
        }
    }

    /** A worker that serves the box of a rehearsal. */
    static Worker worker(Rehearsal rehearsal, CounterFile file) {
        WorkerLink link = new WorkerLink(rehearsal.balancer(), () -> {});
        return worker(rehearsal, publisher(rehearsal, file, link, new ControlFigures()), link);
    }

    static Worker worker(Rehearsal rehearsal, CounterPublisher publisher, WorkerLink link) {
        return new Worker(
                rehearsal.balancer(),
                rehearsal.boxPorts(),
                rehearsal::nowNanos,
                publisher,
                link.mailbox());
    }

    static CounterPublisher publisher(
            Rehearsal rehearsal, CounterFile file, WorkerLink link, ControlFigures control) {
        return new CounterPublisher(
                new CounterTarget(file.writer(0), file.layout()),
                rehearsal.balancer(),
                new WorkerFigures(rehearsal.boxPorts().length),
                List.of(),
                link,
                control,
                rehearsal.nowNanos());
    }
}
