package io.mptcplb.policy.path;

import io.mptcplb.contract.Rules;
import io.mptcplb.contract.control.Command;
import java.util.List;

/**
 * All policies of one configuration, those of virtual servers that nobody wrote a policy for
 * included; each scope is in one of them.
 */
public record PathTable(List<PathPolicy> policies) {
    /** Orders that an operator can give at once, beside what the path manager needs. */
    public static final int OVERRIDES_MAX = 16;

    /** Rules that the path manager may need at once. */
    public static final int RULES_MAX = Command.PATH_RULES_MAX - OVERRIDES_MAX;

    public PathTable {
        policies = List.copyOf(policies);
        Rules.distinct("policies", policies, PathPolicy::name);
        Rules.distinct(
                "policies",
                policies.stream().flatMap(policy -> policy.scopes().stream()).toList(),
                scope -> scope);
        Rules.range("policies", rulesMax(policies), 0, RULES_MAX);
    }

    /** Nothing to manage. */
    public static PathTable empty() {
        return new PathTable(List.of());
    }

    /** The most path rules that can be needed at once, whatever fails. */
    public static int rulesMax(List<PathPolicy> policies) {
        return new RulePlan(policies).rulesMax();
    }
}
