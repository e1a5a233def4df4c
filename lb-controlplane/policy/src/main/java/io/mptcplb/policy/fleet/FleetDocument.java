package io.mptcplb.policy.fleet;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mptcplb.api.LoadBalancerSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The document of a fleet, in the vocabulary of {@code lb.yaml} and in a fixed order. */
final class FleetDocument {
    static final ObjectMapper JSON = JsonMapper.builder().build();

    private FleetDocument() {}

    static ObjectNode of(
            LoadBalancerSpec spec, List<Server> servers, List<PolicyPlan.Candidate> policies) {
        ObjectNode document = JSON.createObjectNode();
        put(document, "workers", spec.workers());
        put(document, "buffers", spec.buffers());
        put(document, "sizes", spec.sizes());
        ArrayNode ports = document.putArray("ports");
        for (LoadBalancerSpec.Port port : spec.ports()) {
            ObjectNode entry = JSON.valueToTree(port);
            // These are each node's own.
            entry.remove(List.of("addresses", "routes"));
            ports.add(entry);
        }
        ArrayNode virtualServers = document.putArray("virtualServers");
        ArrayNode pools = document.putArray("pools");
        for (Server server : servers) {
            ObjectNode entry = virtualServers.addObject().put("name", server.name());
            ArrayNode addresses = entry.putArray("addresses");
            server.addresses().forEach(address -> addresses.add(address.toString()));
            entry.put("port", server.port()).put("pool", server.name());
            pools.addObject().put("name", server.name());
        }
        ArrayNode entries = document.putArray("policies");
        for (PolicyPlan.Candidate policy : policies) {
            ObjectNode entry = entries.addObject().put("name", policy.key.toString());
            ArrayNode names = entry.putArray("virtualServers");
            policy.won().forEach(names::add);
            ObjectNode body = JSON.valueToTree(policy.policy.getSpec());
            body.remove("targetRefs");
            entry.setAll(body);
        }
        return document;
    }

    private static void put(ObjectNode document, String key, @Nullable Object value) {
        if (value != null) {
            document.set(key, JSON.valueToTree(value));
        }
    }
}
