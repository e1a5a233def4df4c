package io.mptcplb.controlplane.agent.kubernetes;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.mptcplb.api.ApiNames;
import io.mptcplb.api.ConditionType;
import io.mptcplb.api.DataplaneNodeStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Facts as a status: a pure function of them, of what was said before and of the time. */
final class NodeStatus {
    private static final int MESSAGE_CHARACTERS_MAX = 4096;

    /** Nothing is wrong, and the operator has not said what to do. */
    static final String WAITING = "Waiting";

    private NodeStatus() {}

    /**
     * @param old what was said before; what the facts do not know any more is kept of it
     * @param now RFC 3339
     */
    static DataplaneNodeStatus of(
            NodeFacts facts, String pod, @Nullable DataplaneNodeStatus old, String now) {
        List<Condition> before = old == null ? List.of() : old.conditions();
        String applied =
                facts.applied()
                        .map(Desired::revision)
                        .orElse(old == null ? null : old.appliedRevision());
        Long endpoints =
                facts.applied()
                        .map(Desired::endpoints)
                        .orElse(old == null ? null : old.appliedEndpoints());
        String epoch = facts.epoch() == 0 ? null : Long.toUnsignedString(facts.epoch());
        return new DataplaneNodeStatus(
                facts.generation(),
                applied,
                endpoints,
                epoch == null && old != null ? old.dataplaneEpoch() : epoch,
                pod.isEmpty() ? null : pod,
                new DataplaneNodeStatus.Figures(
                        facts.figures().established(),
                        facts.figures().refused(),
                        facts.figures().connections()),
                List.of(programmed(facts, before, now), ready(facts, applied, before, now)));
    }

    private static Condition programmed(NodeFacts facts, List<Condition> before, String now) {
        boolean inForce =
                facts.problem().isEmpty()
                        && facts.applied()
                                .filter(applied -> applied.revision().equals(facts.wanted()))
                                .isPresent();
        if (inForce) {
            return condition(
                    facts,
                    ConditionType.PROGRAMMED,
                    true,
                    ConditionType.PROGRAMMED.text(),
                    "revision " + facts.wanted() + " is in force",
                    before,
                    now);
        }
        NodeFacts.Problem problem =
                facts.problem()
                        .orElse(
                                new NodeFacts.Problem(
                                        ApiNames.RECONCILING,
                                        facts.wanted().isEmpty()
                                                ? "spec.revision: the operator has named none yet"
                                                : "revision "
                                                        + facts.wanted()
                                                        + " is not yet in force"));
        return condition(
                facts,
                ConditionType.PROGRAMMED,
                false,
                problem.reason(),
                problem.message(),
                before,
                now);
    }

    private static Condition ready(
            NodeFacts facts, @Nullable String applied, List<Condition> before, String now) {
        if (facts.leaving()) {
            return condition(
                    facts,
                    ConditionType.READY,
                    false,
                    ApiNames.LEAVING,
                    "the pod is to end: what it has begun is served, as long as there is time",
                    before,
                    now);
        }
        boolean serves = facts.live() && applied != null;
        return condition(
                facts,
                ConditionType.READY,
                serves,
                serves ? ConditionType.READY.text() : WAITING,
                serves
                        ? "the dataplane serves"
                        : facts.live()
                                ? "the dataplane has no revision yet"
                                : "the dataplane does not serve, or does not answer its agent",
                before,
                now);
    }

    private static Condition condition(
            NodeFacts facts,
            ConditionType type,
            boolean holds,
            String reason,
            String message,
            List<Condition> before,
            String now) {
        String status = holds ? "True" : "False";
        String since =
                before.stream()
                        .filter(one -> type.text().equals(one.getType()))
                        .filter(one -> status.equals(one.getStatus()))
                        .map(Condition::getLastTransitionTime)
                        .findFirst()
                        .orElse(now);
        return new ConditionBuilder()
                .withType(type.text())
                .withStatus(status)
                .withReason(reason)
                .withMessage(bounded(message))
                .withObservedGeneration(facts.generation())
                .withLastTransitionTime(since)
                .build();
    }

    private static String bounded(String message) {
        return message.length() <= MESSAGE_CHARACTERS_MAX
                ? message
                : message.substring(0, MESSAGE_CHARACTERS_MAX - 3) + "...";
    }

    /** True when there is something to tell but figures, which can wait. */
    static boolean isNews(DataplaneNodeStatus status, @Nullable DataplaneNodeStatus told) {
        return told == null || !withoutFigures(status).equals(withoutFigures(told));
    }

    private static DataplaneNodeStatus withoutFigures(DataplaneNodeStatus status) {
        return new DataplaneNodeStatus(
                status.observedGeneration(),
                status.appliedRevision(),
                status.appliedEndpoints(),
                status.dataplaneEpoch(),
                status.pod(),
                null,
                status.conditions());
    }
}
