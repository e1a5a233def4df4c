package io.mptcplb.app;

/** What a worker knows of its own cycles. Owner: the worker thread. */
final class WorkerFigures {
    long cycles;
    long busyCycles;
    long busyNanos;
    long longestCycleNanos;
    long sleeps;
    long timersFired;
    final long[] linkChanges;

    WorkerFigures(int ports) {
        linkChanges = new long[ports];
    }

    /**
     * A cycle begins: counts the one before it, whose length shows only now, as the clock is read
     * once per cycle. The length of an idle one is that of the sleep after it, and says nothing.
     */
    void onCycle(long previousNanos, int previousWork) {
        cycles++;
        if (previousWork > 0) {
            busyCycles++;
            busyNanos += previousNanos;
            if (previousNanos > longestCycleNanos) {
                longestCycleNanos = previousNanos;
            }
        }
    }
}
