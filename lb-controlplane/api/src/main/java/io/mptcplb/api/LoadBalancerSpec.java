package io.mptcplb.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A fleet: its ports, what every dataplane is made of, and how it is changed. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record LoadBalancerSpec(
        @Nullable String loadBalancerClass,
        List<Port> ports,
        @Nullable WorkersSpec workers,
        @Nullable BuffersSpec buffers,
        @Nullable SizesSpec sizes,
        @Nullable Rollout rollout) {
    public LoadBalancerSpec {
        ports = Lists.of(ports);
    }

    /** A NIC port of every dataplane. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Port(
            String name,
            @JsonProperty("interface") String device,
            @Nullable String driver,
            String role,
            @Nullable Integer cost,
            @Nullable Integer mtu,
            @Nullable Integer queueFrames,
            @Nullable Boolean shareKernelAddress,
            List<String> addresses,
            List<RouteSpec> routes) {
        public Port {
            addresses = Lists.of(addresses);
            routes = Lists.of(routes);
        }
    }

    /** How a revision reaches the fleet. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Rollout(
            @Nullable String bake,
            @Nullable String deadline,
            @Nullable IntOrString maxUnavailable,
            @Nullable Integer historyLimit) {}
}
