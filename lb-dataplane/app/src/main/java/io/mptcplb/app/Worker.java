package io.mptcplb.app;

import io.mptcplb.app.control.Mailbox;
import io.mptcplb.app.crew.CrewLink;
import io.mptcplb.frame.FrameIo;
import io.mptcplb.proxy.LoadBalancer;
import io.mptcplb.stack.time.NanoClock;
import io.mptcplb.stack.time.Phase;
import io.mptcplb.stack.time.PhaseClock;

/**
 * One core's duty cycle: at most one order, frames in, those of other workers among them, timers,
 * frames out. Never blocks, never allocates; what it does between two cycles is the {@link
 * IdleStrategy}'s.
 */
final class Worker {
    private static final int TIMERS_MAX = 256;

    /** One duty cycle in so many is measured phase by phase. */
    private static final int CYCLES_PER_MEASURED = 64;

    /** Bursts taken from one port before the others have their turn. */
    private static final int BURSTS_MAX = 4;

    /** Data has left a path whose carrier is gone within 200 ms: most of that is not ours. */
    private static final long LINK_CHECK_NANOS = 25_000_000L;

    /** Live connections that follow a change of policy or link in one cycle. */
    private static final int FOLLOWING_MAX = 256;

    private static final long PUBLISH_NANOS = 5_000_000L;

    private final LoadBalancer balancer;
    private final FrameIo[] ports;
    private final NanoClock clock;
    private final WorkerFigures figures;
    private final CounterPublisher publisher;
    private final Mailbox mailbox;
    private final CrewLink crew;
    private final PhaseClock phases;
    private final long[] burst = new long[LoadBalancer.BURST_FRAMES];
    private long linkCheckNanos;
    private long publishNanos;
    private long lastNanos;
    private int lastWork;
    private volatile boolean stopping;
    private volatile boolean deviceNews;

    Worker(
            LoadBalancer balancer,
            FrameIo[] ports,
            NanoClock clock,
            CounterPublisher publisher,
            Mailbox mailbox,
            CrewLink crew) {
        this.balancer = balancer;
        this.ports = ports;
        this.clock = clock;
        figures = publisher.figures();
        this.publisher = publisher;
        this.mailbox = mailbox;
        this.crew = crew;
        phases = balancer.ip().phases();
        phases.use(clock);
        lastNanos = clock.nanoTime();
        linkCheckNanos = lastNanos;
        publishNanos = lastNanos;
    }

    /** Ends {@link #run} after the cycle at hand; any thread. */
    void stop() {
        stopping = true;
    }

    /** Some port's {@link FrameIo#linkUp} has something to say; any thread. */
    void onDeviceNews() {
        deviceNews = true;
    }

    /** Cycles until {@link #stop}, then resets what is open. The worker thread's whole life. */
    void run(IdleStrategy idle) {
        balancer.announce(clock.nanoTime());
        while (!stopping) {
            int work = doWork();
            idle.idle(work, lastNanos, balancer.nextDeadlineNanos());
            figures.sleeps = idle.sleeps();
        }
        long nowNanos = clock.nanoTime();
        balancer.close(nowNanos);
        balancer.output(nowNanos);
        flush();
        publisher.publish(nowNanos);
    }

    /** One duty cycle; returns the work done, 0 lets the idle strategy back off. */
    int doWork() {
        long nowNanos = clock.nanoTime();
        figures.onCycle(nowNanos - lastNanos, lastWork);
        if (lastWork > 0) {
            balancer.ip().onBusyCycle(nowNanos - lastNanos);
        }
        if (figures.cycles % CYCLES_PER_MEASURED == 0) {
            phases.begin(Phase.KEEPING);
        }
        int work = 0;
        for (int port = 0; port < ports.length; port++) {
            work += receive(port, nowNanos);
        }
        work += crew.takeFrames(balancer, nowNanos);
        crew.ringBells();
        phases.enter(Phase.PROTOCOL);
        int timers = balancer.expire(nowNanos, TIMERS_MAX);
        figures.timersFired += timers;
        work += timers + balancer.runPolicy(nowNanos, FOLLOWING_MAX);
        work += balancer.output(nowNanos) + flush();
        phases.enter(Phase.KEEPING);
        work += mailbox.doWork(nowNanos); // no frame waits for an order
        if (work == 0) {
            work = balancer.idle();
        }
        lastNanos = nowNanos;
        lastWork = work;
        if (deviceNews || nowNanos - linkCheckNanos >= 0) {
            deviceNews = false; // first: what comes from here on is for the next cycle
            linkCheckNanos = nowNanos + LINK_CHECK_NANOS;
            checkLinks(nowNanos);
        }
        if (nowNanos - publishNanos >= 0) {
            publishNanos = nowNanos + PUBLISH_NANOS;
            publisher.publish(nowNanos);
        }
        phases.end();
        return work;
    }

    private int receive(int port, long nowNanos) {
        int taken = 0;
        int bursts = BURSTS_MAX;
        // One way out of the loop, which every port takes often: see the rehearsal (ADR 9).
        while (bursts > 0) {
            phases.enter(Phase.RX);
            int count = ports[port].poll(burst);
            crew.takeNews(balancer, nowNanos);
            for (int i = 0; i < count; i++) {
                phases.enter(Phase.PARSE);
                balancer.onFrame(port, burst[i], nowNanos);
            }
            taken += count;
            bursts = count < burst.length ? 0 : bursts - 1;
        }
        return taken;
    }

    private int flush() {
        phases.enter(Phase.TX);
        int flushed = 0;
        for (FrameIo port : ports) {
            flushed += port.flush();
        }
        return flushed;
    }

    private void checkLinks(long nowNanos) {
        for (int i = 0; i < ports.length; i++) {
            boolean up = ports[i].linkUp();
            if (up != balancer.ip().port(i).linkUp()) {
                figures.linkChanges[i]++;
                balancer.linkChanged(i, up, nowNanos);
            }
            balancer.lookAtDevice(i, nowNanos);
        }
    }
}
