package io.mptcplb.controlplane.agent.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.mptcplb.api.ApiNames;
import io.mptcplb.api.DataplaneConfig;
import io.mptcplb.api.DataplaneEndpoints;
import io.mptcplb.api.DataplaneNode;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Watches what is meant for one node. An API server that is gone is looked for until it is back;
 * what was seen holds until then.
 */
final class NodeWatch implements AutoCloseable {
    private final SharedIndexInformer<DataplaneNode> nodes;
    private final SharedIndexInformer<DataplaneConfig> revisions;
    private final SharedIndexInformer<DataplaneEndpoints> endpoints;

    /** Told on the watch's threads. */
    interface Listener {
        /** Our node as it is now; null when there is none. */
        void onNode(@Nullable DataplaneNode node);

        void onRevision(DataplaneConfig revision);

        void onRevisionGone(String name);

        void onEndpoints(DataplaneEndpoints endpoints);
    }

    NodeWatch(KubernetesClient client, NodeIdentity identity, Listener listener) {
        String namespace = identity.namespace();
        nodes =
                client.resources(DataplaneNode.class)
                        .inNamespace(namespace)
                        .withField("metadata.name", identity.node())
                        .runnableInformer(0);
        revisions =
                client.resources(DataplaneConfig.class)
                        .inNamespace(namespace)
                        .withLabel(ApiNames.LOAD_BALANCER_LABEL, identity.loadBalancer())
                        .runnableInformer(0);
        endpoints =
                client.resources(DataplaneEndpoints.class)
                        .inNamespace(namespace)
                        .withField("metadata.name", identity.loadBalancer())
                        .runnableInformer(0);
        nodes.addEventHandler(new Handler<>(listener::onNode, gone -> listener.onNode(null)));
        revisions.addEventHandler(
                new Handler<>(
                        listener::onRevision,
                        gone -> listener.onRevisionGone(gone.getMetadata().getName())));
        // Members of pools that are gone as an object stay as they are.
        endpoints.addEventHandler(new Handler<>(listener::onEndpoints, gone -> {}));
        for (SharedIndexInformer<?> informer : all()) {
            informer.exceptionHandler((started, failure) -> true);
        }
    }

    private List<SharedIndexInformer<?>> all() {
        return List.of(nodes, revisions, endpoints);
    }

    void start() {
        all().forEach(SharedIndexInformer::start);
    }

    /** Whether all watches are alive; a broken one is opened again by itself, in most cases. */
    boolean isWatching() {
        return all().stream().allMatch(SharedIndexInformer::isWatching);
    }

    @Override
    public void close() {
        all().forEach(SharedIndexInformer::stop);
    }

    private record Handler<T extends HasMetadata>(Consumer<T> there, Consumer<T> gone)
            implements ResourceEventHandler<T> {
        @Override
        public void onAdd(T object) {
            there.accept(object);
        }

        @Override
        public void onUpdate(T old, T object) {
            there.accept(object);
        }

        @Override
        public void onDelete(T object, boolean stateIsUnknown) {
            gone.accept(object);
        }
    }
}
