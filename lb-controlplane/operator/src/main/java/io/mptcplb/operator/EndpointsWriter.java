package io.mptcplb.operator;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.mptcplb.api.ApiNames;
import io.mptcplb.api.DataplaneEndpoints;
import io.mptcplb.api.DataplaneEndpointsSpec;
import io.mptcplb.api.LoadBalancer;
import io.mptcplb.policy.fleet.EndpointsTranslation;
import io.mptcplb.policy.fleet.FleetTranslation;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * EndpointSlices to DataplaneEndpoints, past the rollout: pods come and go all the time, and no one
 * of them is a revision. Changes that come together are written together.
 */
final class EndpointsWriter implements AutoCloseable {
    private static final long DEBOUNCE_MILLIS = 100;
    private static final long RETRY_MILLIS = 1000;
    private static final long NONE = 0;

    private final World world;
    private final Cluster cluster;
    private final String namespace;
    private final OperatorFigures figures;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "endpoints"));
    private final AtomicLong changedNanos = new AtomicLong(NONE);
    // Thread "endpoints" only.
    private final Map<String, DataplaneEndpointsSpec> written = new HashMap<>();

    EndpointsWriter(World world, Cluster cluster, String namespace, OperatorFigures figures) {
        this.world = world;
        this.cluster = cluster;
        this.namespace = namespace;
        this.figures = figures;
    }

    /** Begins to write; only who leads does. */
    void start() {
        world.slices()
                .addEventHandler(
                        new ResourceEventHandler<EndpointSlice>() {
                            @Override
                            public void onAdd(EndpointSlice slice) {
                                changed();
                            }

                            @Override
                            public void onUpdate(EndpointSlice old, EndpointSlice slice) {
                                changed();
                            }

                            @Override
                            public void onDelete(EndpointSlice slice, boolean isStateUnknown) {
                                changed();
                            }
                        });
        world.services().onChange(this::changed);
        world.loadBalancers().onChange(this::changed);
        changed();
    }

    private void changed() {
        if (changedNanos.compareAndSet(NONE, System.nanoTime() | 1)) {
            var _ = thread.schedule(this::writeAll, DEBOUNCE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void writeAll() {
        long sinceNanos = changedNanos.getAndSet(NONE);
        try {
            for (LoadBalancer loadBalancer : world.loadBalancers().list()) {
                write(loadBalancer, sinceNanos);
            }
        } catch (KubernetesClientException e) {
            figures.writeFailed("DataplaneEndpoints");
            if (changedNanos.compareAndSet(NONE, sinceNanos)) {
                var _ = thread.schedule(this::writeAll, RETRY_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    private void write(LoadBalancer loadBalancer, long sinceNanos) {
        String name = loadBalancer.getMetadata().getName();
        if (loadBalancer.getMetadata().getDeletionTimestamp() != null) {
            written.remove(name);
            return;
        }
        DataplaneEndpointsSpec pools =
                EndpointsTranslation.translate(
                        name,
                        FleetTranslation.classOf(loadBalancer),
                        world.services().informer().getStore().list(),
                        world::slices);
        if (pools.equals(written.get(name))) {
            return;
        }
        DataplaneEndpoints endpoints = new DataplaneEndpoints();
        endpoints.setMetadata(
                new ObjectMetaBuilder()
                        .withName(name)
                        .withNamespace(namespace)
                        .addToLabels(ApiNames.LOAD_BALANCER_LABEL, name)
                        .withOwnerReferences(Owners.of(loadBalancer))
                        .build());
        endpoints.setSpec(pools);
        cluster.apply(endpoints);
        written.put(name, pools);
        figures.endpointsWritten(System.nanoTime() - sinceNanos);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
