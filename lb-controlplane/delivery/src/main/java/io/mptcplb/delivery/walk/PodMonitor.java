package io.mptcplb.delivery.walk;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which pods a Prometheus scrapes, and how it labels them, by the chart's PodMonitor: what the
 * Prometheus operator makes of one, as far as ours goes.
 *
 * @param relabelConfigs as Prometheus reads them, one a line
 */
record PodMonitor(List<String> relabelConfigs) {
    private static final String POD = "__meta_kubernetes_pod_";

    /** Of an object that asks for one port of the pods that it selects by their labels. */
    static PodMonitor of(Map<?, ?> object) {
        List<String> configs = new ArrayList<>();
        Map<?, ?> spec = Yaml.map(object, "spec");
        Yaml.map(Yaml.map(spec, "selector"), "matchLabels")
                .forEach((label, value) -> configs.add(keep(PodDiscovery.label(label), value)));
        Map<?, ?> endpoint = Yaml.maps(spec, "podMetricsEndpoints").getFirst();
        configs.add(keep("container_port_name", Yaml.text(endpoint, "port")));
        for (Map<?, ?> relabeling : Yaml.maps(endpoint, "relabelings")) {
            configs.add(
                    relabeling.entrySet().stream()
                            .map(entry -> snakeCase("" + entry.getKey()) + ": " + entry.getValue())
                            .collect(Collectors.joining(", ", "{", "}")));
        }
        return new PodMonitor(List.copyOf(configs));
    }

    private static String keep(String label, Object value) {
        return "{action: keep, source_labels: [%s], regex: '%s'}".formatted(POD + label, value);
    }

    private static String snakeCase(String camelCase) {
        return camelCase.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}
