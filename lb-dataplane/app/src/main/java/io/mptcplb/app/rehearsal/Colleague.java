package io.mptcplb.app.rehearsal;

import io.mptcplb.app.crew.CrewLink;
import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.FrameIo;
import io.mptcplb.proxy.LoadBalancer;

/**
 * The second worker of a box that has two. All frames arrive at the first, which hands over what is
 * at home here; both send by the same ports, as they share the thread. Between its cycles it
 * sleeps.
 */
final class Colleague {
    private static final int TIMERS_MAX = 256;

    private final LoadBalancer balancer;
    private final CrewLink link;
    private final FrameIo[] ports;

    Colleague(LoadBalancer balancer, CrewLink link, FrameIo[] ports) {
        this.balancer = balancer;
        this.link = link;
        this.ports = ports;
    }

    LoadBalancer balancer() {
        return balancer;
    }

    /** One duty cycle; returns the work done. */
    int cycle(long nowNanos) {
        link.getUp();
        int work = link.takeFrames(balancer, nowNanos);
        link.ringBells();
        work += balancer.expire(nowNanos, TIMERS_MAX) + balancer.output(nowNanos);
        for (FrameIo port : ports) {
            work += port.flush();
        }
        work += balancer.idle();
        // Whoever has something for it rings from now on.
        link.lieDown();
        return work;
    }

    void close(BufferPool pool, long nowNanos) {
        balancer.close(nowNanos);
        link.releaseFrames(pool);
    }
}
