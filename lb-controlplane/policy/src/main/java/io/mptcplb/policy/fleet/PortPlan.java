package io.mptcplb.policy.fleet;

import io.mptcplb.api.LoadBalancerSpec;
import io.mptcplb.contract.IpAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A port of a fleet with the addresses of its nodes.
 *
 * @param ranges empty for a port that shares the kernel's address
 * @param problems what is wrong with them
 */
public record PortPlan(LoadBalancerSpec.Port port, List<LinkRange> ranges, List<String> problems) {

    /** Reads all ports of a fleet. */
    public static List<PortPlan> of(LoadBalancerSpec spec) {
        List<PortPlan> plans = new ArrayList<>();
        for (int i = 0; i < spec.ports().size(); i++) {
            plans.add(read(spec.ports().get(i), "spec.ports[" + i + "].addresses", plans));
        }
        return plans;
    }

    private static PortPlan read(LoadBalancerSpec.Port port, String path, List<PortPlan> others) {
        List<LinkRange> ranges = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < port.addresses().size(); i++) {
            String at = path + "[" + i + "]: ";
            try {
                LinkRange range = LinkRange.parse(port.addresses().get(i));
                ranges.add(range);
                for (PortPlan other : others) {
                    if (other.contains(range.range().first())
                            || other.contains(range.range().last())) {
                        problems.add(at + "overlaps with those of port " + other.name());
                    }
                }
            } catch (IllegalArgumentException e) {
                problems.add(at + e.getMessage());
            }
        }
        return new PortPlan(port, ranges, problems);
    }

    public String name() {
        return port.name();
    }

    boolean contains(IpAddress address) {
        return ranges.stream().anyMatch(range -> range.range().contains(address));
    }
}
