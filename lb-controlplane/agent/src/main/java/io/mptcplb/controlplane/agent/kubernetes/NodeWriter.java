package io.mptcplb.controlplane.agent.kubernetes;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mptcplb.api.ApiNames;
import io.mptcplb.api.DataplaneNode;
import io.mptcplb.api.DataplaneNodeSpec;
import io.mptcplb.api.DataplaneNodeStatus;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the agent writes: its DataplaneNode, that object's status, and the Lease by which its node
 * lives. Two threads of its own, as a slow API server must not make a node look dead: one for the
 * object, where only the newest status counts, one for the Lease.
 */
final class NodeWriter implements AutoCloseable {
    private static final long AGAIN_MILLIS = 500;
    private static final long CLOSE_MILLIS = 1_000;

    private final KubernetesClient client;
    private final NodeIdentity identity;
    private final Clock clock;
    private final Supplier<Boolean> alive;
    private final Consumer<String> onRefused;
    private final ExecutorService objects =
            Executors.newSingleThreadExecutor(
                    task -> Thread.ofPlatform().name("node-status").daemon().unstarted(task));
    private final ExecutorService leases =
            Executors.newSingleThreadExecutor(
                    task -> Thread.ofPlatform().name("node-lease").daemon().unstarted(task));
    private final AtomicReference<@Nullable DataplaneNodeStatus> next = new AtomicReference<>();
    private volatile boolean closed;
    private volatile boolean isAnswered = true;

    /**
     * @param alive asked on another thread: whether the dataplane lives
     * @param onRefused told on another thread what the API server says to a write that it does not
     *     take; the write is tried again
     */
    NodeWriter(
            KubernetesClient client,
            NodeIdentity identity,
            Clock clock,
            Supplier<Boolean> alive,
            Consumer<String> onRefused) {
        this.client = client;
        this.identity = identity;
        this.clock = clock;
        this.alive = alive;
        this.onRefused = onRefused;
    }

    void start() {
        objects.execute(this::create);
        leases.execute(this::renewAndAgain);
    }

    /** There is no such object any more, or not yet. */
    void createNode() {
        if (!closed) {
            objects.execute(this::create);
        }
    }

    /** Writes it as soon as the API server takes it, unless a newer one comes before. */
    void write(DataplaneNodeStatus status) {
        if (!closed && next.getAndSet(status) == null) {
            objects.execute(this::writeNext);
        }
    }

    private void create() {
        DataplaneNode node = new DataplaneNode();
        node.setMetadata(
                new ObjectMetaBuilder()
                        .withName(identity.node())
                        .withNamespace(identity.namespace())
                        .withLabels(labels())
                        .build());
        node.setSpec(
                new DataplaneNodeSpec(
                        identity.loadBalancer(), null, List.of(), List.of(), List.of()));
        if (!attempt(() -> client.resource(node).patch(serverSideApply()))) {
            again(this::create);
        }
    }

    private Map<String, String> labels() {
        return Map.of(ApiNames.LOAD_BALANCER_LABEL, identity.loadBalancer());
    }

    private void writeNext() {
        DataplaneNodeStatus status = next.getAndSet(null);
        if (status == null) {
            return;
        }
        DataplaneNode node = new DataplaneNode();
        node.setMetadata(
                new ObjectMetaBuilder()
                        .withName(identity.node())
                        .withNamespace(identity.namespace())
                        .build());
        node.setStatus(status);
        boolean written =
                attempt(() -> client.resource(node).subresource("status").patch(serverSideApply()));
        if (!written && next.compareAndSet(null, status)) {
            again(this::writeNext);
        }
    }

    private void again(Runnable task) {
        pause(AGAIN_MILLIS);
        if (!closed) {
            objects.execute(task);
        }
    }

    /** False when it is to be tried again: the object may come, the API server may return. */
    private boolean attempt(Runnable write) {
        try {
            write.run();
            isAnswered = true;
            return true;
        } catch (KubernetesClientException e) {
            isAnswered = e.getCode() > 0;
            String why = e.getCause() == null ? "" : " " + e.getCause().getMessage();
            onRefused.accept(e.getMessage() + why);
            return false;
        }
    }

    /** Then pauses: one that takes long is not followed by a burst. */
    private void renewAndAgain() {
        while (!closed) {
            if (alive.get()) {
                attempt(() -> client.resource(lease(identity.node())).patch(serverSideApply()));
            }
            pause(ApiNames.NODE_LEASE_RENEW_MILLIS);
        }
    }

    private static void pause(long millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private Lease lease(@Nullable String holder) {
        ZonedDateTime now =
                ZonedDateTime.now(clock.withZone(ZoneOffset.UTC)).truncatedTo(ChronoUnit.MICROS);
        return new LeaseBuilder()
                .withNewMetadata()
                .withName(ApiNames.nodeLease(identity.node()))
                .withNamespace(identity.namespace())
                .withLabels(labels())
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity(holder)
                .withLeaseDurationSeconds(ApiNames.NODE_LEASE_SECONDS)
                .withRenewTime(now)
                .endSpec()
                .build();
    }

    private static PatchContext serverSideApply() {
        return new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(ApiNames.AGENT_FIELD_MANAGER)
                .withForce(true)
                .build();
    }

    /** Whether the API server answered when something was written last. */
    boolean isAnswered() {
        return isAnswered;
    }

    /** An orderly leave, to be closed: whoever looks at the Lease need not wait for its end. */
    void leave() {
        closed = true;
        leases.execute(() -> attempt(() -> client.resource(lease(null)).patch(serverSideApply())));
    }

    /** Writes nothing more, beside what is on its way. */
    @Override
    public void close() {
        closed = true;
        objects.shutdownNow();
        shutDown(leases);
    }

    private static void shutDown(ExecutorService service) {
        service.shutdown();
        try {
            if (!service.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
                service.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            service.shutdownNow();
        }
    }
}
