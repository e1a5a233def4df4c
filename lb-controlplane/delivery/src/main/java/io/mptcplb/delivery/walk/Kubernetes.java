package io.mptcplb.delivery.walk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A cluster as its users reach it: kubectl with one kubeconfig. */
final class Kubernetes {
    private final Path program;
    private final Path kubeconfig;

    /** How a program ended, and all that it said. */
    record Said(int status, String text) {}

    /**
     * @param program kubectl
     * @param kubeconfig of a user who may do everything
     */
    Kubernetes(Path program, Path kubeconfig) {
        this.program = program;
        this.kubeconfig = kubeconfig;
    }

    /** What kubectl says; it must succeed. */
    String kubectl(String... words) throws IOException {
        Said said = attempt("", words);
        if (said.status() != 0) {
            throw new WalkException(
                    "kubectl " + String.join(" ", words) + ": " + said.text().strip());
        }
        return said.text();
    }

    /**
     * Makes our custom resource definitions a release's own, whoever brought them: Helm takes over
     * nothing that another one left, and an uninstall leaves them.
     */
    void giveSchemasTo(String release) throws IOException {
        for (String name : kubectl("get", "crds", "--output", "name").lines().toList()) {
            if (name.endsWith(".mptcplb.io")) {
                kubectl("label", "--overwrite", name, "app.kubernetes.io/managed-by=Helm");
                kubectl(
                        "annotate",
                        "--overwrite",
                        name,
                        "meta.helm.sh/release-name=" + release,
                        "meta.helm.sh/release-namespace=" + release);
            }
        }
    }

    /** Applies objects, as a user does. */
    void apply(String yaml) throws IOException {
        Said said = offer(yaml);
        if (said.status() != 0) {
            throw new WalkException("kubectl apply: " + said.text());
        }
    }

    /** Applies objects that may be refused. */
    Said offer(String yaml) throws IOException {
        return attempt(yaml, "apply", "--filename", "-");
    }

    /** A field of an object, empty while there is none. */
    String field(String namespace, String object, String path) throws IOException {
        Said said =
                attempt(
                        "",
                        "--namespace",
                        namespace,
                        "get",
                        object,
                        "--output",
                        "jsonpath=" + path);
        return said.status() == 0 ? said.text().strip() : "";
    }

    /** kubectl with input, which may fail. */
    Said attempt(String input, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(Arrays.asList(words));
        command.add("--kubeconfig");
        command.add(kubeconfig.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var to = process.getOutputStream()) {
            to.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            return new Said(process.waitFor(), text);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WalkException("kubectl: interrupted");
        }
    }
}
