package io.mptcplb.operator;

import io.mptcplb.api.DataplaneNodeSpec;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.IpPrefix;
import io.mptcplb.policy.fleet.LinkRange;
import io.mptcplb.policy.fleet.PortPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What is each node's own of the ports: one address out of every range, and it keeps it. */
final class NodeAddresses {
    private final List<PortPlan> plans;
    private final Map<String, List<DataplaneNodeSpec.Port>> ports = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();
    private final Set<IpAddress> taken = new HashSet<>();

    private NodeAddresses(List<PortPlan> plans) {
        this.plans = plans;
    }

    /**
     * Gives addresses.
     *
     * @param nodes what every node has by now
     */
    static NodeAddresses assign(
            List<PortPlan> plans, Map<String, List<DataplaneNodeSpec.Port>> nodes) {
        NodeAddresses addresses = new NodeAddresses(plans);
        Map<String, Map<LinkRange, IpPrefix>> kept = new HashMap<>();
        new TreeMap<>(nodes).forEach((node, own) -> kept.put(node, addresses.keep(own)));
        new TreeMap<>(nodes)
                .forEach(
                        (node, own) -> addresses.complete(node, kept.getOrDefault(node, Map.of())));
        return addresses;
    }

    private Map<LinkRange, IpPrefix> keep(List<DataplaneNodeSpec.Port> own) {
        Map<LinkRange, IpPrefix> kept = new HashMap<>();
        for (PortPlan plan : plans) {
            for (DataplaneNodeSpec.Port port : own) {
                if (!port.name().equals(plan.name())) {
                    continue;
                }
                for (String text : port.addresses()) {
                    IpPrefix address = IpPrefix.parse(text);
                    plan.ranges().stream()
                            .filter(range -> range.contains(address) && !kept.containsKey(range))
                            .findFirst()
                            .filter(range -> taken.add(address.address()))
                            .ifPresent(range -> kept.put(range, address));
                }
            }
        }
        return kept;
    }

    private void complete(String node, Map<LinkRange, IpPrefix> kept) {
        List<DataplaneNodeSpec.Port> own = new ArrayList<>();
        for (PortPlan plan : plans) {
            List<String> addresses = new ArrayList<>();
            for (LinkRange range : plan.ranges()) {
                Optional<IpPrefix> address =
                        Optional.ofNullable(kept.get(range)).or(() -> range.lowestFree(taken));
                if (address.isEmpty()) {
                    problems.add(
                            "port "
                                    + plan.name()
                                    + " has no address left for node "
                                    + node
                                    + ": add to its ranges");
                    return;
                }
                taken.add(address.get().address());
                addresses.add(address.get().toString());
            }
            if (!plan.ranges().isEmpty()) {
                own.add(new DataplaneNodeSpec.Port(plan.name(), addresses, plan.port().routes()));
            }
        }
        ports.put(node, own);
    }

    /** A node's ports; empty for one that could not be given all of its addresses. */
    Optional<List<DataplaneNodeSpec.Port>> of(String node) {
        return Optional.ofNullable(ports.get(node));
    }

    /** Who could not be given what, and what to do. */
    List<String> problems() {
        return problems;
    }
}
