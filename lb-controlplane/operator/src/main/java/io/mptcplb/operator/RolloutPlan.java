package io.mptcplb.operator;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.mptcplb.api.LoadBalancerSpec;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a revision reaches a fleet.
 *
 * @param changing how many nodes may be changing at the same time, of so many
 */
record RolloutPlan(Duration bake, Duration deadline, Share changing, int historyLimit) {
    private static final Duration BAKE = Duration.ofSeconds(60);
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int HISTORY_LIMIT = 10;
    private static final int PERCENT = 25;

    /** A number of nodes, or a share of them. */
    record Share(int number, boolean isPercent) {
        int of(int nodes) {
            return Math.max(1, isPercent ? nodes * number / 100 : number);
        }
    }

    static RolloutPlan of(LoadBalancerSpec.@Nullable Rollout spec) {
        if (spec == null) {
            return new RolloutPlan(BAKE, DEADLINE, new Share(PERCENT, true), HISTORY_LIMIT);
        }
        return new RolloutPlan(
                Durations.parse(spec.bake(), BAKE),
                Durations.parse(spec.deadline(), DEADLINE),
                share(spec.maxUnavailable()),
                Objects.requireNonNullElse(spec.historyLimit(), HISTORY_LIMIT));
    }

    private static Share share(@Nullable IntOrString value) {
        if (value == null) {
            return new Share(PERCENT, true);
        }
        Integer number = value.getIntVal();
        if (number != null) {
            return new Share(number, false);
        }
        String text = value.getStrVal();
        return new Share(Integer.parseInt(text.substring(0, text.length() - 1)), true);
    }
}
