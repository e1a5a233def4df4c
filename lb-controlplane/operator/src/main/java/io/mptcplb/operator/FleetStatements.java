package io.mptcplb.operator;

import io.mptcplb.api.ApiNames;
import io.mptcplb.api.ConditionType;
import io.mptcplb.api.LoadBalancerStatus.RolloutStatus;
import io.mptcplb.policy.fleet.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a LoadBalancer is told about itself.
 *
 * @param update the revision that the resources make; null when they make none
 */
record FleetStatements(Rollout.State state, List<Rollout.Node> nodes, @Nullable String update) {

    List<Statement> of(Statement accepted, List<String> problems) {
        List<Statement> statements = new ArrayList<>();
        statements.add(accepted);
        statements.add(
                problems.isEmpty()
                        ? Statement.yes(ConditionType.RESOLVED_REFS, "every node has its addresses")
                        : Statement.no(
                                ConditionType.RESOLVED_REFS,
                                "NoNodeAddressFree",
                                String.join("; ", problems)));
        if (accepted.holds()) {
            statements.add(programmed());
        }
        return statements;
    }

    private Statement programmed() {
        RolloutStatus rollout = state.rollout();
        List<Rollout.Node> living = nodes.stream().filter(Rollout.Node::isAlive).toList();
        if (living.isEmpty()) {
            return no(
                    "NoDataplane",
                    "no dataplane of this LoadBalancer lives: look at the pods of its DaemonSet");
        }
        if (rollout != null) {
            long done = rollout.nodes().stream().filter(node -> node.epoch() != null).count();
            return no(
                    "RollingOut",
                    "revision "
                            + rollout.revision()
                            + ", step "
                            + rollout.step()
                            + ": "
                            + done
                            + " of "
                            + living.size()
                            + " nodes acknowledged it");
        }
        if (update != null && update.equals(state.refused())) {
            return no(
                    "RolledBack",
                    "revision "
                            + update
                            + " was taken back: "
                            + state.refusedReason()
                            + "; in force is "
                            + (state.current() == null ? "nothing" : state.current())
                            + "; change the resources to try again");
        }
        String current = state.current();
        List<String> behind =
                living.stream()
                        .filter(node -> current == null || !node.runs(current))
                        .map(node ->
                                node.name()
                                        + node.refusal().map(why -> " (" + why + ")").orElse(""))
                        .toList();
        return behind.isEmpty()
                ? Statement.yes(
                        ConditionType.PROGRAMMED,
                        "revision " + current + " is in force on " + living.size() + " nodes")
                : no(ApiNames.RECONCILING, "not yet in force on node " + String.join(", ", behind));
    }

    private static Statement no(String reason, String message) {
        return Statement.no(ConditionType.PROGRAMMED, reason, message);
    }
}
