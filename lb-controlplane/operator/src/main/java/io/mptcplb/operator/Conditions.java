package io.mptcplb.operator;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.mptcplb.api.ConditionType;
import io.mptcplb.policy.fleet.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Statements as conditions: the time changes only when the status does. */
final class Conditions {
    private static final int MESSAGE_CHARACTERS_MAX = 4096;

    private Conditions() {}

    /**
     * The conditions to write.
     *
     * @param prefix before every type, for objects that have conditions of others too
     */
    static List<Condition> of(
            List<Statement> statements,
            List<Condition> old,
            String prefix,
            long generation,
            Instant now) {
        List<Condition> conditions = new ArrayList<>();
        for (Statement statement : statements) {
            String type = prefix + statement.type().text();
            String status = statement.holds() ? "True" : "False";
            Optional<Condition> before = find(old, type);
            String since =
                    before.filter(condition -> status.equals(condition.getStatus()))
                            .map(Condition::getLastTransitionTime)
                            .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString());
            conditions.add(
                    new ConditionBuilder()
                            .withType(type)
                            .withStatus(status)
                            .withReason(statement.reason())
                            .withMessage(bounded(statement.message()))
                            .withObservedGeneration(generation)
                            .withLastTransitionTime(since)
                            .build());
        }
        return conditions;
    }

    private static String bounded(String message) {
        return message.length() <= MESSAGE_CHARACTERS_MAX
                ? message
                : message.substring(0, MESSAGE_CHARACTERS_MAX - 3) + "...";
    }

    static Optional<Condition> find(List<Condition> conditions, String type) {
        return conditions.stream().filter(one -> type.equals(one.getType())).findFirst();
    }

    static boolean isTrue(List<Condition> conditions, ConditionType type) {
        return find(conditions, type.text())
                .map(condition -> "True".equals(condition.getStatus()))
                .orElse(false);
    }

    /** Whether two say the same, in whatever order. */
    static boolean areSame(List<Condition> a, List<Condition> b) {
        return a.size() == b.size()
                && a.stream()
                        .allMatch(one ->
                                find(b, one.getType())
                                        .filter(other -> Objects.equals(one, other))
                                        .isPresent());
    }
}
