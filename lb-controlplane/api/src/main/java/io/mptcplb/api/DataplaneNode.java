package io.mptcplb.api;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import java.io.Serial;

/** One dataplane: what it is to do, and what it does. */
@Group(ApiNames.GROUP)
@Version(ApiNames.VERSION)
@Plural("dataplanenodes")
public final class DataplaneNode extends CustomResource<DataplaneNodeSpec, DataplaneNodeStatus>
        implements Namespaced {
    @Serial private static final long serialVersionUID = 1;
}
