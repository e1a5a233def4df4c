package io.mptcplb.api;

import java.time.Duration;

/**
 * Whether the API server is within reach. A connection to it can die without a word, and a server
 * that begins may take a request that it never answers: whoever has not heard of it for long
 * connects anew instead of waiting for what may be dead. One thread's.
 */
public final class Reach {
    /**
     * An API server that begins has answered all watches after five to ten seconds; who connects
     * anew before that begins again with the slowest part.
     */
    public static final Duration PATIENCE = Duration.ofSeconds(20);

    private final long patienceNanos;
    private long heardNanos;

    /**
     * Begins with patience: nothing can have been heard yet.
     *
     * @param patience how long silence is borne
     */
    public Reach(Duration patience, long nowNanos) {
        patienceNanos = patience.toNanos();
        heardNanos = nowNanos;
    }

    /**
     * A look at it.
     *
     * @param isHeard whether all that should come from it does
     * @return whether it has been out of reach for too long; asked again, patience begins anew
     */
    public boolean isLost(boolean isHeard, long nowNanos) {
        boolean isLost = !isHeard && nowNanos - heardNanos > patienceNanos;
        if (isHeard || isLost) {
            heardNanos = nowNanos;
        }
        return isLost;
    }
}
