package io.mptcplb.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the operator made of a pool. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record AddressPoolStatus(
        @Nullable Long observedGeneration,
        @Nullable Long total,
        @Nullable Long assigned,
        @Nullable Long available,
        List<Condition> conditions) {
    public AddressPoolStatus {
        conditions = Lists.of(conditions);
    }
}
