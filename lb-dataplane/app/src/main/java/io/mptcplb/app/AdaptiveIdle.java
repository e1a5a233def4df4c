package io.mptcplb.app;

import io.mptcplb.app.crew.CrewLink;
import io.mptcplb.dpdk.Poller;

/**
 * Spins through a few empty cycles, then sleeps until a frame arrives, another worker hands one
 * over, a timer is due or somebody wakes it; never longer than the poller's own limit, so that the
 * worker always looks at the world again.
 */
final class AdaptiveIdle implements IdleStrategy {
    private static final int SPINS = 64;

    private final Poller poller;
    private final CrewLink crew;
    private int empty;
    private long sleeps;

    AdaptiveIdle(Poller poller, CrewLink crew) {
        this.poller = poller;
        this.crew = crew;
    }

    @Override
    public void idle(int work, long nowNanos, long deadlineNanos) {
        if (work > 0) {
            empty = 0;
            return;
        }
        if (++empty < SPINS) {
            Thread.onSpinWait();
            return;
        }
        long waitNanos =
                deadlineNanos == Long.MAX_VALUE ? Poller.WAIT_NANOS_MAX : deadlineNanos - nowNanos;
        if (waitNanos > 0) {
            sleeps++;
            if (crew.lieDown()) {
                poller.await(waitNanos);
            }
            crew.getUp();
        }
    }

    @Override
    public long sleeps() {
        return sleeps;
    }
}
