package io.mptcplb.controlplane.agent.metrics;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether the dataplane lives, told by its published clock: process numbers mean nothing across the
 * namespaces of two containers. One that is seen for the first time has the benefit of the doubt
 * for as long as a living one may be silent.
 */
final class Liveness {
    /** Twenty times as long as an idle dataplane takes from one publication to the next. */
    static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(2);

    private Snapshot.@Nullable Epoch epoch;
    private long clockNanos;
    private long movedNanos;

    /**
     * @param now the latest figures
     * @param nowNanos a clock that never jumps
     */
    boolean isUp(Snapshot now, long nowNanos) {
        if (!now.epoch().equals(epoch) || now.clockNanos() != clockNanos) {
            epoch = now.epoch();
            clockNanos = now.clockNanos();
            movedNanos = nowNanos;
        }
        return nowNanos - movedNanos < SILENT_NANOS;
    }
}
