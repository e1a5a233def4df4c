package io.mptcplb.policy.fleet;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.mptcplb.api.DataplaneEndpointsSpec;
import io.mptcplb.api.DataplaneEndpointsSpec.Backend;
import io.mptcplb.contract.IpAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * EndpointSlices to the pools of a fleet. Ready endpoints get sessions; those that terminate and
 * still serve keep theirs and get no new ones; all others are left out.
 */
public final class EndpointsTranslation {
    /** The label that names a slice's Service. */
    public static final String SERVICE_LABEL = "kubernetes.io/service-name";

    /** A pool has at most so many; more are left out, the last by name. */
    static final int BACKENDS_MAX = 1024;

    private EndpointsTranslation() {}

    /**
     * The pools of all TCP ports of a fleet's Services, by name.
     *
     * @param services of all kinds
     * @param slices the slices of a Service
     */
    public static DataplaneEndpointsSpec translate(
            String loadBalancer,
            String loadBalancerClass,
            Collection<Service> services,
            Function<ObjectKey, List<EndpointSlice>> slices) {
        Map<String, DataplaneEndpointsSpec.Pool> pools = new TreeMap<>();
        for (Service service : services) {
            if (!FleetTranslation.isServed(service, loadBalancerClass)) {
                continue;
            }
            ObjectKey key = ObjectKey.of(service);
            List<EndpointSlice> own = slices.apply(key);
            for (ServicePort port : service.getSpec().getPorts()) {
                if (Server.isTcp(port)) {
                    String name = Server.name(key, port);
                    pools.put(
                            name,
                            new DataplaneEndpointsSpec.Pool(name, backends(service, port, own)));
                }
            }
        }
        return new DataplaneEndpointsSpec(loadBalancer, List.copyOf(pools.values()));
    }

    /** Backends of the Service's first IP version, or of the other one where that has none. */
    private static List<Backend> backends(
            Service service, ServicePort port, List<EndpointSlice> slices) {
        List<String> families = new ArrayList<>(service.getSpec().getIpFamilies());
        for (String family : List.of("IPv4", "IPv6")) {
            if (!families.contains(family)) {
                families.add(family);
            }
        }
        for (String family : families) {
            List<Backend> backends =
                    backends(
                            port,
                            slices.stream()
                                    .filter(slice -> family.equals(slice.getAddressType()))
                                    .toList());
            if (!backends.isEmpty()) {
                return backends;
            }
        }
        return List.of();
    }

    private static List<Backend> backends(ServicePort port, List<EndpointSlice> slices) {
        Map<String, Backend> byEndpoint = new TreeMap<>();
        for (EndpointSlice slice : slices) {
            Optional<Integer> number = number(port, slice);
            if (number.isEmpty() || slice.getEndpoints() == null) {
                continue;
            }
            for (Endpoint endpoint : slice.getEndpoints()) {
                backend(endpoint, number.get())
                        .ifPresent(backend ->
                                byEndpoint.merge(
                                        backend.address() + " " + backend.port(),
                                        backend,
                                        (a, b) -> a.weight() >= b.weight() ? a : b));
            }
        }
        Set<String> names = new HashSet<>();
        return byEndpoint.values().stream()
                .sorted(Comparator.comparing(Backend::name).thenComparing(Backend::address))
                .map(backend -> names.add(backend.name()) ? backend : named(backend))
                .sorted(Comparator.comparing(Backend::name))
                .limit(BACKENDS_MAX)
                .toList();
    }

    private static Backend named(Backend backend) {
        String name = backend.name() + "/" + backend.address() + "/" + backend.port();
        return new Backend(name, backend.address(), backend.port(), backend.weight());
    }

    private static Optional<Integer> number(ServicePort port, EndpointSlice slice) {
        return Optional.ofNullable(slice.getPorts()).orElse(List.of()).stream()
                .filter(candidate ->
                        Objects.requireNonNullElse(candidate.getName(), "")
                                .equals(Objects.requireNonNullElse(port.getName(), "")))
                .map(EndpointPort::getPort)
                .filter(Objects::nonNull)
                .findFirst();
    }

    private static Optional<Backend> backend(Endpoint endpoint, int port) {
        EndpointConditions conditions = endpoint.getConditions();
        Boolean ready = conditions == null ? null : conditions.getReady();
        Boolean serving = conditions == null ? null : conditions.getServing();
        Boolean terminating = conditions == null ? null : conditions.getTerminating();
        // Unknown means ready, as the API has it.
        boolean isReady = !Boolean.FALSE.equals(ready);
        boolean drains = Boolean.TRUE.equals(serving) && Boolean.TRUE.equals(terminating);
        if ((!isReady && !drains) || endpoint.getAddresses().isEmpty()) {
            return Optional.empty();
        }
        ObjectReference target = endpoint.getTargetRef();
        return IpAddress.tryParse(endpoint.getAddresses().getFirst())
                .map(address -> {
                    String name =
                            target == null || target.getName() == null
                                    ? address.toString()
                                    : target.getName();
                    int weight = isReady ? 1 : 0;
                    return new Backend(name, address.toString(), port, weight);
                });
    }
}
