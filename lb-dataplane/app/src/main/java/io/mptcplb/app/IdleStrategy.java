package io.mptcplb.app;

/** What a worker does between two duty cycles. Owner: the worker thread. */
interface IdleStrategy {
    /** Looks away at once, whatever there was to do: lowest latency, one core always busy. */
    IdleStrategy SPIN =
            new IdleStrategy() {
                @Override
                public void idle(int work, long nowNanos, long deadlineNanos) {
                    if (work == 0) {
                        Thread.onSpinWait();
                    }
                }

                @Override
                public long sleeps() {
                    return 0;
                }
            };

    /**
     * Called after every duty cycle.
     *
     * @param work what the cycle returned
     * @param nowNanos the cycle's time
     * @param deadlineNanos when the next timer is due, {@code Long.MAX_VALUE} when none is
     */
    void idle(int work, long nowNanos, long deadlineNanos);

    /** Times that the worker slept. */
    long sleeps();
}
