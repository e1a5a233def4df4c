package io.mptcplb.delivery.walk;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where the walk is walked, as {@code ./lb} has prepared it.
 *
 * @param root the source tree: chart and examples
 * @param kubectl the program
 * @param kubeconfig of the cluster
 * @param tag of the images that its nodes have
 */
public record Site(Path root, Path kubectl, Path kubeconfig, String tag) {
    /** From the variables that {@code ./lb} sets. */
    public static Site of(Map<String, String> environment) {
        return new Site(
                path(environment, "MPTCP_LB_ROOT"),
                path(environment, "MPTCP_LB_KUBECTL"),
                path(environment, "MPTCP_LB_KUBECONFIG"),
                environment.getOrDefault("MPTCP_LB_IMAGE_TAG", "walk"));
    }

    Kubernetes kubernetes() {
        return new Kubernetes(kubectl, kubeconfig);
    }

    /** The chart, to be installed by that name into a namespace of the same one. */
    ChartRelease release(String name) {
        return new ChartRelease(root.resolve("helm/mptcp-lb"), kubeconfig, name);
    }

    private static Path path(Map<String, String> environment, String name) {
        String value = environment.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is not set: start this through ./lb");
        }
        return Path.of(value);
    }
}
