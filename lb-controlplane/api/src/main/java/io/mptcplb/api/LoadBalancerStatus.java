package io.mptcplb.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of a fleet. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record LoadBalancerStatus(
        @Nullable Long observedGeneration,
        @Nullable String currentRevision,
        @Nullable String updateRevision,
        @Nullable String refusedRevision,
        @Nullable String refusedReason,
        @Nullable Integer nodes,
        @Nullable Integer readyNodes,
        @Nullable Integer updatedNodes,
        @Nullable Integer virtualServers,
        @Nullable RolloutStatus rollout,
        List<Condition> conditions) {
    public LoadBalancerStatus {
        conditions = Lists.of(conditions);
    }

    /** The rollout that is under way. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record RolloutStatus(String revision, Step step, String since, List<NodeStatus> nodes) {
        public RolloutStatus {
            nodes = Lists.of(nodes);
        }
    }

    /** One node's part in a rollout. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record NodeStatus(String name, String since, @Nullable String epoch) {}

    /** How far a rollout is. */
    public enum Step {
        /** One node is asked. */
        @JsonProperty("Canary")
        CANARY,
        /** It serves, and is watched. */
        @JsonProperty("Bake")
        BAKE,
        /** All others, some at a time. */
        @JsonProperty("Waves")
        WAVES
    }
}
