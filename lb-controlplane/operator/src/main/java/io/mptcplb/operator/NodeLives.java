package io.mptcplb.operator;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which nodes live, by the renewals of their Leases. Silence is counted by our own clock, from the
 * renewal that was seen last: other machines' clocks may be wrong. When all fall silent at once,
 * the fault is taken to be ours or the API server's: silence counts again from the first renewal
 * that is seen thereafter, and who has not been heard since may take longer for it. So may a node
 * whose Lease was found, and may be old.
 */
final class NodeLives {
    /**
     * So many times its patience is what is granted to a node that is to be heard again: an agent
     * whose request was lost with an API server gives it up after five seconds. Its addresses must
     * not move meanwhile, as nothing is lost.
     */
    private static final int TO_RETURN = 5;

    private final Map<String, Life> lives = new HashMap<>();
    private long renewedNanos;
    private long resumedNanos;
    private boolean isAnyRenewed;

    /** What is known of one node. */
    private static final class Life {
        private String renewal = "";
        private long seenNanos;
        private long patienceNanos;
        private boolean isLeft;
        private boolean isHeard;
    }

    /**
     * A Lease as it was just seen.
     *
     * @param renewal its renewTime, whatever it says
     * @param isHeld false when the node has left by its own will
     */
    synchronized void onLease(
            String node, String renewal, long patienceNanos, boolean isHeld, long nowNanos) {
        boolean isKnown = lives.containsKey(node);
        Life life = lives.computeIfAbsent(node, none -> new Life());
        life.patienceNanos = patienceNanos;
        life.isLeft = !isHeld;
        if (life.renewal.equals(renewal)) {
            return;
        }
        if (!isAnyRenewed || nowNanos - renewedNanos > patienceNanos) {
            resumedNanos = nowNanos;
            lives.values().forEach(each -> each.isHeard = false);
        }
        life.isHeard = isKnown;
        life.renewal = renewal;
        life.seenNanos = nowNanos;
        renewedNanos = nowNanos;
        isAnyRenewed = true;
    }

    synchronized void onGone(String node) {
        lives.remove(node);
    }

    /** The nodes that live now. */
    synchronized Set<String> alive(long nowNanos) {
        Set<String> alive = new HashSet<>();
        lives.forEach((node, life) -> {
            if (!life.isLeft && !isSilent(life, nowNanos)) {
                alive.add(node);
            }
        });
        return alive;
    }

    /** How long a node has been silent; -1 for one that was never heard of. */
    synchronized long silentNanos(String node, long nowNanos) {
        Life life = lives.get(node);
        if (life == null) {
            return -1;
        }
        boolean allSilent = nowNanos - renewedNanos > life.patienceNanos;
        return allSilent ? 0 : nowNanos - Math.max(life.seenNanos, resumedNanos);
    }

    private boolean isSilent(Life life, long nowNanos) {
        boolean allSilent = nowNanos - renewedNanos > life.patienceNanos;
        if (allSilent) {
            return false;
        }
        long sinceNanos = Math.max(life.seenNanos, resumedNanos);
        long grantedNanos = life.isHeard ? life.patienceNanos : TO_RETURN * life.patienceNanos;
        return nowNanos - sinceNanos > grantedNanos;
    }
}
