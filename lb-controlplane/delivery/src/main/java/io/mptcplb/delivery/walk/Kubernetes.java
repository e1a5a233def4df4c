package io.mptcplb.delivery.walk;

import io.mptcplb.bench.lab.Command;
import io.mptcplb.bench.lab.Command.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A cluster as its users reach it: kubectl with one kubeconfig. */
final class Kubernetes {
    private final Path program;
    private final Path kubeconfig;

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
        Outcome said = attempt("", words);
        if (said.status() != 0) {
            throw new WalkException(
                    "kubectl " + String.join(" ", words) + ": " + said.output().strip());
        }
        return said.output();
    }

    /** The same in a namespace. */
    String kubectlIn(String namespace, String... words) throws IOException {
        List<String> all = new ArrayList<>(List.of("--namespace", namespace));
        all.addAll(Arrays.asList(words));
        return kubectl(all.toArray(String[]::new));
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
        Outcome said = offer(yaml);
        if (said.status() != 0) {
            throw new WalkException("kubectl apply: " + said.output());
        }
    }

    /** Applies objects that may be refused. */
    Outcome offer(String yaml) throws IOException {
        return attempt(yaml, "apply", "--filename", "-");
    }

    /** A field of an object, empty while there is none. */
    String field(String namespace, String object, String path) throws IOException {
        Outcome said =
                attempt(
                        "",
                        "--namespace",
                        namespace,
                        "get",
                        object,
                        "--output",
                        "jsonpath=" + path);
        return said.status() == 0 ? said.output().strip() : "";
    }

    /** kubectl with input, which may fail. */
    Outcome attempt(String input, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(Arrays.asList(words));
        command.add("--kubeconfig");
        command.add(kubeconfig.toString());
        return Command.attempt(command, input);
    }
}
