package io.mptcplb.operator;

import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.mptcplb.api.ApiNames;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * All that is written: server-side apply under one field manager, so that what is ours is ours and
 * everything else is left alone.
 */
final class Cluster {
    private static final int EVENT_CHARACTERS_MAX = 1000;

    private final KubernetesClient client;
    private final String identity;
    private final OperatorFigures figures;
    private final BooleanSupplier leads;

    /**
     * @param leads whether it is certain that nobody else leads: who is not certain writes nothing
     */
    Cluster(
            KubernetesClient client,
            String identity,
            OperatorFigures figures,
            BooleanSupplier leads) {
        this.client = client;
        this.identity = identity;
        this.figures = figures;
        this.leads = leads;
    }

    /** Whether writes are made. */
    boolean leads() {
        return leads.getAsBoolean();
    }

    private KubernetesClient writer() {
        if (!leads()) {
            throw new KubernetesClientException("the Lease is not renewed: another one may lead");
        }
        return client;
    }

    /**
     * The metadata to apply under. The uid keeps an object that was deleted meanwhile from being
     * made again.
     */
    static ObjectMeta identity(HasMetadata object) {
        return new ObjectMetaBuilder()
                .withName(object.getMetadata().getName())
                .withNamespace(object.getMetadata().getNamespace())
                .withUid(object.getMetadata().getUid())
                .build();
    }

    <T extends HasMetadata> T apply(T object) {
        return writer().resource(object).patch(serverSideApply());
    }

    <T extends HasMetadata> T applyStatus(T object) {
        return writer().resource(object).subresource("status").patch(serverSideApply());
    }

    private static PatchContext serverSideApply() {
        return new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(ApiNames.OPERATOR_FIELD_MANAGER)
                .withForce(true)
                .build();
    }

    /** Makes an object whose name says what it contains: one that exists already is the same. */
    void createOnce(HasMetadata object) {
        try {
            writer().resource(object).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
        }
    }

    void delete(HasMetadata object) {
        writer().resource(object).delete();
    }

    /**
     * Tells whoever looks at an object. One that gets lost is not missed: conditions say the same.
     */
    void event(HasMetadata about, boolean isWarning, String reason, String message) {
        ObjectMeta metadata = about.getMetadata();
        String namespace = Objects.requireNonNullElse(metadata.getNamespace(), "default");
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        int end = Math.min(message.length(), EVENT_CHARACTERS_MAX);
        try {
            writer().v1()
                    .events()
                    .inNamespace(namespace)
                    .resource(
                            new EventBuilder()
                                    .withNewMetadata()
                                    .withGenerateName(metadata.getName() + ".")
                                    .withNamespace(namespace)
                                    .endMetadata()
                                    .withNewInvolvedObject()
                                    .withApiVersion(about.getApiVersion())
                                    .withKind(about.getKind())
                                    .withName(metadata.getName())
                                    .withNamespace(metadata.getNamespace())
                                    .withUid(metadata.getUid())
                                    .endInvolvedObject()
                                    .withType(isWarning ? "Warning" : "Normal")
                                    .withReason(reason)
                                    .withMessage(message.substring(0, end))
                                    .withNewSource()
                                    .withComponent(ApiNames.OPERATOR_FIELD_MANAGER)
                                    .endSource()
                                    .withReportingComponent(ApiNames.GROUP + "/operator")
                                    .withReportingInstance(identity)
                                    .withFirstTimestamp(now)
                                    .withLastTimestamp(now)
                                    .withCount(1)
                                    .build())
                    .create();
        } catch (KubernetesClientException e) {
            figures.eventLost();
        }
    }
}
