package io.mptcplb.api;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;

/** The way to the API server. */
public final class ApiServer {
    private static final int CONNECT_MILLIS = 3_000;

    /** First pause before an API server is looked for again; five doublings are the longest one. */
    private static final int RECONNECT_MILLIS = 100;

    private ApiServer() {}

    /**
     * A client by the pod's service account, or by the kubeconfig of KUBECONFIG. Nothing is asked
     * yet.
     *
     * @param requestMillis after which a request has failed
     */
    public static KubernetesClient connect(int requestMillis) {
        return connect(Config.autoConfigure(null), requestMillis);
    }

    /**
     * A client as a configuration says. It asks once: whoever wants something asks again, with what
     * is true by then. The client's own tries come after pauses of seconds, for which a Lease is
     * not renewed although the API server is back.
     */
    public static KubernetesClient connect(Config config, int requestMillis) {
        config.setRequestTimeout(requestMillis);
        config.setConnectionTimeout(CONNECT_MILLIS);
        config.setRequestRetryBackoffLimit(0);
        config.setWatchReconnectInterval(RECONNECT_MILLIS);
        return new KubernetesClientBuilder().withConfig(config).build();
    }
}
