package io.mptcplb.operator;

import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Whether the leader is lost with its node. Then nobody renews its Lease, nor that of the node's
 * dataplane, and whoever stands by need not wait for the former's end: it is long, as a leader that
 * is merely slow must not lose it, and the node's addresses have to move before.
 */
final class LeaderLife {
    private static final char OF_NODE = '_';

    private final NodeLives lives;
    private final long patienceNanos;
    private String holder = "";
    private String renewal = "";
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
     * @param lease its renewTime, whatever it says
     */
    synchronized void onLease(String leader, String lease, long nowNanos) {
        if (!leader.equals(holder) || !lease.equals(renewal)) {
            seenNanos = nowNanos;
        }
        holder = leader;
        renewal = lease;
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
