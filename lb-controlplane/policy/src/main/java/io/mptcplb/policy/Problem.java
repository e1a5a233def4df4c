package io.mptcplb.policy;

import java.util.Comparator;

/**
 * One mistake in what a user wrote.
 *
 * @param at where
 * @param path the key, such as {@code ports[1].mtu}
 * @param rule the rule that is broken, and where it helps what to write instead
 */
public record Problem(Source at, String path, String rule) implements Comparable<Problem> {
    private static final Comparator<Problem> ORDER =
            Comparator.comparing((Problem problem) -> problem.at().label())
                    .thenComparingInt(problem -> problem.at().line())
                    .thenComparing(Problem::path)
                    .thenComparing(Problem::rule);

    @Override
    public int compareTo(Problem other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return at + ": " + path + ": " + rule;
    }
}
