package io.mptcplb.api;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import java.io.Serial;

/** Addresses that Services of type LoadBalancer get. */
@Group(ApiNames.GROUP)
@Version(ApiNames.VERSION)
@Plural("addresspools")
public final class AddressPool extends CustomResource<AddressPoolSpec, AddressPoolStatus> {
    @Serial private static final long serialVersionUID = 1;
}
