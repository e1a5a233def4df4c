package io.mptcplb.api;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import java.io.Serial;

/** Path policy for the clients of Services. */
@Group(ApiNames.GROUP)
@Version(ApiNames.VERSION)
@Plural("subflowpolicies")
public final class SubflowPolicy extends CustomResource<SubflowPolicySpec, SubflowPolicyStatus>
        implements Namespaced {
    @Serial private static final long serialVersionUID = 1;
}
