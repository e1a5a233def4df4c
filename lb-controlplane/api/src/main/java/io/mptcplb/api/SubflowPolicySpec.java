package io.mptcplb.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The targets of a policy, and what it says. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record SubflowPolicySpec(
        List<TargetRef> targetRefs,
        List<String> clients,
        String mode,
        List<String> backup,
        @Nullable Boolean enabled,
        @Nullable Boolean joinInitialAddress,
        @Nullable Boolean checksumRequired,
        @Nullable Limits limits,
        List<Advertise> advertise,
        @Nullable Failover failover) {
    public SubflowPolicySpec {
        targetRefs = Lists.of(targetRefs);
        clients = Lists.of(clients);
        backup = Lists.of(backup);
        advertise = Lists.of(advertise);
    }

    /** A Service or a LoadBalancer. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record TargetRef(@Nullable String group, String kind, String name) {}

    /** What one connection may have. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Limits(@Nullable Integer maxSubflows) {}

    /** Addresses to announce. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Advertise(
            String port,
            @Nullable String address,
            @Nullable Integer tcpPort,
            @Nullable Integer id) {}

    /** When a path has a fault. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Failover(
            @Nullable Boolean linkDown,
            @Nullable String stalledShare,
            @Nullable String retransmittedShare,
            @Nullable String roundTrip,
            @Nullable String holdTime,
            @Nullable Integer maxSwitches,
            @Nullable String window) {}
}
