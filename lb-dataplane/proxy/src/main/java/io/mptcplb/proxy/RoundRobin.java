package io.mptcplb.proxy;

import org.jspecify.annotations.Nullable;

/**
 * In turn, by weight, and as evenly spread as the weights allow: each pick pays every candidate its
 * weight and takes the sum from the one that is owed most. Weights 5, 1, 1 give a a b a c a a, not
 * five in a row.
 */
final class RoundRobin implements Balancer {
    private final Backend[] backends;

    RoundRobin(Backend[] backends) {
        this.backends = backends;
    }

    @Override
    public @Nullable Backend pick(@Nullable Backend[] tried, int triedCount) {
        Backend best = null;
        int sum = 0;
        for (Backend candidate : backends) {
            if (candidate.weight() == 0 || isTried(candidate, tried, triedCount)) {
                continue;
            }
            candidate.addCredit(candidate.weight());
            sum += candidate.weight();
            if (best == null || candidate.credit() > best.credit()) {
                best = candidate;
            }
        }
        if (best != null) {
            best.addCredit(-sum);
        }
        return best;
    }

    private static boolean isTried(Backend candidate, @Nullable Backend[] tried, int triedCount) {
        for (int i = 0; i < triedCount; i++) {
            if (tried[i] == candidate) {
                return true;
            }
        }
        return false;
    }
}
