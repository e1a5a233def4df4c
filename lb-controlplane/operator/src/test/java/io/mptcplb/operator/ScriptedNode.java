package io.mptcplb.operator;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.mptcplb.api.ApiNames;
import io.mptcplb.api.DataplaneNode;
import io.mptcplb.api.DataplaneNodeSpec;
import io.mptcplb.api.DataplaneNodeStatus;
import io.mptcplb.cluster.ClusterUnderTest;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An agent and its dataplane as the API server sees them, with a mind of the test's. */
final class ScriptedNode implements AutoCloseable {
    private static final PatchContext APPLY =
            new PatchContext.Builder()
                    .withPatchType(PatchType.SERVER_SIDE_APPLY)
                    .withFieldManager(ApiNames.AGENT_FIELD_MANAGER)
                    .withForce(true)
                    .build();

    /** One may be on its way before, two are seen, and what changes with them is done. */
    private static final int RENEWALS_HEARD = 4;

    /** What it does with a revision that it is told. */
    enum Mind {
        OBEYS,
        REFUSES,
        IS_SILENT,
        CRASHES_LATER
    }

    private final KubernetesClient client;
    private final String namespace;
    private final String loadBalancer;
    private final String name;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final SharedIndexInformer<DataplaneNode> informer;
    private final List<String> told = new CopyOnWriteArrayList<>();
    private volatile Mind mind = Mind.OBEYS;
    private final AtomicInteger renewals = new AtomicInteger();
    private volatile @Nullable String applied;
    private volatile long epoch = System.nanoTime();

    ScriptedNode(KubernetesClient client, String namespace, String loadBalancer, String name) {
        this.client = client;
        this.namespace = namespace;
        this.loadBalancer = loadBalancer;
        this.name = name;
        DataplaneNode node = new DataplaneNode();
        node.setMetadata(
                new ObjectMetaBuilder()
                        .withName(name)
                        .withNamespace(namespace)
                        .addToLabels(ApiNames.LOAD_BALANCER_LABEL, loadBalancer)
                        .build());
        node.setSpec(new DataplaneNodeSpec(loadBalancer, null, List.of(), List.of(), List.of()));
        client.resource(node).patch(APPLY);
        thread.scheduleAtFixedRate(
                this::renew, 0, ApiNames.NODE_LEASE_RENEW_MILLIS, TimeUnit.MILLISECONDS);
        informer =
                client.resources(DataplaneNode.class)
                        .inNamespace(namespace)
                        .withName(name)
                        .inform(
                                new ResourceEventHandler<>() {
                                    @Override
                                    public void onAdd(DataplaneNode seen) {
                                        thread.execute(() -> obey(seen));
                                    }

                                    @Override
                                    public void onUpdate(DataplaneNode old, DataplaneNode seen) {
                                        thread.execute(() -> obey(seen));
                                    }

                                    @Override
                                    public void onDelete(DataplaneNode seen, boolean unknown) {}
                                });
    }

    String name() {
        return name;
    }

    /** Waits until every operator that watches now has heard of it more than once. */
    void awaitHeard() {
        int enough = renewals.get() + RENEWALS_HEARD;
        ClusterUnderTest.await(
                Site.SOON,
                name + " is heard",
                () -> Optional.of(renewals.get()).filter(now -> now >= enough));
    }

    void mind(Mind next) {
        mind = next;
    }

    /** The revisions that it was told, in turn. */
    List<String> told() {
        return told;
    }

    DataplaneNode resource() {
        return Objects.requireNonNull(
                client.resources(DataplaneNode.class).inNamespace(namespace).withName(name).get());
    }

    private void renew() {
        try {
            client.resource(
                            new LeaseBuilder()
                                    .withNewMetadata()
                                    .withName(ApiNames.nodeLease(name))
                                    .withNamespace(namespace)
                                    .addToLabels(ApiNames.LOAD_BALANCER_LABEL, loadBalancer)
                                    .endMetadata()
                                    .withNewSpec()
                                    .withHolderIdentity(name)
                                    .withLeaseDurationSeconds(ApiNames.NODE_LEASE_SECONDS)
                                    .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC))
                                    .endSpec()
                                    .build())
                    .patch(APPLY);
            renewals.incrementAndGet();
        } catch (KubernetesClientException e) {
            // As a real agent: the next renewal tries again.
        }
    }

    private void obey(DataplaneNode seen) {
        String revision = seen.getSpec().revision();
        long generation = seen.getMetadata().getGeneration();
        DataplaneNodeStatus status = seen.getStatus();
        boolean isKnown = status != null && Objects.equals(status.observedGeneration(), generation);
        if (isKnown) {
            return;
        }
        if (revision != null && (told.isEmpty() || !told.getLast().equals(revision))) {
            told.add(revision);
        }
        boolean isNew = revision != null && !revision.equals(applied);
        boolean refuses = isNew && mind == Mind.REFUSES;
        if (isNew && mind == Mind.IS_SILENT) {
            return;
        }
        if (isNew && !refuses) {
            applied = revision;
        }
        write(generation, refuses, true);
        if (isNew && mind == Mind.CRASHES_LATER) {
            mind = Mind.OBEYS;
            thread.schedule(
                    () -> {
                        epoch++;
                        write(generation, false, true);
                    },
                    200,
                    TimeUnit.MILLISECONDS);
        }
    }

    private void write(long generation, boolean refuses, boolean isReady) {
        DataplaneNode patch = new DataplaneNode();
        patch.setMetadata(new ObjectMetaBuilder().withName(name).withNamespace(namespace).build());
        patch.setStatus(
                new DataplaneNodeStatus(
                        generation,
                        applied,
                        null,
                        Long.toString(epoch),
                        "pod-of-" + name,
                        null,
                        List.of(
                                condition("Ready", isReady, "Ready", "serves", generation),
                                refuses
                                        ? condition(
                                                "Programmed",
                                                false,
                                                "Refused",
                                                "virtualServers[0].port: out of ports",
                                                generation)
                                        : condition(
                                                "Programmed",
                                                applied != null,
                                                applied == null
                                                        ? ApiNames.RECONCILING
                                                        : "Programmed",
                                                "in force",
                                                generation))));
        try {
            client.resource(patch).subresource("status").patch(APPLY);
        } catch (KubernetesClientException e) {
            thread.schedule(() -> write(generation, refuses, isReady), 300, TimeUnit.MILLISECONDS);
        }
    }

    private static Condition condition(
            String type, boolean holds, String reason, String message, long generation) {
        return new ConditionBuilder()
                .withType(type)
                .withStatus(holds ? "True" : "False")
                .withReason(reason)
                .withMessage(message)
                .withObservedGeneration(generation)
                .withLastTransitionTime("2026-01-01T00:00:00Z")
                .build();
    }

    /** The node is gone: no word from it any more. */
    @Override
    public void close() {
        informer.stop();
        thread.shutdownNow();
    }
}
