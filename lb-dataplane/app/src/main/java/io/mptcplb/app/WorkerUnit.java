package io.mptcplb.app;

import io.mptcplb.app.control.ControlFigures;
import io.mptcplb.app.control.WorkerLink;
import io.mptcplb.app.crew.CrewLink;
import io.mptcplb.app.rehearsal.WorkerClock;
import io.mptcplb.contract.CounterFile;
import io.mptcplb.contract.IdleMode;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.dpdk.DevicePort;
import io.mptcplb.dpdk.DpdkBufferPool;
import io.mptcplb.dpdk.DpdkThread;
import io.mptcplb.dpdk.Poller;
import io.mptcplb.proxy.LoadBalancer;
import io.mptcplb.stack.random.ChaChaKeySource;
import io.mptcplb.stack.time.NanoClock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One worker and all that is its own: a queue of every port, buffers, stack, figures, mailbox,
 * thread. Owner: the main thread, except {@link #stop} and {@link #onDeviceNews}.
 */
final class WorkerUnit implements AutoCloseable {
    private final int number;
    private final LbConfig config;
    private final DpdkBufferPool pool;
    private final Poller poller;
    private final CrewLink crew;
    private final WorkerLink link;
    private final CounterPublisher publisher;
    private final Worker worker;
    private @Nullable DpdkThread thread;

    /**
     * Makes all but the thread.
     *
     * @param number from 0
     * @param ports its queue of every port
     * @param poller where it waits, which is closed with it
     * @param control what happens on the control socket; one worker publishes it for all
     */
    WorkerUnit(
            int number,
            LbConfig config,
            Ports ports,
            Poller poller,
            CrewLink crew,
            CounterFile file,
            ControlFigures control) {
        this.number = number;
        this.config = config;
        this.poller = poller;
        this.crew = crew;
        pool = ports.pool(number);
        NanoClock clock = WorkerClock.real();
        long nowNanos = clock.nanoTime();
        DevicePort[] queues = ports.ofWorker(number);
        for (DevicePort queue : queues) {
            poller.add(queue);
        }
        LoadBalancer balancer =
                new LoadBalancer(
                        config, crew.crew(), queues, pool, ChaChaKeySource.fromSystem(), nowNanos);
        link = new WorkerLink(balancer, poller::wake);
        publisher =
                new CounterPublisher(
                        new CounterTarget(file.writer(number), file.layout()),
                        balancer,
                        new WorkerFigures(queues.length),
                        List.of(queues),
                        link,
                        control,
                        nowNanos);
        worker = new Worker(balancer, queues, clock, publisher, link.mailbox(), crew);
    }

    WorkerLink link() {
        return link;
    }

    CounterPublisher publisher() {
        return publisher;
    }

    /** Begins to serve. */
    void start() {
        IdleStrategy idle =
                config.workers().idle() == IdleMode.SPIN
                        ? IdleStrategy.SPIN
                        : new AdaptiveIdle(poller, crew);
        List<Integer> cores = config.workers().cores();
        int core = cores.isEmpty() ? -1 : cores.get(number);
        thread = DpdkThread.start("worker-" + number, core, () -> worker.run(idle));
    }

    void onDeviceNews() {
        worker.onDeviceNews();
        poller.wake();
    }

    /** Asks the worker to end; any thread, until it is closed. */
    void stop() {
        worker.stop();
        poller.wake();
    }

    /** True once the worker has ended, or was never started; waits for it so long. */
    boolean join(long millis) throws InterruptedException {
        return thread == null || thread.join(millis);
    }

    /** What the worker failed by, or null. */
    @Nullable Throwable failure() {
        return thread == null ? null : thread.failure();
    }

    /** After the end of all workers, before their ports are closed. */
    @Override
    public void close() {
        crew.releaseFrames(pool);
        poller.close();
    }
}
