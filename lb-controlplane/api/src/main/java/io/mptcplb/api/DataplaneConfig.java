package io.mptcplb.api;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import java.io.Serial;

/** One revision of a fleet's configuration, named by its content and never changed. */
@Group(ApiNames.GROUP)
@Version(ApiNames.VERSION)
@Plural("dataplaneconfigs")
public final class DataplaneConfig extends CustomResource<DataplaneConfigSpec, Void>
        implements Namespaced {
    @Serial private static final long serialVersionUID = 1;
}
