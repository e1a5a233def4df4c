package io.mptcplb.controlplane.app;

import io.mptcplb.contract.CounterReader;
import io.mptcplb.contract.Metric;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/** What a box has sent to clients over each of its paths, read as often as it is published. */
final class BoxPaths implements AutoCloseable {
    private static final long LOOK_NANOS = 2_000_000;

    private final CounterReader reader;

    BoxPaths(AgentLab lab) throws IOException {
        reader = CounterReader.open(lab.box.counters());
    }

    /** Payload that went out for the first time over path 1 or 2. */
    long sent(int path) {
        return reader.value(Metric.PATH_TX_PAYLOAD_BYTES, path - 1);
    }

    long value(Metric metric) {
        return reader.value(metric);
    }

    /** How long it takes until a path has carried so much more than now. */
    long nanosUntil(int path, long bytes, long limitNanos) {
        long wanted = sent(path) + bytes;
        long beginNanos = System.nanoTime();
        while (sent(path) < wanted) {
            if (System.nanoTime() - beginNanos > limitNanos) {
                throw new AssertionError("path " + path + " has carried nothing for too long");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return System.nanoTime() - beginNanos;
    }

    /**
     * How long after {@code beginNanos} a path has carried its last byte, seen for {@code
     * quietNanos} afterwards.
     */
    long lastSentAfter(long beginNanos, int path, long quietNanos, long limitNanos) {
        long seen = sent(path);
        long lastNanos = System.nanoTime();
        while (System.nanoTime() - lastNanos < quietNanos) {
            long now = sent(path);
            if (now != seen) {
                seen = now;
                lastNanos = System.nanoTime();
                if (lastNanos - beginNanos > limitNanos) {
                    throw new AssertionError("path " + path + " still carries");
                }
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return Math.max(0, lastNanos - beginNanos);
    }

    @Override
    public void close() {
        reader.close();
    }
}
