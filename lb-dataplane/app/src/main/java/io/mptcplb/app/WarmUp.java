package io.mptcplb.app;

import io.mptcplb.app.control.ControlFigures;
import io.mptcplb.app.control.WorkerLink;
import io.mptcplb.app.rehearsal.Cabling;
import io.mptcplb.app.rehearsal.MemoryCabling;
import io.mptcplb.app.rehearsal.PacketCabling;
import io.mptcplb.app.rehearsal.Rehearsal;
import io.mptcplb.app.rehearsal.RehearsalBox;
import io.mptcplb.contract.CounterFile;
import io.mptcplb.contract.CounterLayout;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.PortDriver;
import io.mptcplb.dpdk.DpdkBufferPool;
import io.mptcplb.dpdk.DpdkException;
import io.mptcplb.dpdk.Eal;
import io.mptcplb.dpdk.EalOptions;
import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.Mbuf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** Has a worker of its own serve the rehearsal's clients, figures included, until all is warm. */
final class WarmUp {
    private static final long NANOS_PER_MILLI = 1_000_000L;

    /**
     * Also of a box that has one: what is compiled knows the way to another worker, and one alone
     * goes the same way.
     */
    private static final int WORKERS = 2;

    /** Fewer would not even fill the receive rows of six ports. */
    private static final int BUFFERS_MIN = 8_192;

    private static final int TRAINING_BUFFERS = 1 << 14;
    private static final int EAL_MEGABYTES = 32;

    private WarmUp() {}

    /**
     * Compiles the packet path by use, over the classes that will serve: packet ports and the
     * worker's buffers where there are such ports. What fails there is said, and serving goes on.
     *
     * @param pool whose buffers are all there, and will be again
     */
    static void run(LbConfig config, BufferPool pool, Log log) {
        boolean packetPorts =
                config.ports().stream()
                        .anyMatch(port -> port.device().driver() == PortDriver.PACKET);
        boolean enough = pool.capacity() >= BUFFERS_MIN;
        run(packetPorts && enough ? () -> new PacketCabling(pool) : MemoryCabling::plain, log);
    }

    /** Without a configuration: DPDK, where it is installed, lends its buffers. */
    static void train(Log log) {
        int megabytes =
                EAL_MEGABYTES
                        + DpdkBufferPool.megabytes(
                                TRAINING_BUFFERS, Mbuf.DEFAULT_ROOM_BYTES, false);
        try (Eal eal = Eal.start(EalOptions.ofMegabytes(megabytes));
                DpdkBufferPool pool =
                        DpdkBufferPool.create(
                                "training", TRAINING_BUFFERS - 1, Mbuf.DEFAULT_ROOM_BYTES)) {
            log.line(eal.describe());
            run(() -> new PacketCabling(pool), log);
        } catch (DpdkException e) {
            log.line("without DPDK's buffers: " + e.getMessage());
            run(MemoryCabling::offloading, log);
        }
    }

    private static void run(Supplier<Cabling> cabling, Log log) {
        long startNanos = System.nanoTime();
        try {
            Path directory = Files.createTempDirectory("rehearsal");
            Path counters = directory.resolve("counters");
            try {
                Rehearsal.Outcome outcome = play(cabling, counters);
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

    private static Rehearsal.Outcome play(Supplier<Cabling> cabling, Path counters)
            throws IOException {
        CounterLayout layout = CounterNames.layout(RehearsalBox.config());
        Warmth warmth = new Warmth();
        try (CounterFile file = CounterFile.create(counters, layout, 0, 0)) {
            Rehearsal.Outcome outcome = playRound(cabling.get(), 0, file);
            for (int round = 1; outcome.failed() == null && !warmth.enough(); round++) {
                outcome = outcome.and(playRound(cabling.get(), round % WORKERS, file));
            }
            return outcome;
        }
    }

    /**
     * With a box and a worker of its own: what happens once in a worker's life, such as the first
     * question for a neighbour, happens in every round.
     */
    private static Rehearsal.Outcome playRound(Cabling cabling, int first, CounterFile file) {
        try (Rehearsal rehearsal = new Rehearsal(cabling, WORKERS, first)) {
            Worker worker = worker(rehearsal, file);
            rehearsal.driveBox(worker::doWork);
            return rehearsal.playAll();
        }
    }

    /** A worker that serves the box of a rehearsal. */
    static Worker worker(Rehearsal rehearsal, CounterFile file) {
        WorkerLink link = new WorkerLink(rehearsal.box().balancer(), () -> {});
        return worker(rehearsal, publisher(rehearsal, file, link, new ControlFigures()), link);
    }

    static Worker worker(Rehearsal rehearsal, CounterPublisher publisher, WorkerLink link) {
        return new Worker(
                rehearsal.box().balancer(),
                rehearsal.box().ports(),
                rehearsal.clock(),
                publisher,
                link.mailbox(),
                rehearsal.box().crew());
    }

    static CounterPublisher publisher(
            Rehearsal rehearsal, CounterFile file, WorkerLink link, ControlFigures control) {
        return new CounterPublisher(
                new CounterTarget(file.writer(0), file.layout()),
                rehearsal.box().balancer(),
                new WorkerFigures(rehearsal.box().ports().length),
                List.of(),
                link,
                control,
                rehearsal.nowNanos());
    }
}
