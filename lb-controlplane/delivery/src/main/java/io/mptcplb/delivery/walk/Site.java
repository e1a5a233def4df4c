package io.mptcplb.delivery.walk;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where the walk is walked, as {@code ./lb} has prepared it.
 *
 * @param root the source tree: chart and examples
 * @param programs where kubectl and helm are
 * @param kubeconfig of the cluster
 * @param tag of the images that its nodes have
 */
public record Site(Path root, Path programs, Path kubeconfig, String tag) {
    /** From the variables that {@code ./lb} sets. */
    public static Site of(Map<String, String> environment) {
        return new Site(
                path(environment, "MPTCP_LB_ROOT"),
                path(environment, "MPTCP_LB_KUBE_PROGRAMS"),
                path(environment, "MPTCP_LB_KUBECONFIG"),
                environment.getOrDefault("MPTCP_LB_IMAGE_TAG", "walk"));
    }

    private static Path path(Map<String, String> environment, String name) {
        String value = environment.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is not set: start this through ./lb");
        }
        return Path.of(value);
    }
}
