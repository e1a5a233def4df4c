package io.mptcplb.operator;

import com.fasterxml.jackson.databind.JsonNode;
import io.mptcplb.api.ApiNames;
import io.mptcplb.api.ConditionType;
import io.mptcplb.api.LoadBalancerStatus;
import io.mptcplb.policy.fleet.Statement;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Whether an entry of the document is in force: it is when the last good revision has the same one.
 *
 * @param desired the document that the resources make; null when they make none
 * @param current the document that is good everywhere; missing before there is one
 */
record Programmed(
        @Nullable JsonNode desired, JsonNode current, LoadBalancerStatus status, boolean isServed) {

    Statement of(String list, Collection<String> names) {
        boolean isInForce =
                desired != null
                        && isServed
                        && names.stream()
                                .allMatch(name ->
                                        Revision.entry(desired, list, name)
                                                .equals(Revision.entry(current, list, name)));
        if (isInForce) {
            return Statement.yes(ConditionType.PROGRAMMED, "in force on all dataplanes");
        }
        if (!isServed) {
            return Statement.no(
                    ConditionType.PROGRAMMED, "NoDataplane", "no dataplane has a revision yet");
        }
        boolean isRefused =
                status.refusedRevision() != null
                        && status.refusedRevision().equals(status.updateRevision());
        return isRefused
                ? Statement.no(
                        ConditionType.PROGRAMMED,
                        "RolledBack",
                        "the revision that has it was taken back: " + status.refusedReason())
                : Statement.no(
                        ConditionType.PROGRAMMED,
                        ApiNames.RECONCILING,
                        "on its way to the dataplanes");
    }
}
