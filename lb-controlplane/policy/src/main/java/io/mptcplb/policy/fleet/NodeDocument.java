package io.mptcplb.policy.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The document of one node that stands for all, to compile it before any node is told. */
final class NodeDocument {
    private NodeDocument() {}

    /** JSON, which is YAML too. */
    static String sample(ObjectNode fleet, List<PortPlan> plans) {
        ObjectNode document = fleet.deepCopy();
        for (int i = 0; i < plans.size(); i++) {
            ObjectNode port = (ObjectNode) document.get("ports").get(i);
            port.set("device", port.remove("interface"));
            port.remove("shareKernelAddress");
            ArrayNode addresses = port.putArray("addresses");
            for (LinkRange range : plans.get(i).ranges()) {
                addresses.add(range.range().first() + "/" + range.bits());
            }
            // RFC 3927: what a kernel's address may look like, and nobody's network.
            if (addresses.isEmpty()) {
                addresses.add("169.254.1." + (i + 1) + "/32");
            }
            port.set("routes", FleetDocument.JSON.valueToTree(plans.get(i).port().routes()));
        }
        for (JsonNode pool : document.get("pools")) {
            ((ObjectNode) pool).putArray("backends");
        }
        return document.toString();
    }
}
