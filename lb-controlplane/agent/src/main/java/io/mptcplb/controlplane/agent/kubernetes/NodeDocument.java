package io.mptcplb.controlplane.agent.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mptcplb.api.DataplaneEndpointsSpec;
import io.mptcplb.api.DataplaneNodeSpec;
import io.mptcplb.api.RouteSpec;
import io.mptcplb.contract.IpAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What one node is to do, in the words of {@code lb.yaml}: a pure function of its objects. */
final class NodeDocument {
    /** One that is the kernel's, too; its addresses are known when it is opened. */
    private static final String SHARES = "shareKernelAddress";

    private NodeDocument() {}

    /** Why there is no document yet; empty when nothing is missing. */
    static Optional<String> missing(JsonNode fleet, DataplaneNodeSpec node) {
        for (JsonNode port : fleet.path("ports")) {
            if (!port.path(SHARES).asBoolean() && own(node, port).isEmpty()) {
                return Optional.of(
                        "spec.ports: no addresses yet for port " + port.path("name").asText());
            }
        }
        return Optional.empty();
    }

    /** JSON, which is YAML, too. */
    static String of(JsonNode fleet, DataplaneNodeSpec node, DataplaneEndpointsSpec endpoints) {
        ObjectNode document = fleet.deepCopy();
        for (JsonNode port : document.path("ports")) {
            port(node, (ObjectNode) port);
        }
        Set<IpAddress> announced =
                node.announces().stream()
                        .flatMap(text -> IpAddress.tryParse(text).stream())
                        .collect(Collectors.toSet());
        for (JsonNode server : document.path("virtualServers")) {
            ArrayNode announce = ((ObjectNode) server).putArray("announce");
            for (JsonNode address : server.path("addresses")) {
                if (IpAddress.tryParse(address.asText()).filter(announced::contains).isPresent()) {
                    announce.add(address);
                }
            }
        }
        if (!node.passStraysTo().isEmpty()) {
            ArrayNode boxes = document.putArray("passStraysTo");
            node.passStraysTo().forEach(boxes::add);
        }
        for (JsonNode pool : document.path("pools")) {
            backends(endpoints, (ObjectNode) pool);
        }
        return document.toString();
    }

    private static Optional<DataplaneNodeSpec.Port> own(DataplaneNodeSpec node, JsonNode port) {
        return node.ports().stream()
                .filter(one -> one.name().equals(port.path("name").asText()))
                .filter(one -> !one.addresses().isEmpty())
                .findFirst();
    }

    private static void port(DataplaneNodeSpec node, ObjectNode port) {
        JsonNode device = port.remove("interface");
        if (device != null) {
            port.set("device", device);
        }
        if (port.path(SHARES).asBoolean()) {
            return;
        }
        own(node, port)
                .ifPresent(own -> {
                    ArrayNode addresses = port.putArray("addresses");
                    own.addresses().forEach(addresses::add);
                    ArrayNode routes = port.putArray("routes");
                    own.routes().forEach(route -> routes.add(route(route)));
                });
    }

    private static ObjectNode route(RouteSpec route) {
        return JsonNodeFactory.instance.objectNode().put("to", route.to()).put("via", route.via());
    }

    /** A pool that the endpoints do not name yet has none: it refuses by name. */
    private static void backends(DataplaneEndpointsSpec endpoints, ObjectNode pool) {
        ArrayNode backends = pool.putArray("backends");
        String name = pool.path("name").asText();
        endpoints.pools().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .map(DataplaneEndpointsSpec.Pool::backends)
                .orElse(List.of())
                .forEach(backend ->
                        backends.addObject()
                                .put("name", backend.name())
                                .put("address", backend.address())
                                .put("port", backend.port())
                                .put("weight", backend.weight()));
    }
}
