package io.mptcplb.operator;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.LoadBalancerIngressBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.mptcplb.api.ApiNames;
import io.mptcplb.contract.IpAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** A Service's finalizer and status; nothing else of it is ours. */
final class ServiceWriter {
    private final World world;
    private final Cluster cluster;

    ServiceWriter(World world, Cluster cluster) {
        this.world = world;
        this.cluster = cluster;
    }

    /**
     * Whether a Service has or wants a virtual address; one that goes keeps it until it is gone.
     */
    static boolean isHolder(Service service, Set<String> classes) {
        return service.getSpec() != null
                && "LoadBalancer".equals(service.getSpec().getType())
                && classes.contains(
                        Objects.requireNonNullElse(service.getSpec().getLoadBalancerClass(), ""));
    }

    static boolean isOurs(Service service) {
        return service.getMetadata().getFinalizers().contains(ApiNames.SERVICE_FINALIZER);
    }

    static List<Condition> conditions(Service service) {
        return service.getStatus() == null
                ? List.of()
                : Optional.ofNullable(service.getStatus().getConditions()).orElse(List.of());
    }

    /** Takes a Service into our care: its finalizer, before anything else. */
    Service take(Service service) {
        if (isOurs(service)) {
            return service;
        }
        ObjectMeta identity = Cluster.identity(service);
        identity.setFinalizers(List.of(ApiNames.SERVICE_FINALIZER));
        Service taken = cluster.apply(new ServiceBuilder().withMetadata(identity).build());
        world.services().onWritten(taken);
        return taken;
    }

    /** Whether there was anything to write. */
    boolean tell(Service service, List<IpAddress> addresses, List<Condition> conditions) {
        // VIP mode would let kube-proxy answer in the cluster itself, without MPTCP.
        List<LoadBalancerIngress> ingress =
                addresses.stream()
                        .map(address ->
                                new LoadBalancerIngressBuilder()
                                        .withIp(address.toString())
                                        .withIpMode("Proxy")
                                        .build())
                        .toList();
        List<Condition> old =
                conditions(service).stream()
                        .filter(condition -> condition.getType().startsWith(ApiNames.GROUP + "/"))
                        .toList();
        List<LoadBalancerIngress> held =
                service.getStatus() == null || service.getStatus().getLoadBalancer() == null
                        ? List.of()
                        : service.getStatus().getLoadBalancer().getIngress();
        if (Conditions.areSame(conditions, old) && ingress.equals(held)) {
            return false;
        }
        world.services()
                .onWritten(
                        cluster.applyStatus(
                                new ServiceBuilder()
                                        .withMetadata(Cluster.identity(service))
                                        .withNewStatus()
                                        .withNewLoadBalancer()
                                        .withIngress(ingress)
                                        .endLoadBalancer()
                                        .withConditions(conditions)
                                        .endStatus()
                                        .build()));
        return true;
    }

    /** Lets go of a Service that is deleted or no longer for us. */
    void release(Service service) {
        if (service.getMetadata().getDeletionTimestamp() == null) {
            tell(service, List.of(), List.of());
        }
        ObjectMeta identity = Cluster.identity(service);
        identity.setFinalizers(List.of());
        cluster.apply(new ServiceBuilder().withMetadata(identity).build());
    }
}
