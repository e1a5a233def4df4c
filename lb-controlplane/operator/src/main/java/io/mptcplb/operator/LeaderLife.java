package io.mptcplb.operator;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether the leader is lost with its node. Then nobody renews its Lease, nor that of the node's
 * dataplane, and whoever stands by need not wait for the former's end: it is long, as a leader that
 * is merely slow must not lose it, and the node's addresses have to move before.
 *
 * <p>The other side of the same promise: a leader that was out of reach for so long may have a
 * successor, and must not act on what it knew before it has renewed its Lease.
 */
final class LeaderLife {
    private static final char OF_NODE = '_';

    private final NodeLives lives;
    private final long patienceNanos;
    private String holder = "";
    private @Nullable Instant renewed;
    private long seenNanos;

    LeaderLife(NodeLives lives, long patienceMillis) {
        this.lives = lives;
        patienceNanos = TimeUnit.MILLISECONDS.toNanos(patienceMillis);
    }

    /** By which name an operator leads; neither part has an underscore. */
    static String holder(String identity, String node) {
        return node.isEmpty() ? identity : identity + OF_NODE + node;
    }

    /**
     * The operators' Lease as it was just seen.
     *
     * @param renewal its renewTime, by the clock of whoever leads
     */
    synchronized void onLease(String leader, @Nullable Instant renewal, long nowNanos) {
        if (!leader.equals(holder) || !Objects.equals(renewal, renewed)) {
            seenNanos = nowNanos;
        }
        holder = leader;
        renewed = renewal;
    }

    /**
     * Whether it is certain that nobody else leads. The renewal's own time counts, not when it was
     * seen: a network that was cut delivers late.
     *
     * @param us by which name we lead
     * @param now by the clock that our renewals are dated by
     */
    synchronized boolean leads(String us, Instant now) {
        Instant last = renewed;
        return last != null && us.equals(holder) && now.isBefore(last.plusNanos(patienceNanos));
    }

    /** How long no leader has been seen to renew its Lease. */
    synchronized long silentNanos(long nowNanos) {
        return nowNanos - seenNanos;
    }

    /** The leader that is lost, as it stands in the Lease. */
    synchronized Optional<String> lost(long nowNanos) {
        int node = holder.indexOf(OF_NODE) + 1;
        boolean isLost =
                node > 0
                        && nowNanos - seenNanos > patienceNanos
                        && lives.silentNanos(holder.substring(node), nowNanos) > patienceNanos;
        return isLost ? Optional.of(holder) : Optional.empty();
    }
}
