package io.mptcplb.app;

import io.mptcplb.app.crew.CrewLink;
import io.mptcplb.dpdk.Poller;

/**
 * Spins through a few empty cycles, then sleeps until a frame arrives, another worker hands one
 * over, a timer is due or somebody wakes it; never longer than the poller's own limit, so that the
 * worker always looks at the world again.
 */
final class AdaptiveIdle implements IdleStrategy {
    private final Poller poller;
    private final CrewLink crew;
    private final SpinBudget spins = new SpinBudget();
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
        if (++empty < spins.cycles()) {
            Thread.onSpinWait();
            return;
        }
        long waitNanos =
                deadlineNanos == Long.MAX_VALUE ? Poller.WAIT_NANOS_MAX : deadlineNanos - nowNanos;
        if (waitNanos > 0) {
            sleeps++;
            long beginNanos = System.nanoTime();
            if (crew.lieDown()) {
                poller.await(waitNanos);
            }
            crew.getUp();
            spins.onSleep(System.nanoTime() - beginNanos);
        }
    }

    @Override
    public long sleeps() {
        return sleeps;
    }
}
