package io.mptcplb.app.control;

import org.jspecify.annotations.Nullable;

/**
 * How a worker takes orders: one at a time, between two bursts. The control thread puts one in and
 * sees that it is done when the box is empty again.
 */
public final class Mailbox {
    /** Something for the worker to do at once, bounded in work, without allocating. */
    @FunctionalInterface
    public interface Order {
        void carryOut(long nowNanos);
    }

    private volatile @Nullable Order order;

    // ---- worker thread

    /** Carries out the order there is, if any; returns the work done. */
    public int doWork(long nowNanos) {
        Order next = order;
        if (next == null) {
            return 0;
        }
        next.carryOut(nowNanos);
        order = null;
        return 1;
    }

    // ---- control thread

    /** Nothing is there, and all that was has been carried out. */
    boolean isEmpty() {
        return order == null;
    }

    /** Only into an empty box. */
    void put(Order next) {
        if (order != null) {
            throw new IllegalStateException("the worker has not taken the last order");
        }
        order = next;
    }
}
