package io.mptcplb.delivery.walk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.Command.Outcome;
import io.mptcplb.bench.lab.LabEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an agent's token may do once the chart is installed, asked of a real API server. */
@Tag("cluster")
class AgentRightsClusterTest {
    /** As the walk has it: kept CRDs belong to the release that brought them. */
    private static final String NAMESPACE = "mptcp-lb";

    private static final String OWN = "rights-node-1";
    private static final String OTHER = "rights-node-2";

    @TempDir private static Path directory;
    private static Site site;
    private static Kubernetes kubernetes;
    private static ChartRelease release;

    @BeforeAll
    static void install() throws IOException {
        site = Site.of(System.getenv());
        kubernetes = site.kubernetes();
        release = site.release(NAMESPACE);
        // Rights alone are asked for: nothing runs.
        Path values =
                Files.writeString(
                        directory.resolve("values.yaml"),
                        "operator: {nodeSelector: {of: nobody}}\n");
        kubernetes.giveSchemasTo(NAMESPACE);
        release.install(values, Map.of("dataplane.nodeSelector.of", "nobody"));
        kubernetes.apply(node(OTHER, ""));
        awaitPolicy();
    }

    /** A policy takes effect a moment after it is there. */
    private static void awaitPolicy() throws IOException {
        LabEvents.await(
                "the admission policy is in force",
                Duration.ofSeconds(30),
                () ->
                        asAgent(node("rights-nobody", ""), "create", "--dry-run=server").status()
                                != 0);
    }

    @AfterAll
    static void uninstall() throws IOException {
        release.uninstall();
        kubernetes.kubectl("delete", "namespace", NAMESPACE, "--timeout=120s");
    }

    @Test
    void ownNode_createdAndItsStatusWritten_isAllowed() throws IOException {
        assertAllowed(asAgent(node(OWN, ""), "create"));
        assertAllowed(patchStatus(OWN));
    }

    @Test
    void ownSpec_changed_isRefused() throws IOException {
        kubernetes.apply(node("rights-node-3", ""));
        Outcome said =
                as(
                        "rights-node-3",
                        node("rights-node-3", ", revision: mine"),
                        "apply",
                        "--server-side",
                        "--field-manager=mptcplb-agent");
        assertRefused("spec is the operator's", said);
    }

    @Test
    void ownNode_createdWithRevision_isRefused() throws IOException {
        assertRefused(
                "are the operator's",
                asAgent(node(OWN, ", revision: mine"), "create", "--dry-run=server"));
    }

    @Test
    void othersNode_created_isRefused() throws IOException {
        assertRefused(
                "an agent writes what is its own", asAgent(node("rights-node-4", ""), "create"));
    }

    @Test
    void othersStatus_written_isRefused() throws IOException {
        assertRefused("an agent writes what is its own", patchStatus(OTHER));
    }

    @Test
    void leases_createdByName_ownAloneIsAllowed() throws IOException {
        assertAllowed(asAgent(lease("dataplane." + OWN), "create"));
        assertRefused(
                "an agent writes what is its own", asAgent(lease("dataplane." + OTHER), "create"));
        assertRefused(
                "an agent writes what is its own", asAgent(lease("mptcplb-operator"), "create"));
    }

    @Test
    void allElse_askedFor_isRefused() throws IOException {
        for (String what :
                List.of(
                        "secrets",
                        "configmaps",
                        "services",
                        "pods",
                        "subflowpolicies.mptcplb.io")) {
            Outcome said = asAgent("", "get", what);
            assertRefused("forbidden", said);
        }
        assertRefused("forbidden", asAgent("", "delete", "dataplanenode/" + OTHER));
    }

    /** By server-side apply, as the agent does it. */
    private static Outcome patchStatus(String node) throws IOException {
        String status =
                """
                apiVersion: mptcplb.io/v1alpha1
                kind: DataplaneNode
                metadata: {name: %s, namespace: %s}
                status: {appliedRevision: one}
                """
                        .formatted(node, NAMESPACE);
        return asAgent(
                status,
                "apply",
                "--server-side",
                "--subresource=status",
                "--field-manager=mptcplb-agent");
    }

    private static Outcome asAgent(String input, String... words) throws IOException {
        return as(OWN, input, words);
    }

    /** As the agent of a node, whose token says which one it is. */
    private static Outcome as(String node, String input, String... words) throws IOException {
        List<String> all = new ArrayList<>(Arrays.asList(words));
        if (!input.isEmpty()) {
            all.addAll(List.of("--filename", "-"));
        }
        all.addAll(List.of("--namespace", NAMESPACE));
        Path agents = directory.resolve(node + ".kubeconfig");
        if (!Files.exists(agents)) {
            String own =
                    """
                    "user": {"as": "system:serviceaccount:%1$s:%1$s-dataplane",
                      "as-user-extra": {"authentication.kubernetes.io/node-name": ["%2$s"]},
                    """
                            .formatted(NAMESPACE, node);
            String admins =
                    kubernetes.kubectl(
                            "config", "view", "--raw", "--flatten", "--minify", "--output", "json");
            Files.writeString(agents, admins.replace("\"user\": {", own));
        }
        return new Kubernetes(site.kubectl(), agents).attempt(input, all.toArray(String[]::new));
    }

    private static void assertAllowed(Outcome said) {
        assertEquals(0, said.status(), said.output());
    }

    private static void assertRefused(String why, Outcome said) {
        assertNotEquals(0, said.status(), said.output());
        assertTrue(said.output().contains(why), said.output());
    }

    private static String node(String name, String more) {
        return """
        apiVersion: mptcplb.io/v1alpha1
        kind: DataplaneNode
        metadata: {name: %s, namespace: %s}
        spec: {loadBalancer: edge%s}
        """
                .formatted(name, NAMESPACE, more);
    }

    private static String lease(String name) {
        return """
        apiVersion: coordination.k8s.io/v1
        kind: Lease
        metadata: {name: %s, namespace: %s}
        spec: {holderIdentity: me, leaseDurationSeconds: 2}
        """
                .formatted(name, NAMESPACE);
    }
}
