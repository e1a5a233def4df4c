package io.mptcplb.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a dataplane is to do.
 *
 * @param announces the virtual addresses that it answers for on their links
 * @param passStraysTo addresses of nodes that are leaving and still serve what they have begun
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record DataplaneNodeSpec(
        String loadBalancer,
        @Nullable String revision,
        List<Port> ports,
        List<String> announces,
        List<String> passStraysTo) {
    public DataplaneNodeSpec {
        ports = Lists.of(ports);
        announces = Lists.of(announces);
        passStraysTo = Lists.of(passStraysTo);
    }

    /** What is a node's own of a port. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Port(String name, List<String> addresses, List<RouteSpec> routes) {
        public Port {
            addresses = Lists.of(addresses);
            routes = Lists.of(routes);
        }
    }
}
