package io.mptcplb.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a dataplane does. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record DataplaneNodeStatus(
        @Nullable Long observedGeneration,
        @Nullable String appliedRevision,
        @Nullable Long appliedEndpoints,
        @Nullable String dataplaneEpoch,
        @Nullable String pod,
        @Nullable Figures figures,
        List<Condition> conditions) {
    public DataplaneNodeStatus {
        conditions = Lists.of(conditions);
    }

    /** What the dataplane counted since it started. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Figures(
            @Nullable Long established, @Nullable Long refused, @Nullable Long connections) {}
}
