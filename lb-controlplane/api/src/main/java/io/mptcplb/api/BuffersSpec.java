package io.mptcplb.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/** Packet memory of each worker. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record BuffersSpec(
        @Nullable String memory,
        @Nullable Integer count,
        @Nullable String room,
        @Nullable Integer receiveReserve,
        @Nullable String sessionBudget,
        @Nullable String workerBudget) {}
