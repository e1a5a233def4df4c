package io.mptcplb.operator;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.mptcplb.api.LoadBalancer;

/** What belongs to a LoadBalancer goes with it: Kubernetes' garbage collector sees to that. */
final class Owners {
    private Owners() {}

    static OwnerReference of(LoadBalancer loadBalancer) {
        return new OwnerReferenceBuilder()
                .withApiVersion(loadBalancer.getApiVersion())
                .withKind(loadBalancer.getKind())
                .withName(loadBalancer.getMetadata().getName())
                .withUid(loadBalancer.getMetadata().getUid())
                .withController(true)
                .build();
    }
}
