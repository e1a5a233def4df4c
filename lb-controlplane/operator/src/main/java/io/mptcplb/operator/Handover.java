package io.mptcplb.operator;

import io.mptcplb.api.ApiNames;
import io.mptcplb.api.ConditionType;
import io.mptcplb.api.DataplaneNode;
import io.mptcplb.api.DataplaneNodeSpec;
import io.mptcplb.api.LoadBalancerSpec;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A node that leaves by its own will announces nothing any more, and serves what it has begun for
 * as long as it is there: who announces its addresses now passes on what only it can know.
 */
final class Handover {
    /** What the configuration of a dataplane takes. */
    private static final int ADDRESSES_MAX = 8;

    private static final String BACKEND = "backend";

    private Handover() {}

    static boolean isLeaving(DataplaneNode node) {
        return node.getStatus() != null
                && Conditions.find(node.getStatus().conditions(), ConditionType.READY.text())
                        .filter(ready -> ApiNames.LEAVING.equals(ready.getReason()))
                        .isPresent();
    }

    /**
     * Where the leaving ones are found on the links that clients come by.
     *
     * @param alive who is still there
     */
    static List<String> addressesOfLeaving(
            LoadBalancerSpec spec, List<DataplaneNode> nodes, Set<String> alive) {
        Set<String> clientPorts =
                spec.ports().stream()
                        .filter(port -> !BACKEND.equals(port.role()))
                        .map(LoadBalancerSpec.Port::name)
                        .collect(Collectors.toSet());
        return nodes.stream()
                .filter(node -> alive.contains(node.getMetadata().getName()) && isLeaving(node))
                .flatMap(node -> node.getSpec().ports().stream())
                .filter(port -> clientPorts.contains(port.name()))
                .map(DataplaneNodeSpec.Port::addresses)
                .flatMap(List::stream)
                .map(address -> address.replaceFirst("/.*", ""))
                .distinct()
                .limit(ADDRESSES_MAX)
                .toList();
    }
}
