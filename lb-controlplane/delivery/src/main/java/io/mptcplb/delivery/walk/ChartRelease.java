package io.mptcplb.delivery.walk;

import com.marcnuri.helm.Helm;
import java.nio.file.Path;
import java.util.Map;

/**
 * A release of the chart, by Helm's own code: no helm needs to be installed.
 *
 * @param chart its directory
 * @param kubeconfig of a user who may do everything
 * @param name of the release and of its namespace
 */
record ChartRelease(Path chart, Path kubeconfig, String name) {
    private static final int SECONDS_MAX = 180;

    /** Helm as a library takes a cluster to be older than any that is left. */
    private static final String KUBERNETES = "1.34.0";

    void install(Path values, Map<String, String> more) {
        var command =
                new Helm(chart)
                        .install()
                        .withName(name)
                        .withNamespace(name)
                        .createNamespace()
                        .withKubeConfig(kubeconfig)
                        .withValuesFile(values);
        more.forEach(command::set);
        command.call();
    }

    /** The chart's PodMonitor, which a cluster without the Prometheus operator cannot hold. */
    PodMonitor podMonitor() {
        String rendered =
                new Helm(chart)
                        .template()
                        .withName(name)
                        .withNamespace(name)
                        .withKubeVersion(KUBERNETES)
                        .set("metrics.podMonitor.enabled", true)
                        .call();
        return Yaml.all(rendered)
                .filter(object -> Yaml.text(object, "kind").equals("PodMonitor"))
                .map(PodMonitor::of)
                .findFirst()
                .orElseThrow();
    }

    /** The same with one value changed. */
    void upgrade(String key, String value) {
        new Helm(chart)
                .upgrade()
                .withName(name)
                .withNamespace(name)
                .withKubeConfig(kubeconfig)
                .reuseValues()
                .set(key, value)
                .call();
    }

    /** {@code helm test}, which must succeed. */
    void test() throws WalkException {
        try {
            Helm.test(name)
                    .withNamespace(name)
                    .withKubeConfig(kubeconfig)
                    .withTimeout(SECONDS_MAX)
                    .call();
        } catch (RuntimeException e) {
            throw new WalkException("helm test: " + e.getMessage());
        }
    }

    void uninstall() {
        Helm.uninstall(name).withNamespace(name).withKubeConfig(kubeconfig).call();
    }
}
