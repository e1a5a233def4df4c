package io.mptcplb.app;

import io.mptcplb.app.control.ControlFigures;
import io.mptcplb.app.control.ControlServer;
import io.mptcplb.app.control.WorkerLink;
import io.mptcplb.app.crew.CrewLink;
import io.mptcplb.contract.ConfigFile;
import io.mptcplb.contract.CounterFile;
import io.mptcplb.contract.CounterLayout;
import io.mptcplb.contract.HeapSize;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.SizeConfig;
import io.mptcplb.dpdk.DpdkBufferPool;
import io.mptcplb.dpdk.DpdkError;
import io.mptcplb.dpdk.DpdkException;
import io.mptcplb.dpdk.Poller;
import io.mptcplb.proxy.LoadBalancer;
import io.mptcplb.stack.random.ChaChaKeySource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Ports, workers and their counter file, running. Owner: the main thread, except {@link #stop}. */
final class Dataplane implements AutoCloseable {
    private static final long JOIN_MILLIS = 100;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final Ports ports;
    private final PublishedFigures counters;
    private final List<WorkerUnit> workers;
    private final @Nullable ControlServer control;
    private final Restart restart;
    private volatile @Nullable DpdkException abandoned;
    private boolean closed;

    private Dataplane(
            Ports ports,
            PublishedFigures counters,
            List<WorkerUnit> workers,
            @Nullable ControlServer control,
            Restart restart) {
        this.ports = ports;
        this.counters = counters;
        this.workers = List.copyOf(workers);
        this.control = control;
        this.restart = restart;
    }

    /** Checks, opens and starts everything, or nothing. */
    static Dataplane start(Arguments arguments, LbConfig config, Log log) throws StartupException {
        checkHeap(config);
        Devices devices = new Devices(config, log);
        devices.check(arguments.shareDevices(), arguments.shieldDevices());
        Shield shield =
                Shield.raise(
                        arguments.shieldDevices() ? devices.kernelDevices() : List.of(),
                        arguments.shielded() ? List.of() : devices.sharedDevices());
        Consumer<DpdkBufferPool> warmUp = pool -> WarmUp.run(config, pool, log);
        Ports ports =
                Ports.open(config, devices, shield, log, arguments.warmUp() ? warmUp : pool -> {});
        try {
            return start(arguments, KernelAddresses.learn(config), ports, log);
        } catch (DpdkException | IllegalArgumentException e) {
            ports.close();
            throw new StartupException(StartupException.BAD_CONFIG, String.valueOf(e.getMessage()));
        } catch (StartupException e) {
            ports.close();
            throw e;
        }
    }

    /** Tables are allocated at start: said here by name, or there by an OutOfMemoryError. */
    private static void checkHeap(LbConfig config) throws StartupException {
        long has = Runtime.getRuntime().maxMemory();
        long tables = HeapSize.tableBytes(config);
        if (has < tables) {
            SizeConfig sizes = config.sizes();
            throw new StartupException(
                    StartupException.BAD_CONFIG,
                    "sizes.maxConnections %d and maxTimeWait %d need tables of %d MB, the heap has %d MB: start with -Xmx%dm (compile --jvm-options writes it)"
                            .formatted(
                                    sizes.maxConnections(),
                                    sizes.maxTimeWait(),
                                    tables >> 20,
                                    has >> 20,
                                    HeapSize.megabytes(config)));
        }
    }

    private static Dataplane start(Arguments arguments, LbConfig config, Ports ports, Log log)
            throws StartupException {
        CounterLayout layout = CounterNames.layout(config);
        long startUnixNanos = unixNanos();
        CounterFile file =
                createCounters(
                        arguments.counters(),
                        layout,
                        startUnixNanos,
                        ChaChaKeySource.fromSystem().nextLong());
        ControlFigures figures = new ControlFigures();
        List<WorkerUnit> workers = hire(config, ports, file, figures);
        PublishedFigures counters =
                new PublishedFigures(file, workers.stream().map(WorkerUnit::publisher).toList());
        List<WorkerLink> links = workers.stream().map(WorkerUnit::link).toList();
        Restart restart = new Restart();
        ControlServer control =
                openControl(arguments, startUnixNanos, links, counters, figures, restart, log);
        Dataplane started = new Dataplane(ports, counters, workers, control, restart);
        try {
            workers.forEach(WorkerUnit::start);
        } catch (DpdkException refused) {
            started.stop();
            started.await();
            throw refused;
        }
        if (control != null) {
            control.start();
        }
        restart.endsBy(started::stop);
        ports.watch(log, started::onDeviceNews, started::onAllDevicesGone);
        return started;
    }

    private static List<WorkerUnit> hire(
            LbConfig config, Ports ports, CounterFile file, ControlFigures figures) {
        List<Poller> pollers = new ArrayList<>();
        for (int i = 0; i < config.workers().count(); i++) {
            pollers.add(new Poller());
        }
        int flowsMax = LoadBalancer.flowsElsewhereMax(config);
        List<CrewLink> crew = CrewLink.of(ports.steering(), flowsMax, pollers);
        List<WorkerUnit> workers = new ArrayList<>();
        for (int i = 0; i < pollers.size(); i++) {
            ControlFigures published = i == 0 ? figures : new ControlFigures();
            workers.add(
                    new WorkerUnit(i, config, ports, pollers.get(i), crew.get(i), file, published));
        }
        return workers;
    }

    private static long unixNanos() {
        Instant now = Instant.now();
        return now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
    }

    /** The epoch is the counter file's: who reads both sees that they belong together. */
    private static @Nullable ControlServer openControl(
            Arguments arguments,
            long epoch,
            List<WorkerLink> links,
            PublishedFigures counters,
            ControlFigures figures,
            Restart restart,
            Log log)
            throws StartupException {
        Path state = arguments.state();
        if (state == null) {
            return null;
        }
        ControlServer.Setting setting =
                new ControlServer.Setting(
                        state.resolve("control.sock"),
                        arguments.controlGroup(),
                        state.resolve(ConfigFile.LAST),
                        epoch,
                        restart::ask);
        try {
            return ControlServer.open(setting, links, counters, figures, log::line);
        } catch (IOException e) {
            throw new StartupException(
                    StartupException.CANNOT_CREATE, "control socket in " + state + ": " + e);
        }
    }

    private static CounterFile createCounters(
            Path path, CounterLayout layout, long startUnixNanos, long random)
            throws StartupException {
        try {
            return CounterFile.create(path, layout, startUnixNanos, random);
        } catch (IOException e) {
            throw new StartupException(
                    StartupException.CANNOT_CREATE, "counter file " + path + ": " + e);
        }
    }

    private void onDeviceNews() {
        workers.forEach(WorkerUnit::onDeviceNews);
    }

    private void onAllDevicesGone() {
        abandoned =
                new DpdkException(
                        DpdkError.DEVICE_MISSING, "no port has had a device for a minute");
        stop();
    }

    /** Asks the workers to end; any thread. */
    synchronized void stop() {
        if (!closed) {
            workers.forEach(WorkerUnit::stop);
        }
    }

    /** Waits for the workers' end; returns what one failed or all were given up by, or null. */
    @Nullable Throwable await() {
        Throwable failed = null;
        boolean ended = false;
        while (!ended) {
            ended = true;
            for (WorkerUnit worker : workers) {
                ended &= join(worker);
                if (failed == null && worker.failure() != null) {
                    failed = worker.failure();
                    stop(); // none goes on without the others
                }
            }
        }
        return failed == null ? abandoned : failed;
    }

    private boolean join(WorkerUnit worker) {
        try {
            return worker.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            stop();
            return false;
        }
    }

    /** True when it ended because it was asked to begin anew. */
    boolean restarts() {
        return restart.asked();
    }

    @Override
    public void close() {
        if (control != null) {
            control.close();
        }
        stop();
        await();
        ports.endWatch(); // first, without the lock: its thread may be asking us to stop
        closeAll();
    }

    private synchronized void closeAll() {
        if (!closed) {
            closed = true;
            workers.forEach(WorkerUnit::close);
            ports.close();
            counters.close();
        }
    }
}
