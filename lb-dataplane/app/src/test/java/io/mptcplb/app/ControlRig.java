package io.mptcplb.app;

import io.mptcplb.app.control.ControlFigures;
import io.mptcplb.app.control.ControlServer;
import io.mptcplb.app.control.WorkerLink;
import io.mptcplb.app.rehearsal.MemoryCabling;
import io.mptcplb.app.rehearsal.Rehearsal;
import io.mptcplb.app.rehearsal.RehearsalBox;
import io.mptcplb.app.rehearsal.RehearsalPeer;
import io.mptcplb.contract.ConfigFile;
import io.mptcplb.contract.CounterFile;
import io.mptcplb.contract.LbConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The box of a rehearsal, served by a real worker and commanded through a real socket. */
final class ControlRig implements AutoCloseable {
    static final long EPOCH = 77;

    final Path directory;
    final Path socket;
    final Path configLast;
    final Path counters;
    final ControlFigures figures = new ControlFigures();
    final Rehearsal around = new Rehearsal(MemoryCabling.plain());
    private volatile Runnable wake = () -> {};
    final WorkerLink link = new WorkerLink(around.box().balancer(), () -> wake.run());
    final List<String> log = new ArrayList<>();
    final AtomicInteger restarts = new AtomicInteger();
    final Worker worker;
    private final PublishedFigures published;
    private final ControlServer server;
    private final BlockingQueue<Runnable> between = new LinkedBlockingQueue<>();
    private @Nullable Thread box;
    private volatile boolean ending;

    ControlRig(Path parent) throws Exception {
        directory = Files.createDirectory(parent.resolve("state"));
        socket = directory.resolve("control.sock");
        configLast = directory.resolve("config.last");
        counters = directory.resolve("counters");
        ConfigFile.write(configLast, RehearsalBox.config());
        CounterFile file =
                CounterFile.create(counters, CounterNames.layout(RehearsalBox.config()), EPOCH, 1);
        CounterPublisher publisher = WarmUp.publisher(around, file, link, figures);
        published = new PublishedFigures(file, List.of(publisher));
        worker = WarmUp.worker(around, publisher, link);
        server =
                ControlServer.open(
                        new ControlServer.Setting(
                                socket, null, configLast, EPOCH, restarts::incrementAndGet),
                        List.of(link),
                        published,
                        figures,
                        log::add);
        server.start();
    }

    /** Has a thread of its own do everybody's duty cycles. */
    ControlRig running() {
        box = Thread.ofPlatform().daemon().name("rig").start(this::run);
        return this;
    }

    /** Has the worker carry out what it is told before whoever woke it can go on. */
    ControlRig workingWhenWoken() {
        wake = worker::doWork;
        return this;
    }

    private void run() {
        while (!ending) {
            Runnable next = between.poll();
            if (next != null) {
                next.run();
            }
            if (worker.doWork() + around.stepAround() == 0) {
                Thread.onSpinWait();
            }
        }
    }

    /** Opens connections, between two duty cycles. */
    void open(int connections, boolean multipath, long bytes) {
        between.add(() -> {
            for (int i = 0; i < connections; i++) {
                RehearsalPeer peer = around.newPeer(bytes);
                if (!around.open(peer, multipath, bytes)) {
                    throw new AssertionError("no connection");
                }
            }
        });
    }

    /** Subscribed, with duty cycles done only meanwhile. */
    ControlProbe syncedByHand() throws Exception {
        running();
        ControlProbe probe = ControlProbe.synced(socket);
        stop();
        return probe;
    }

    /** More events than the ring holds, before anybody can look. */
    void overflowRing() {
        long lost = link.eventsLost();
        while (link.eventsLost() == lost) {
            around.box().balancer().linkChanged(0, false, around.nowNanos());
        }
    }

    private void stop() {
        ending = true;
        Thread thread = box;
        while (thread != null && thread.isAlive()) {
            Thread.onSpinWait();
        }
        box = null;
    }

    static LbConfig config() {
        return RehearsalBox.config();
    }

    @Override
    public void close() {
        server.close();
        stop();
        around.close();
        published.close();
    }
}
