package io.mptcplb.delivery.walk;

import io.mptcplb.bench.lab.Command.Outcome;
import io.mptcplb.bench.lab.LabEvents;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Keeps a file of a namespace's pods for a Prometheus, each with the labels that Prometheus's own
 * discovery of pods would give it: Debian's is built without that one. While the API server is
 * away, the file stays.
 */
final class PodDiscovery implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final String META = "__meta_kubernetes_pod_";

    private final Kubernetes kubernetes;
    private final String namespace;
    private final Path file;
    private final Thread thread;
    private String written = "";
    private volatile boolean isClosed;

    private PodDiscovery(Kubernetes kubernetes, String namespace, Path file) {
        this.kubernetes = kubernetes;
        this.namespace = namespace;
        this.file = file;
        this.thread = Thread.ofPlatform().name("pod-discovery").daemon().unstarted(this::run);
    }

    static PodDiscovery start(Kubernetes kubernetes, String namespace, Path file) {
        PodDiscovery discovery = new PodDiscovery(kubernetes, namespace, file);
        discovery.thread.start();
        return discovery;
    }

    private void run() {
        while (!isClosed) {
            try {
                look();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            LabEvents.pause(PAUSE);
        }
    }

    private void look() throws IOException {
        Outcome said =
                kubernetes.attempt(
                        "",
                        "--namespace",
                        namespace,
                        "get",
                        "pods",
                        "--request-timeout=2s",
                        "--output",
                        "json");
        if (said.status() != 0) {
            return;
        }
        List<String> targets = new ArrayList<>();
        for (Map<?, ?> pod : Yaml.maps(Yaml.map(Yaml.load(said.output())), "items")) {
            addTargets(targets, pod);
        }
        String text = String.join("", targets);
        if (!text.equals(written)) {
            // In one step: it is read whenever it changes.
            Path next = Files.writeString(file.resolveSibling("next"), text);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            written = text;
        }
    }

    private static void addTargets(List<String> targets, Map<?, ?> pod) {
        Map<?, ?> spec = Yaml.map(pod, "spec");
        String address = Yaml.text(Yaml.map(pod, "status"), "podIP");
        Map<String, String> labels = new TreeMap<>();
        labels.put(META + "node_name", Yaml.text(spec, "nodeName"));
        Yaml.map(Yaml.map(pod, "metadata"), "labels")
                .forEach((label, value) -> labels.put(META + label(label), "" + value));
        Stream.of("containers", "initContainers")
                .flatMap(kind -> Yaml.maps(spec, kind).stream())
                .flatMap(container -> Yaml.maps(container, "ports").stream())
                .filter(port -> !address.isEmpty())
                .forEach(port -> {
                    labels.put(META + "container_port_name", Yaml.text(port, "name"));
                    targets.add(target(address + ":" + port.get("containerPort"), labels));
                });
    }

    /** What becomes of a pod's label in the name of a label of Prometheus. */
    static String label(Object name) {
        return "label_" + ("" + name).replaceAll("\\W", "_");
    }

    private static String target(String address, Map<String, String> labels) {
        StringBuilder target = new StringBuilder("- targets: ['" + address + "']\n  labels:\n");
        labels.forEach((name, value) ->
                target.append("    ").append(name).append(": '").append(value).append("'\n"));
        return target.toString();
    }

    @Override
    public void close() {
        isClosed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
