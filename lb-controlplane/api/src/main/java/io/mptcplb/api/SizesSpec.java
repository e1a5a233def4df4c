package io.mptcplb.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** Tables of each dataplane. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record SizesSpec(
        @Nullable Integer maxConnections,
        @Nullable Integer maxHalfOpen,
        @Nullable Integer maxTimeWait,
        @Nullable Integer maxNeighbours) {}
