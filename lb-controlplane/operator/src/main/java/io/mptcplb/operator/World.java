package io.mptcplb.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.mptcplb.api.AddressPool;
import io.mptcplb.api.ApiNames;
import io.mptcplb.api.DataplaneConfig;
import io.mptcplb.api.DataplaneNode;
import io.mptcplb.api.LoadBalancer;
import io.mptcplb.api.SubflowPolicy;
import io.mptcplb.policy.fleet.EndpointsTranslation;
import io.mptcplb.policy.fleet.ObjectKey;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** All that is watched. */
final class World implements AutoCloseable {
    private static final String BY_SERVICE = "service";
    private static final Logger LOG = System.getLogger(World.class.getName());

    private final FreshCache<LoadBalancer> loadBalancers;
    private final FreshCache<Service> services;
    private final FreshCache<SubflowPolicy> policies;
    private final FreshCache<AddressPool> pools;
    private final FreshCache<DataplaneNode> nodes;
    private final FreshCache<DataplaneConfig> configs;
    private final SharedIndexInformer<EndpointSlice> slices;
    private final SharedIndexInformer<Lease> leases;
    private final NodeLives lives;
    private final LeaderLife leader;
    private volatile String trouble = "";
    private final List<SharedIndexInformer<?>> all = new ArrayList<>();

    World(KubernetesClient client, String namespace, NodeLives lives, LeaderLife leader) {
        this.lives = lives;
        this.leader = leader;
        loadBalancers = cache(client.resources(LoadBalancer.class).runnableInformer(0));
        services = cache(client.services().inAnyNamespace().runnableInformer(0));
        policies =
                cache(client.resources(SubflowPolicy.class).inAnyNamespace().runnableInformer(0));
        pools = cache(client.resources(AddressPool.class).runnableInformer(0));
        nodes =
                cache(
                        client.resources(DataplaneNode.class)
                                .inNamespace(namespace)
                                .runnableInformer(0));
        configs =
                cache(
                        client.resources(DataplaneConfig.class)
                                .inNamespace(namespace)
                                .runnableInformer(0));
        slices =
                client.discovery()
                        .v1()
                        .endpointSlices()
                        .inAnyNamespace()
                        .withLabel(EndpointsTranslation.SERVICE_LABEL)
                        .runnableInformer(0);
        slices.addIndexers(Map.of(BY_SERVICE, slice -> List.of(serviceOf(slice).toString())));
        leases = client.leases().inNamespace(namespace).runnableInformer(0);
        leases.addEventHandler(new LeaseHandler());
        all.add(slices);
        all.add(leases);
    }

    private <T extends HasMetadata> FreshCache<T> cache(SharedIndexInformer<T> informer) {
        all.add(informer);
        return new FreshCache<>(informer);
    }

    /** Renewals become lives. */
    private final class LeaseHandler implements ResourceEventHandler<Lease> {
        @Override
        public void onAdd(Lease lease) {
            if (lease.getSpec() == null) {
                return;
            }
            String node = nodeOf(lease);
            String holder = Objects.requireNonNullElse(lease.getSpec().getHolderIdentity(), "");
            String renewal = String.valueOf(lease.getSpec().getRenewTime());
            if (lease.getMetadata().getName().equals(ApiNames.OPERATOR_LEASE)) {
                ZonedDateTime renewed = lease.getSpec().getRenewTime();
                leader.onLease(
                        holder, renewed == null ? null : renewed.toInstant(), System.nanoTime());
            } else if (node != null) {
                lives.onLease(
                        node,
                        renewal,
                        TimeUnit.MILLISECONDS.toNanos(ApiNames.NODE_LOST_MILLIS),
                        !holder.isEmpty(),
                        System.nanoTime());
            }
        }

        @Override
        public void onUpdate(Lease old, Lease lease) {
            onAdd(lease);
        }

        @Override
        public void onDelete(Lease lease, boolean isStateUnknown) {
            String node = nodeOf(lease);
            if (node != null) {
                lives.onGone(node);
            }
        }

        private static @Nullable String nodeOf(Lease lease) {
            String name = lease.getMetadata().getName();
            String prefix = ApiNames.nodeLease("");
            return name.startsWith(prefix) ? name.substring(prefix.length()) : null;
        }
    }

    /**
     * Begins to watch. An API server that is away, or does not know us yet, is asked again: a
     * process that ended over it would be started again later and later, and come minutes after the
     * server.
     *
     * @param patience how long is waited at the most
     * @return whether everything was seen once
     */
    boolean start(Duration patience) throws InterruptedException {
        CompletableFuture<?>[] started =
                all.stream()
                        .map(informer ->
                                informer.exceptionHandler((_, why) -> tryAgain(why))
                                        .start()
                                        .toCompletableFuture())
                        .toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(started).get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("an informer gave up although told not to", e);
        }
    }

    private boolean tryAgain(Throwable why) {
        String text = String.valueOf(why.getMessage());
        if (!text.equals(trouble)) {
            trouble = text;
            LOG.log(Level.WARNING, "the API server is not watched, trying again: {0}", text);
        }
        return true;
    }

    /** Whether all watches are alive; a broken one is opened again by itself, in most cases. */
    boolean isWatching() {
        return all.stream().allMatch(SharedIndexInformer::isWatching);
    }

    FreshCache<LoadBalancer> loadBalancers() {
        return loadBalancers;
    }

    FreshCache<Service> services() {
        return services;
    }

    FreshCache<SubflowPolicy> policies() {
        return policies;
    }

    FreshCache<AddressPool> pools() {
        return pools;
    }

    FreshCache<DataplaneNode> nodes() {
        return nodes;
    }

    FreshCache<DataplaneConfig> configs() {
        return configs;
    }

    NodeLives lives() {
        return lives;
    }

    SharedIndexInformer<EndpointSlice> slices() {
        return slices;
    }

    List<EndpointSlice> slices(ObjectKey service) {
        return slices.getIndexer().byIndex(BY_SERVICE, service.toString());
    }

    static ObjectKey serviceOf(EndpointSlice slice) {
        Map<String, String> labels =
                Objects.requireNonNullElse(slice.getMetadata().getLabels(), Map.of());
        return new ObjectKey(
                slice.getMetadata().getNamespace(),
                labels.getOrDefault(EndpointsTranslation.SERVICE_LABEL, ""));
    }

    @Override
    public void close() {
        all.forEach(SharedIndexInformer::stop);
    }
}
