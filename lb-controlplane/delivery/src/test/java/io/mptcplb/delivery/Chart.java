package io.mptcplb.delivery;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The chart, rendered by Helm's own code. */
final class Chart {
    /** Helm as a library takes a cluster to be older than any that is left. */
    static final String KUBERNETES = "1.34.0";

    static final String RELEASE = "mptcp-lb";
    static final String NAMESPACE = "mptcp-lb";

    private Chart() {}

    /**
     * @param values a file of values; null for the defaults
     */
    static String render(@Nullable Path values) {
        TemplateCommand command = command();
        if (values != null) {
            command.withValuesFile(values);
        }
        return command.call();
    }

    /** With one value in place of its default. */
    static String render(String key, Object value) {
        return command().set(key, value).call();
    }

    private static TemplateCommand command() {
        return helm().template()
                .withName(RELEASE)
                .withNamespace(NAMESPACE)
                .withKubeVersion(KUBERNETES);
    }

    static Helm helm() {
        return new Helm(Repository.CHART);
    }
}
