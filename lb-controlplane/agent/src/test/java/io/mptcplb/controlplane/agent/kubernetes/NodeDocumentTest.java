package io.mptcplb.controlplane.agent.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.mptcplb.api.DataplaneEndpointsSpec;
import io.mptcplb.api.DataplaneNodeSpec;
import io.mptcplb.api.RouteSpec;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.PoolConfig;
import io.mptcplb.contract.PortConfig;
import io.mptcplb.contract.VirtualServerConfig;
import io.mptcplb.policy.Compilation;
import io.mptcplb.policy.LbYaml;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A fleet's document and a node's own part, by what the dataplane would be told. */
class NodeDocumentTest {
    private static final String FLEET =
            """
            {"ports": [
               {"name": "isp-a", "interface": "net1", "role": "client", "cost": 7},
               {"name": "pods", "interface": "eth0", "role": "backend", "shareKernelAddress": true}],
             "virtualServers": [
               {"name": "default/web/http", "addresses": ["198.51.100.80", "2001:db8::0:80"],
                "port": 80, "pool": "default/web/http"}],
             "pools": [{"name": "default/web/http"}, {"name": "default/new/http"}]}
            """;

    private static JsonNode fleet() throws Exception {
        return JsonMapper.builder().build().readTree(FLEET);
    }

    private static DataplaneNodeSpec node(String... announces) {
        return new DataplaneNodeSpec(
                "edge",
                "edge-1",
                List.of(
                        new DataplaneNodeSpec.Port(
                                "isp-a",
                                List.of("198.51.100.10/24", "2001:db8::10/64"),
                                List.of(new RouteSpec("default", "198.51.100.1")))),
                List.of(announces),
                List.of());
    }

    private static DataplaneEndpointsSpec endpoints() {
        return new DataplaneEndpointsSpec(
                "edge",
                List.of(
                        new DataplaneEndpointsSpec.Pool(
                                "default/web/http",
                                List.of(
                                        new DataplaneEndpointsSpec.Backend(
                                                "web-1", "192.0.2.21", 8080, 0))),
                        new DataplaneEndpointsSpec.Pool("of/another/revision", List.of())));
    }

    @Test
    void leavingNodes_getWhatThisOneDoesNotKnow() throws Exception {
        DataplaneNodeSpec node = node("198.51.100.80");
        DataplaneNodeSpec takesOver =
                new DataplaneNodeSpec(
                        node.loadBalancer(),
                        node.revision(),
                        node.ports(),
                        node.announces(),
                        List.of("198.51.100.11"));
        assertTrue(
                NodeDocument.of(fleet(), takesOver, endpoints())
                        .contains("\"passStraysTo\":[\"198.51.100.11\"]"));
        assertFalse(NodeDocument.of(fleet(), node, endpoints()).contains("passStraysTo"));
    }

    @Test
    void revisionNodeAndEndpoints_compileToOneConfiguration() throws Exception {
        String text = NodeDocument.of(fleet(), node("2001:db8::80"), endpoints());
        LbConfig config =
                assertInstanceOf(
                                Compilation.Compiled.class,
                                LbYaml.compile("node", text, 1),
                                () -> String.valueOf(LbYaml.compile("node", text, 1)))
                        .config();
        PortConfig isp = config.ports().getFirst();
        assertEquals("net1", isp.device().name());
        assertEquals(7, isp.cost());
        assertEquals(2, isp.addresses().size());
        assertEquals("198.51.100.1", isp.routes().getFirst().gateway().toString());
        assertEquals(true, config.ports().getLast().sharesKernelAddress());
        VirtualServerConfig web = config.virtualServers().getFirst();
        assertEquals(List.of(IpAddress.parse("198.51.100.80")), web.silentAddresses());
        PoolConfig pool = config.pools().getFirst();
        assertEquals("web-1", pool.backends().getFirst().name());
        assertEquals(0, pool.backends().getFirst().weight());
        assertEquals(List.of(), config.pools().getLast().backends(), "not told of yet");
    }

    @Test
    void addressesThatTheOperatorHasNotGiven_areWaitedFor() throws Exception {
        DataplaneNodeSpec none =
                new DataplaneNodeSpec("edge", "edge-1", List.of(), List.of(), List.of());
        assertEquals(
                Optional.of("spec.ports: no addresses yet for port isp-a"),
                NodeDocument.missing(fleet(), none));
        assertEquals(Optional.empty(), NodeDocument.missing(fleet(), node()));
    }
}
