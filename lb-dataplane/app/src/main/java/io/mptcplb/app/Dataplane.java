package io.mptcplb.app;

import io.mptcplb.app.control.ControlFigures;
import io.mptcplb.app.control.ControlServer;
import io.mptcplb.app.control.WorkerLink;
import io.mptcplb.contract.ConfigFile;
import io.mptcplb.contract.CounterFile;
import io.mptcplb.contract.CounterLayout;
import io.mptcplb.contract.HeapSize;
import io.mptcplb.contract.IdleMode;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.SizeConfig;
import io.mptcplb.dpdk.DevicePort;
import io.mptcplb.dpdk.DpdkBufferPool;
import io.mptcplb.dpdk.DpdkError;
import io.mptcplb.dpdk.DpdkException;
import io.mptcplb.dpdk.DpdkThread;
import io.mptcplb.dpdk.Poller;
import io.mptcplb.proxy.LoadBalancer;
import io.mptcplb.stack.random.ChaChaKeySource;
import io.mptcplb.stack.time.NanoClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Ports, a worker and its counter file, running. Owner: the main thread, except {@link #stop}. */
final class Dataplane implements AutoCloseable {
    private static final long JOIN_MILLIS = 1_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final Ports ports;
    private final PublishedFigures counters;
    private final Poller poller;
    private final Worker worker;
    private final @Nullable ControlServer control;
    private final DpdkThread thread;
    private final Restart restart;
    private volatile @Nullable DpdkException abandoned;
    private boolean closed;

    private Dataplane(
            Ports ports,
            PublishedFigures counters,
            Poller poller,
            Worker worker,
            @Nullable ControlServer control,
            DpdkThread thread,
            Restart restart) {
        this.ports = ports;
        this.counters = counters;
        this.poller = poller;
        this.worker = worker;
        this.control = control;
        this.thread = thread;
        this.restart = restart;
    }

    /** Checks, opens and starts everything, or nothing. */
    static Dataplane start(Arguments arguments, LbConfig config, Log log) throws StartupException {
        if (config.workers().count() != 1) {
            throw new StartupException(
                    StartupException.BAD_CONFIG,
                    "workers.count is "
                            + config.workers().count()
                            + ", but a port has one queue so far: set it to 1");
        }
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
        NanoClock clock = System::nanoTime;
        long nowNanos = clock.nanoTime();
        DevicePort[] all = ports.all();
        ChaChaKeySource keys = ChaChaKeySource.fromSystem();
        LoadBalancer balancer = new LoadBalancer(config, 0, all, ports.pool(), keys, nowNanos);
        Poller poller = new Poller();
        for (DevicePort port : all) {
            poller.add(port);
        }
        WorkerLink link = new WorkerLink(balancer, poller::wake);
        CounterLayout layout = CounterNames.layout(config);
        long startUnixNanos = unixNanos();
        CounterFile file =
                createCounters(arguments.counters(), layout, startUnixNanos, keys.nextLong());
        ControlFigures controlFigures = new ControlFigures();
        CounterPublisher publisher =
                new CounterPublisher(
                        new CounterTarget(file.writer(0), layout),
                        balancer,
                        new WorkerFigures(all.length),
                        List.of(all),
                        link,
                        controlFigures,
                        nowNanos);
        PublishedFigures counters = new PublishedFigures(file, List.of(publisher));
        Worker worker = new Worker(balancer, all, clock, publisher, link.mailbox());
        Restart restart = new Restart();
        ControlServer control =
                openControl(
                        arguments, startUnixNanos, link, counters, controlFigures, restart, log);
        IdleStrategy idle =
                config.workers().idle() == IdleMode.SPIN
                        ? IdleStrategy.SPIN
                        : new AdaptiveIdle(poller);
        List<Integer> cores = config.workers().cores();
        int core = cores.isEmpty() ? -1 : cores.getFirst();
        DpdkThread thread = DpdkThread.start("worker-0", core, () -> worker.run(idle));
        if (control != null) {
            control.start();
        }
        Dataplane started =
                new Dataplane(ports, counters, poller, worker, control, thread, restart);
        restart.endsBy(started::stop);
        ports.watch(log, started::onDeviceNews, started::onAllDevicesGone);
        return started;
    }

    private static long unixNanos() {
        Instant now = Instant.now();
        return now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
    }

    /** The epoch is the counter file's: who reads both sees that they belong together. */
    private static @Nullable ControlServer openControl(
            Arguments arguments,
            long epoch,
            WorkerLink link,
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
            return ControlServer.open(setting, List.of(link), counters, figures, log::line);
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
        worker.onDeviceNews();
        poller.wake();
    }

    private void onAllDevicesGone() {
        abandoned =
                new DpdkException(
                        DpdkError.DEVICE_MISSING, "no port has had a device for a minute");
        stop();
    }

    /** Asks the worker to end; any thread. */
    synchronized void stop() {
        worker.stop();
        if (!closed) {
            poller.wake();
        }
    }

    /** Waits for the worker's end; returns what it failed or was given up by, or null. */
    @Nullable Throwable await() {
        boolean ended = false;
        while (!ended) {
            try {
                ended = thread.join(JOIN_MILLIS);
            } catch (InterruptedException e) {
                stop();
            }
        }
        Throwable failed = thread.failure();
        return failed == null ? abandoned : failed;
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
            ports.close();
            poller.close();
            counters.close();
        }
    }
}
