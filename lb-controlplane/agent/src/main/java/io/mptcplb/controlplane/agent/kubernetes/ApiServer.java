package io.mptcplb.controlplane.agent.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;

/** The way to the API server: by the pod's service account, or by the kubeconfig of KUBECONFIG. */
public final class ApiServer {
    /**
     * A request that is not answered by then is tried again: a Lease is renewed every half second.
     */
    private static final int REQUEST_MILLIS = 3_000;

    private static final int CONNECT_MILLIS = 1_000;

    /** First pause before an API server is looked for again; five doublings are the longest one. */
    private static final int RECONNECT_MILLIS = 100;

    private ApiServer() {}

    /** Nothing is asked yet. */
    public static KubernetesClient connect() {
        Config config = Config.autoConfigure(null);
        config.setRequestTimeout(REQUEST_MILLIS);
        config.setConnectionTimeout(CONNECT_MILLIS);
        config.setRequestRetryBackoffLimit(0);
        config.setWatchReconnectInterval(RECONNECT_MILLIS);
        return new KubernetesClientBuilder().withConfig(config).build();
    }
}
