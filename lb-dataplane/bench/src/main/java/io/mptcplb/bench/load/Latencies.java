package io.mptcplb.bench.load;

import java.util.Arrays;
import java.util.Locale;

/** Every latency measured, kept as it is: percentiles are exact. Owner: one thread. */
public final class Latencies {
    private long[] nanos = new long[1024];
    private int count;
    private boolean sorted;

    void add(long value) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, count * 2);
        }
        nanos[count++] = value;
        sorted = false;
    }

    /** Those of another run as well. */
    public void addAll(Latencies other) {
        for (int i = 0; i < other.count; i++) {
            add(other.nanos[i]);
        }
    }

    public int count() {
        return count;
    }

    /** The value that {@code percent} of all do not exceed; 0 if there is none. */
    public long percentileNanos(double percent) {
        if (count == 0) {
            return 0;
        }
        if (!sorted) {
            Arrays.sort(nanos, 0, count);
            sorted = true;
        }
        int rank = (int) Math.ceil(percent / 100 * count);
        return nanos[Math.clamp(rank - 1, 0, count - 1)];
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "lat_p50_us=%.1f lat_p90_us=%.1f lat_p99_us=%.1f lat_p999_us=%.1f lat_max_us=%.1f",
                percentileNanos(50) / 1e3,
                percentileNanos(90) / 1e3,
                percentileNanos(99) / 1e3,
                percentileNanos(99.9) / 1e3,
                percentileNanos(100) / 1e3);
    }
}
