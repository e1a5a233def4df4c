package io.mptcplb.controlplane.agent.kubernetes;

import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * How a node leaves: first another one announces its addresses, then what it has begun ends, or its
 * time. Told the facts now and then, it says when the dataplane may be ended.
 */
final class Departure {
    /**
     * So long somebody may take to take over: an operator that was lost too has a successor by
     * then.
     */
    static final long HANDOVER_NANOS = TimeUnit.SECONDS.toNanos(8);

    /** Clients hear of the other node, and figures that are a second old become true. */
    static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final long beginNanos;
    private final long endNanos;
    private long handedOverNanos;
    private boolean handedOver;

    /**
     * @param limitNanos the most that it may take
     */
    Departure(long nowNanos, long limitNanos) {
        beginNanos = nowNanos;
        endNanos = nowNanos + limitNanos;
    }

    /**
     * Why the dataplane may end now; empty while it shall go on.
     *
     * @param announces the dataplane is still the one who answers for some virtual address
     * @param connections that it serves
     */
    Optional<String> look(boolean announces, long connections, long nowNanos) {
        if (!announces && !handedOver) {
            handedOver = true;
            handedOverNanos = nowNanos;
        }
        if (nowNanos - endNanos >= 0) {
            return Optional.of("time is up, " + connections + " connections are left");
        }
        if (announces) {
            return nowNanos - beginNanos >= HANDOVER_NANOS
                    ? Optional.of("nobody takes its addresses over")
                    : Optional.empty();
        }
        boolean settled = nowNanos - handedOverNanos >= SETTLE_NANOS;
        return settled && connections == 0
                ? Optional.of("no connection is left")
                : Optional.empty();
    }
}
