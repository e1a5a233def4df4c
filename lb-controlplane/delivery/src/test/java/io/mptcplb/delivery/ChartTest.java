package io.mptcplb.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.marcnuri.helm.LintResult;
import io.mptcplb.bench.lab.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The chart: strict lint, what it refuses, what it renders for some values, and what no pod of it
 * may be.
 */
class ChartTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final Pattern GRAFANAS =
            Pattern.compile(
                    "\n(data|spec):\n  (?:\\w+\\.json: \\||# Alert rules).*", Pattern.DOTALL);
    private static final boolean REFRESH = Boolean.getBoolean("mptcplb.golden.refresh");

    @TempDir private Path directory;

    @Test
    void chart_linted_hasNoFinding() {
        LintResult result = Chart.helm().lint().strict().call();

        assertFalse(result.isFailed(), () -> String.join("\n", result.getMessages()));
    }

    static Stream<Path> goldens() throws IOException {
        try (Stream<Path> files = Files.list(GOLDEN)) {
            return files.filter(file -> file.toString().endsWith(".values.yaml")).toList().stream();
        }
    }

    /** CRDs stand in the tree as they are rendered, so that goldens leave them out. */
    @ParameterizedTest
    @MethodSource("goldens")
    void values_rendered_areAsReviewed(Path values) throws IOException {
        String rendered = Chart.render(values);
        Path golden = Path.of(values.toString().replace(".values.yaml", ".out.yaml"));

        assertSame(golden, rendered);
    }

    /** What kubectl applies without Helm is what Helm would. */
    @Test
    void defaults_rendered_areK8s() throws IOException {
        assertSame(Repository.ROOT.resolve("k8s/mptcp-lb.yaml"), Chart.render((Path) null));
    }

    private static void assertSame(Path golden, String rendered) throws IOException {
        String text = normal(rendered);
        if (REFRESH) {
            Files.writeString(golden, text);
        }
        assertEquals(Repository.read(golden), text, golden + ": -Dmptcplb.golden.refresh=true");
    }

    /**
     * Less the test pod, which is no part of what is installed; less spaces where lines end, and
     * less what a test of its own holds against grafana/.
     */
    private static String normal(String rendered) {
        List<String> kept = new ArrayList<>();
        for (String document : rendered.split("(?m)^---\\s*$\\n?", -1)) {
            if (!document.isBlank() && !document.contains("helm.sh/hook: test")) {
                String text = document.replaceAll("(?m)[ \\t]+$", "").strip();
                kept.add("---\n" + GRAFANAS.matcher(text).replaceFirst("\n$1: grafana's") + "\n");
            }
        }
        return String.join("", kept);
    }

    @ParameterizedTest
    @CsvSource({
        "image.tga, x, image",
        "dataplan.heap, 1g, dataplan",
        "loadBalancer, Edge_1, loadBalancer",
        "dataplane.nic.mode, dpdk, dataplane.nic.mode",
        "dataplane.heap, 192, dataplane.heap",
        "dataplane.maxUnavailable, 0, dataplane.maxUnavailable",
        "dataplane.hugepages.size, 4Mi, dataplane.hugepages.size",
        "dataplane.privileged, true, dataplane",
        "operator.replicas, 0, operator.replicas",
        "image.pullPolicy, Sometimes, image.pullPolicy",
        "crds.keep, false, crds"
    })
    void value_wrong_isRefusedByName(String key, String value, String named) {
        RuntimeException refused =
                assertThrows(RuntimeException.class, () -> Chart.render(key, value));

        String message = String.valueOf(refused.getMessage());
        // Helm writes the way to a value with slashes or dots, as its version has it.
        assertTrue(message.replace('/', '.').contains(named), message);
    }

    @Test
    void kubernetes_tooOld_isRefused() {
        RuntimeException refused =
                assertThrows(
                        RuntimeException.class,
                        () -> Chart.helm().template().withKubeVersion("1.29.0").call());

        assertTrue(refused.getMessage().contains("1.30.0"), refused.getMessage());
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void pods_ofAnyValues_haveNoMoreRightsThanTheyNeed(Path values) throws IOException {
        List<String> findings = new ArrayList<>();
        for (Map<?, ?> object : objects(Chart.render(values))) {
            for (Map<?, ?> pod : podSpecs(object)) {
                checkPod(object.get("kind") + "", pod, findings);
            }
        }
        assertEquals(List.of(), findings);
    }

    private static void checkPod(String kind, Map<?, ?> pod, List<String> findings) {
        for (String key : List.of("hostNetwork", "hostPID", "hostIPC")) {
            if (pod.get(key) != null) {
                findings.add(kind + ": " + key);
            }
        }
        if (!Boolean.FALSE.equals(pod.get("automountServiceAccountToken"))) {
            findings.add(kind + ": every container would get a token");
        }
        if (!((Map<?, ?>) pod.get("securityContext"))
                .get("seccompProfile")
                .toString()
                .contains("RuntimeDefault")) {
            findings.add(kind + ": no seccomp profile");
        }
        for (Object volume : listOf(pod, "volumes")) {
            if (((Map<?, ?>) volume).containsKey("hostPath")) {
                findings.add(kind + ": hostPath");
            }
        }
        for (Object each : listOf(pod, "initContainers")) {
            checkContainer(kind, (Map<?, ?>) each, findings);
        }
        for (Object each : listOf(pod, "containers")) {
            checkContainer(kind, (Map<?, ?>) each, findings);
        }
    }

    private static void checkContainer(String kind, Map<?, ?> container, List<String> findings) {
        String name = kind + " " + container.get("name") + ": ";
        Map<?, ?> context = (Map<?, ?>) container.get("securityContext");
        Map<?, ?> capabilities = (Map<?, ?>) context.get("capabilities");
        if (!Boolean.FALSE.equals(context.get("privileged"))
                || !Boolean.FALSE.equals(context.get("allowPrivilegeEscalation"))
                || !Boolean.TRUE.equals(context.get("readOnlyRootFilesystem"))
                || !List.of("ALL").equals(capabilities.get("drop"))) {
            findings.add(name + context);
        }
        if (((Map<?, ?>) container.get("resources")).get("limits") == null) {
            findings.add(name + "no limits");
        }
    }

    @Test
    void dashboardsAndAlerts_rendered_areTheTreesOwn() throws IOException {
        Path values = GOLDEN.resolve("everything.values.yaml");
        Map<String, String> files = new java.util.TreeMap<>();
        Object groups = null;
        for (Map<?, ?> object : objects(Chart.render(values))) {
            if ("ConfigMap".equals(object.get("kind"))) {
                ((Map<?, ?>) object.get("data"))
                        .forEach((name, text) -> files.put(name + "", text + ""));
            }
            if ("PrometheusRule".equals(object.get("kind"))) {
                groups = ((Map<?, ?>) object.get("spec")).get("groups");
            }
        }
        assertEquals(new TreeSet<>(List.of("overview.json", "paths.json")), files.keySet());
        for (Map.Entry<String, String> file : files.entrySet()) {
            assertEquals(
                    Repository.read(Repository.ROOT.resolve("grafana/" + file.getKey())).strip(),
                    file.getValue().strip());
        }
        Map<?, ?> alerts =
                objects(Repository.read(Repository.ROOT.resolve("grafana/alerts.yaml"))).getFirst();
        assertEquals(alerts.get("groups"), groups);
    }

    @Test
    void chart_packaged_holdsWhatItLinksTo() throws Exception {
        Chart.helm().packageIt().withDestination(directory).call();

        Path archive;
        try (Stream<Path> files = Files.list(directory)) {
            archive = files.findFirst().orElseThrow();
        }
        String listed = Command.run(List.of("tar", "--list", "--file", archive.toString()));
        for (String name :
                List.of("dashboards/paths.json", "alerts.yaml", "crds-src/addresspools.yaml")) {
            assertTrue(listed.contains("mptcp-lb/" + name), listed);
        }
    }

    /** All documents of a stream. */
    private static List<Map<?, ?>> objects(String text) {
        List<Map<?, ?>> objects = new ArrayList<>();
        for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(text)) {
            if (document instanceof Map<?, ?> object) {
                objects.add(object);
            }
        }
        return objects;
    }

    private static List<Map<?, ?>> podSpecs(Map<?, ?> object) {
        Map<?, ?> spec = object.get("spec") instanceof Map<?, ?> map ? map : Map.of();
        if ("Pod".equals(object.get("kind"))) {
            return List.of(spec);
        }
        return spec.get("template") instanceof Map<?, ?> template
                ? List.of((Map<?, ?>) template.get("spec"))
                : List.of();
    }

    private static Collection<?> listOf(Map<?, ?> map, String key) {
        return map.get(key) instanceof Collection<?> found ? found : List.of();
    }
}
