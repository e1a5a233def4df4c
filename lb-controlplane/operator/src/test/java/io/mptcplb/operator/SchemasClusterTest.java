package io.mptcplb.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.mptcplb.api.AddressPool;
import io.mptcplb.api.DataplaneConfig;
import io.mptcplb.api.DataplaneEndpoints;
import io.mptcplb.api.DataplaneNode;
import io.mptcplb.api.LoadBalancer;
import io.mptcplb.api.SubflowPolicy;
import io.mptcplb.cluster.ClusterUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The schemas as the API server enforces them. */
@Tag("cluster")
class SchemasClusterTest {
    private static final Path BAD = Path.of("src/test/resources/bad-objects.txt");
    private static final int FIELDS = 4;
    private static final String PORTS =
            "ports: [{name: a, interface: net1, role: both, addresses: [198.51.100.1/24]}]";
    private static final Map<String, Class<? extends CustomResource<?, ?>>> KINDS =
            Map.of(
                    "AddressPool", AddressPool.class,
                    "LoadBalancer", LoadBalancer.class,
                    "SubflowPolicy", SubflowPolicy.class,
                    "DataplaneConfig", DataplaneConfig.class,
                    "DataplaneEndpoints", DataplaneEndpoints.class,
                    "DataplaneNode", DataplaneNode.class);

    private static ClusterUnderTest cluster;

    @BeforeAll
    static void open() {
        cluster = ClusterUnderTest.open("schemas");
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    private static GenericKubernetesResource generic(String yaml) {
        return cluster.read(yaml, GenericKubernetesResource.class);
    }

    private static HasMetadata dryRun(GenericKubernetesResource object) {
        return cluster.client().resource(object).dryRun().create();
    }

    @Test
    void badObjects_areRefused_withFieldAndRule() throws IOException {
        List<String> missed = new ArrayList<>();
        int objects = 0;
        for (String line : Files.readAllLines(BAD)) {
            if (line.startsWith("#") || line.isBlank()) {
                continue;
            }
            String[] parts = line.split(" \\| ", FIELDS);
            objects++;
            String spec =
                    parts[1].replace("PORTS", PORTS)
                            .replace("REFS", "targetRefs: [{kind: Service, name: web}]");
            String yaml =
                    "apiVersion: mptcplb.io/v1alpha1\nkind: "
                            + parts[0]
                            + "\nmetadata: {name: bad, namespace: NAMESPACE}\nspec: "
                            + spec
                            + "\n";
            try {
                dryRun(generic(yaml));
                missed.add(line + "\n  was taken");
            } catch (KubernetesClientException e) {
                String message = String.valueOf(e.getMessage());
                if (!message.contains(parts[2]) || !message.contains(parts[3])) {
                    missed.add(line + "\n  " + message);
                }
            }
        }
        assertEquals(List.of(), missed, String.join("\n", missed));
        assertTrue(objects >= 60, objects + " bad objects");
    }

    @Test
    void examples_apply_andComeThroughTheRecordsAsTheyAre() throws IOException {
        ObjectMapper json = new ObjectMapper();
        KubernetesSerialization yaml = cluster.client().getKubernetesSerialization();
        int resources = 0;
        for (Path file : ClusterUnderTest.examples()) {
            for (String document : Files.readString(file).split("(?m)^---\n")) {
                GenericKubernetesResource object = generic(document);
                HasMetadata answer = dryRun(object);
                Class<? extends CustomResource<?, ?>> type = KINDS.get(object.getKind());
                if (type == null) {
                    continue;
                }
                resources++;
                // What the API server made of it, defaults and all: the record must lose nothing.
                JsonNode before = json.readTree(yaml.asJson(answer)).get("spec");
                CustomResource<?, ?> typed = yaml.unmarshal(yaml.asJson(answer), type);
                JsonNode after = json.readTree(yaml.asJson(typed)).get("spec");
                assertEquals(withoutEmpty(before), withoutEmpty(after), object.getKind());
            }
        }
        assertTrue(resources >= KINDS.size(), resources + " examples");
    }

    /** A record leaves out what is empty, which means the same. */
    private static JsonNode withoutEmpty(JsonNode node) {
        if (node instanceof ObjectNode object) {
            List<String> empty = new ArrayList<>();
            object.properties()
                    .forEach(entry -> {
                        JsonNode value = withoutEmpty(entry.getValue());
                        if (value.isContainerNode() && value.isEmpty()
                                || value.isTextual() && value.asText().isEmpty()) {
                            empty.add(entry.getKey());
                        }
                    });
            object.remove(empty);
        } else {
            node.forEach(SchemasClusterTest::withoutEmpty);
        }
        return node;
    }

    @Test
    void defaults_areFilledIn() {
        GenericKubernetesResource answer =
                (GenericKubernetesResource)
                        dryRun(
                                generic(
                                        """
                                        apiVersion: mptcplb.io/v1alpha1
                                        kind: LoadBalancer
                                        metadata: {name: defaults}
                                        spec: {PORTS}
                                        """
                                                .replace("PORTS", PORTS)));
        assertEquals("mptcplb.io/lb", answer.get("spec", "loadBalancerClass"));
        assertEquals("60s", answer.get("spec", "rollout", "bake"));
        assertEquals("25%", answer.get("spec", "rollout", "maxUnavailable"));
        assertEquals(4096, answer.<Integer>get("spec", "sizes", "maxConnections"));
    }

    @Test
    void revisionAndClass_neverChange() {
        GenericKubernetesResource config =
                generic(
                        """
                        apiVersion: mptcplb.io/v1alpha1
                        kind: DataplaneConfig
                        metadata: {name: fixed, namespace: NAMESPACE}
                        spec: {loadBalancer: edge, config: {pools: [{name: a}]}}
                        """);
        cluster.client().resource(config).create();
        GenericKubernetesResource changed =
                generic(
                        """
                        apiVersion: mptcplb.io/v1alpha1
                        kind: DataplaneConfig
                        metadata: {name: fixed, namespace: NAMESPACE}
                        spec: {loadBalancer: edge, config: {pools: [{name: b}]}}
                        """);
        KubernetesClientException refused =
                assertThrows(
                        KubernetesClientException.class,
                        () -> cluster.client().resource(changed).update());
        assertTrue(
                String.valueOf(refused.getMessage()).contains("a revision is immutable"),
                refused::getMessage);
    }
}
