package io.mptcplb.api;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import java.io.Serial;

/** A fleet of dataplanes with the same configuration. */
@Group(ApiNames.GROUP)
@Version(ApiNames.VERSION)
@Plural("loadbalancers")
public final class LoadBalancer extends CustomResource<LoadBalancerSpec, LoadBalancerStatus> {
    @Serial private static final long serialVersionUID = 1;
}
