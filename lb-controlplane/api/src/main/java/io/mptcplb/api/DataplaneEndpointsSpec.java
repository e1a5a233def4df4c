package io.mptcplb.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/** The pools of a fleet. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record DataplaneEndpointsSpec(String loadBalancer, List<Pool> pools) {
    public DataplaneEndpointsSpec {
        pools = Lists.of(pools);
    }

    /** One pool. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Pool(String name, List<Backend> backends) {
        public Pool {
            backends = Lists.of(backends);
        }
    }

    /** One backend. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Backend(String name, String address, int port, int weight) {}
}
