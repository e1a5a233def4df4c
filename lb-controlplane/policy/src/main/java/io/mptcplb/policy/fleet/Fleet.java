package io.mptcplb.policy.fleet;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mptcplb.contract.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the resources make.
 *
 * @param config the document of all dataplanes; empty when the LoadBalancer itself is refused
 * @param accepted what the LoadBalancer is told about itself
 */
public record Fleet(
        Optional<ObjectNode> config,
        Statement accepted,
        Map<ObjectKey, ServiceVerdict> services,
        Map<ObjectKey, PolicyVerdict> policies) {
    public Fleet {
        services = Map.copyOf(services);
        policies = Map.copyOf(policies);
    }

    /**
     * What became of a Service.
     *
     * @param virtualServers those that the document has for it; empty for one that is not served
     */
    public record ServiceVerdict(
            List<IpAddress> addresses, List<String> virtualServers, Statement accepted) {}

    /**
     * What became of a policy.
     *
     * @param entry the name of what stands for it in the document; empty when it is in force
     *     nowhere
     * @param overridden why it is in force nowhere although nothing is wrong with it
     */
    public record PolicyVerdict(
            Optional<String> entry,
            Statement accepted,
            Statement resolvedRefs,
            Optional<String> overridden) {}
}
