package io.mptcplb.api;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import java.io.Serial;

/** The backends of a fleet's pools; changes apply at once. */
@Group(ApiNames.GROUP)
@Version(ApiNames.VERSION)
@Plural("dataplaneendpoints")
public final class DataplaneEndpoints extends CustomResource<DataplaneEndpointsSpec, Void>
        implements Namespaced {
    @Serial private static final long serialVersionUID = 1;
}
