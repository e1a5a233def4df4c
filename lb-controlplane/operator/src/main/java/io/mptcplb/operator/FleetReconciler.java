package io.mptcplb.operator;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.mptcplb.api.ApiNames;
import io.mptcplb.api.LoadBalancer;
import io.mptcplb.policy.fleet.FleetTranslation;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Looks at a whole fleet whenever anything of it changed, and now and then in any case. What is
 * looked at is what is now, never what happened: an event that is lost costs time only.
 */
@ControllerConfiguration(
        name = "loadbalancer",
        finalizerName = ApiNames.GROUP + "/fleet",
        fieldManager = ApiNames.OPERATOR_FIELD_MANAGER)
final class FleetReconciler implements Reconciler<LoadBalancer>, Cleaner<LoadBalancer> {
    private static final Duration AT_LEAST_EVERY = Duration.ofSeconds(30);

    /** A Lease that was just taken is seen within this. */
    private static final Duration UNTIL_LEADING = Duration.ofMillis(20);

    private final World world;
    private final Cluster cluster;
    private final String namespace;
    private final OperatorFigures figures;
    private final SimpleInboundEventSource<LoadBalancer> changes =
            new SimpleInboundEventSource<>("changes");
    // Fleets share the pools: one at a time.
    private final ReentrantLock one = new ReentrantLock();

    FleetReconciler(World world, Cluster cluster, String namespace, OperatorFigures figures) {
        this.world = world;
        this.cluster = cluster;
        this.namespace = namespace;
        this.figures = figures;
    }

    @Override
    public List<EventSource<?, LoadBalancer>> prepareEventSources(
            EventSourceContext<LoadBalancer> context) {
        return List.of(changes);
    }

    /** Something changed, no matter what. */
    void changed() {
        if (changes.isRunning()) {
            for (LoadBalancer loadBalancer : world.loadBalancers().informer().getStore().list()) {
                changes.propagateEvent(new ResourceID(loadBalancer.getMetadata().getName()));
            }
        }
    }

    @Override
    public UpdateControl<LoadBalancer> reconcile(
            LoadBalancer loadBalancer, Context<LoadBalancer> context) {
        if (!cluster.leads()) {
            return UpdateControl.<LoadBalancer>noUpdate().rescheduleAfter(UNTIL_LEADING);
        }
        one.lock();
        long startNanos = System.nanoTime();
        try {
            Duration wake =
                    new FleetPass(
                                    world,
                                    cluster,
                                    namespace,
                                    figures,
                                    world.loadBalancers().fresh(loadBalancer))
                            .run()
                            .filter(soon -> soon.compareTo(AT_LEAST_EVERY) < 0)
                            .orElse(AT_LEAST_EVERY);
            return UpdateControl.<LoadBalancer>noUpdate().rescheduleAfter(wake.plusMillis(1));
        } catch (KubernetesClientException e) {
            figures.writeFailed("any");
            throw e;
        } finally {
            figures.passed(Duration.ofNanos(System.nanoTime() - startNanos));
            one.unlock();
        }
    }

    @Override
    public DeleteControl cleanup(LoadBalancer loadBalancer, Context<LoadBalancer> context) {
        if (!cluster.leads()) {
            return DeleteControl.noFinalizerRemoval().rescheduleAfter(UNTIL_LEADING);
        }
        one.lock();
        try {
            ServiceWriter writer = new ServiceWriter(world, cluster);
            for (Service service : world.services().list()) {
                if (ServiceWriter.isOurs(service)
                        && FleetTranslation.classOf(loadBalancer)
                                .equals(service.getSpec().getLoadBalancerClass())) {
                    writer.release(service);
                }
            }
            return DeleteControl.defaultDelete();
        } finally {
            one.unlock();
        }
    }
}
