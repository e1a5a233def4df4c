package io.mptcplb.policy.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.mptcplb.api.AddressPool;
import io.mptcplb.api.LoadBalancer;
import io.mptcplb.api.SubflowPolicy;
import io.mptcplb.policy.fleet.Fleet.PolicyVerdict;
import io.mptcplb.policy.fleet.Fleet.ServiceVerdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each {@code golden/fleet/*.in.yaml}, resources as users and Kubernetes write them, with what they
 * make. {@code -Dmptcplb.golden.refresh=true} rewrites the answers.
 */
class FleetGoldenTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/fleet");
    private static final KubernetesSerialization YAML = new KubernetesSerialization();

    static {
        Stream.of(AddressPool.class, LoadBalancer.class, SubflowPolicy.class)
                .forEach(YAML::registerKubernetesResource);
    }

    static List<Path> inputs() throws IOException {
        try (Stream<Path> files = Files.list(GOLDEN)) {
            return files.filter(file -> file.toString().endsWith(".in.yaml")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void resources_makeTheFleet(Path input) throws IOException {
        List<HasMetadata> resources = read(Files.readString(input));
        String answer = YAML.asYaml(translate(resources));
        Path golden = Path.of(input.toString().replace(".in.yaml", ".out.yaml"));
        if (Boolean.getBoolean("mptcplb.golden.refresh")) {
            Files.writeString(golden, answer);
        }
        assertEquals(Files.readString(golden), answer);
        assertEquals(answer, YAML.asYaml(translate(resources.reversed())), "in any order");
    }

    private static List<HasMetadata> read(String text) {
        List<HasMetadata> resources = new ArrayList<>();
        for (String document : text.split("(?m)^---\n")) {
            KubernetesResource resource = YAML.unmarshal(document);
            resources.add((HasMetadata) resource);
        }
        return resources;
    }

    private static Map<String, Object> translate(List<HasMetadata> resources) {
        List<Service> services = of(resources, Service.class);
        LoadBalancer loadBalancer = of(resources, LoadBalancer.class).getFirst();
        String loadBalancerClass = FleetTranslation.classOf(loadBalancer);
        AddressBook book =
                AddressBook.assign(
                        of(resources, AddressPool.class),
                        services.stream()
                                .filter(one -> FleetTranslation.isServed(one, loadBalancerClass))
                                .toList());
        Fleet fleet =
                FleetTranslation.translate(
                        new FleetTranslation.Input(
                                loadBalancer,
                                List.of(),
                                true,
                                "mptcplb-system",
                                services,
                                of(resources, SubflowPolicy.class),
                                book));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("loadBalancer", told(fleet.accepted()));
        answer.put("services", services(fleet));
        answer.put("policies", policies(fleet));
        Map<String, String> pools = new TreeMap<>();
        book.pools()
                .forEach((name, use) ->
                        pools.put(
                                name,
                                use.assigned()
                                        + " of "
                                        + use.total()
                                        + ", "
                                        + told(use.accepted())));
        answer.put("pools", pools);
        fleet.config().ifPresent(config -> answer.put("config", config));
        answer.put("endpoints", endpoints(loadBalancerClass, services, resources));
        return answer;
    }

    private static Object endpoints(
            String loadBalancerClass, List<Service> services, List<HasMetadata> resources) {
        List<EndpointSlice> slices = of(resources, EndpointSlice.class);
        return EndpointsTranslation.translate(
                        "edge",
                        loadBalancerClass,
                        services,
                        key -> slices.stream().filter(slice -> isOf(slice, key)).toList())
                .pools();
    }

    private static boolean isOf(EndpointSlice slice, ObjectKey service) {
        return slice.getMetadata().getNamespace().equals(service.namespace())
                && service.name()
                        .equals(
                                slice.getMetadata()
                                        .getLabels()
                                        .get(EndpointsTranslation.SERVICE_LABEL));
    }

    private static Map<String, String> services(Fleet fleet) {
        Map<String, String> services = new TreeMap<>();
        for (Map.Entry<ObjectKey, ServiceVerdict> entry : fleet.services().entrySet()) {
            services.put(
                    entry.getKey().toString(),
                    entry.getValue().addresses() + " " + told(entry.getValue().accepted()));
        }
        return services;
    }

    private static Map<String, List<String>> policies(Fleet fleet) {
        Map<String, List<String>> policies = new TreeMap<>();
        for (Map.Entry<ObjectKey, PolicyVerdict> entry : fleet.policies().entrySet()) {
            PolicyVerdict verdict = entry.getValue();
            List<String> lines = new ArrayList<>();
            lines.add(told(verdict.accepted()));
            lines.add(told(verdict.resolvedRefs()));
            verdict.overridden().ifPresent(lines::add);
            policies.put(entry.getKey().toString(), lines);
        }
        return policies;
    }

    private static String told(Statement statement) {
        return statement.type().text()
                + "="
                + statement.holds()
                + " "
                + statement.reason()
                + ": "
                + statement.message();
    }

    private static <T> List<T> of(List<HasMetadata> resources, Class<T> type) {
        return resources.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
