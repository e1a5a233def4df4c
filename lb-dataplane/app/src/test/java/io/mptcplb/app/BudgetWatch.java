package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.contract.Metric;
import java.time.Duration;

/**
 * Reads the memory figures of a running box some twenty times a second, and remembers the worst.
 */
final class BudgetWatch implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofMillis(50);
    private static final int SAMPLES_PER_SECOND_MIN = 5;

    private final BoxFigures figures;
    private final Thread thread = Thread.ofPlatform().name("budget-watch").unstarted(this::run);
    private final long startNanos = System.nanoTime();
    private volatile boolean ended;
    private volatile long samples;
    private volatile long heldBytesMax;

    private BudgetWatch(BoxFigures figures) {
        this.figures = figures;
    }

    static BudgetWatch start(BoxFigures figures) {
        BudgetWatch watch = new BudgetWatch(figures);
        watch.thread.start();
        return watch;
    }

    private void run() {
        while (!ended) {
            heldBytesMax = Math.max(heldBytesMax, figures.value(Metric.BUFFER_HELD_BYTES));
            samples++;
            LabEvents.pause(PERIOD);
        }
    }

    /** Most truesize held so far, over all sessions. */
    long heldBytesMax() {
        return heldBytesMax;
    }

    /** At no time was more held than these bytes, and no receive ring went without a buffer. */
    void assertNeverAbove(long bytes) {
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        assertTrue(samples > seconds * SAMPLES_PER_SECOND_MIN, samples + " in " + seconds + " s");
        assertTrue(heldBytesMax <= bytes, heldBytesMax + " held, " + bytes + " allowed");
        assertEquals(0, figures.value(Metric.BUFFERS_EXHAUSTED));
        assertEquals(0, figures.value(Metric.PORT_RX_NO_BUFFER));
    }

    @Override
    public void close() {
        ended = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
