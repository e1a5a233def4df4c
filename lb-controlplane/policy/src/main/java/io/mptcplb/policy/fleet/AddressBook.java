package io.mptcplb.policy.fleet;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Service;
import io.mptcplb.api.AddressPool;
import io.mptcplb.api.ApiNames;
import io.mptcplb.api.ConditionType;
import io.mptcplb.contract.IpAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Which Service has which virtual addresses. An address stays with its Service as long as it is
 * asked for; of two that have the same one, the older keeps it.
 */
public final class AddressBook {
    /** A Service may ask for so many. */
    static final int ADDRESSES_MAX = 16;

    private final List<Pool> pools = new ArrayList<>();
    private final Map<ObjectKey, Assignment> assignments = new TreeMap<>();
    private final Set<IpAddress> taken = new HashSet<>();

    private AddressBook(Collection<AddressPool> resources) {
        resources.stream()
                .sorted(ObjectKey.SENIORITY)
                .forEach(resource -> pools.add(new Pool(resource, List.copyOf(pools))));
        pools.sort((a, b) -> a.name().compareTo(b.name()));
    }

    /**
     * What a Service has.
     *
     * @param accepted whether it got what it asked for
     */
    public record Assignment(List<IpAddress> addresses, Statement accepted) {
        public Assignment {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * Gives addresses to all Services.
     *
     * @param services all that hold or want one, those that are being deleted included
     */
    public static AddressBook assign(Collection<AddressPool> pools, Collection<Service> services) {
        AddressBook book = new AddressBook(pools);
        List<Service> seniors = services.stream().sorted(ObjectKey.SENIORITY).toList();
        Map<ObjectKey, List<IpAddress>> kept = new TreeMap<>();
        for (Service service : seniors) {
            kept.put(ObjectKey.of(service), book.keep(service));
        }
        for (Service service : seniors) {
            ObjectKey key = ObjectKey.of(service);
            book.assignments.put(
                    key, book.complete(service, Objects.requireNonNull(kept.get(key))));
        }
        return book;
    }

    public Assignment of(ObjectKey service) {
        return Objects.requireNonNull(assignments.get(service));
    }

    /** The use of every pool, by its name. */
    public Map<String, PoolUse> pools() {
        Map<String, PoolUse> uses = new TreeMap<>();
        pools.forEach(pool -> uses.put(pool.name(), pool.use(taken)));
        return uses;
    }

    /** The addresses in a Service's status. */
    public static List<IpAddress> held(Service service) {
        if (service.getStatus() == null || service.getStatus().getLoadBalancer() == null) {
            return List.of();
        }
        return service.getStatus().getLoadBalancer().getIngress().stream()
                .map(LoadBalancerIngress::getIp)
                .filter(Objects::nonNull)
                .flatMap(ip -> IpAddress.tryParse(ip).stream())
                .toList();
    }

    private List<IpAddress> keep(Service service) {
        List<String> requested = requested(service);
        List<IpAddress> kept = new ArrayList<>();
        for (IpAddress address : held(service)) {
            boolean wanted =
                    requested.isEmpty()
                            ? mayHave(service, address)
                            : requested.contains(address.toString());
            if (wanted && taken.add(address)) {
                kept.add(address);
            }
        }
        return kept;
    }

    /** An address that no pool has any more stays; one of a pool that is for others goes. */
    private boolean mayHave(Service service, IpAddress address) {
        boolean isPooled = pools.stream().anyMatch(pool -> pool.contains(address));
        return !isPooled || pools(service).anyMatch(pool -> pool.contains(address));
    }

    private Assignment complete(Service service, List<IpAddress> kept) {
        if (service.getMetadata().getDeletionTimestamp() != null) {
            return new Assignment(kept, accepted(kept));
        }
        Optional<String> pool = annotation(service, ApiNames.POOL_ANNOTATION);
        if (pool.isPresent() && pools.stream().noneMatch(any -> any.name().equals(pool.get()))) {
            return refused(
                    kept,
                    "PoolNotFound",
                    "annotation "
                            + ApiNames.POOL_ANNOTATION
                            + ": no AddressPool is named "
                            + pool.get());
        }
        List<String> requested = requested(service);
        return requested.isEmpty()
                ? completeFamilies(service, kept)
                : completeRequested(service, kept, requested);
    }

    private Assignment completeFamilies(Service service, List<IpAddress> kept) {
        List<IpAddress> addresses = new ArrayList<>(kept);
        boolean mayLack = "PreferDualStack".equals(service.getSpec().getIpFamilyPolicy());
        List<String> families =
                service.getSpec().getIpFamilies().isEmpty()
                        ? List.of("IPv4")
                        : service.getSpec().getIpFamilies();
        Statement refusal = null;
        for (String family : families) {
            boolean isV4 = family.equals("IPv4");
            if (addresses.stream().anyMatch(address -> address.isV4() == isV4)) {
                continue;
            }
            Optional<IpAddress> free =
                    pools(service)
                            .flatMap(pool -> pool.lowestFree(isV4, taken).stream())
                            .findFirst();
            if (free.isPresent()) {
                taken.add(free.get());
                addresses.add(free.get());
            } else if (!mayLack || addresses.isEmpty()) {
                refusal = noneFree(service, family);
            }
        }
        return new Assignment(addresses, refusal == null ? accepted(addresses) : refusal);
    }

    private Statement noneFree(Service service, String family) {
        List<String> names = pools(service).map(Pool::name).toList();
        return Statement.no(
                ConditionType.ACCEPTED,
                "NoAddressFree",
                names.isEmpty()
                        ? "no AddressPool is for this Service: make one, or let one's"
                                + " serviceSelector take it in"
                        : "no "
                                + family
                                + " address is left in AddressPool "
                                + String.join(", ", names)
                                + ": add addresses");
    }

    private Assignment completeRequested(
            Service service, List<IpAddress> kept, List<String> requested) {
        List<IpAddress> addresses = new ArrayList<>(kept);
        if (requested.size() > ADDRESSES_MAX) {
            return refused(
                    kept, "Invalid", requested.size() + " addresses, at most " + ADDRESSES_MAX);
        }
        for (String text : requested) {
            Optional<IpAddress> address = IpAddress.tryParse(text);
            if (address.isEmpty()) {
                return refused(kept, "Invalid", "'" + text + "' is not an IP address");
            }
            if (kept.contains(address.get())) {
                continue;
            }
            boolean isPooled = candidates(service).anyMatch(pool -> pool.contains(address.get()));
            if (!isPooled) {
                return refused(
                        addresses,
                        "AddressNotPooled",
                        text + " is in no AddressPool that is for this Service");
            }
            if (!taken.add(address.get())) {
                return refused(
                        addresses,
                        "AddressTaken",
                        text + " belongs to another Service: ask for" + " another one");
            }
            addresses.add(address.get());
        }
        return new Assignment(addresses, accepted(addresses));
    }

    private static Assignment refused(List<IpAddress> kept, String reason, String message) {
        return new Assignment(kept, Statement.no(ConditionType.ACCEPTED, reason, message));
    }

    private static Statement accepted(List<IpAddress> addresses) {
        return Statement.yes(
                ConditionType.ACCEPTED,
                "has " + String.join(", ", addresses.stream().map(IpAddress::toString).toList()));
    }

    /** The pools that a Service may have addresses from when it names none. */
    private Stream<Pool> pools(Service service) {
        boolean names = annotation(service, ApiNames.POOL_ANNOTATION).isPresent();
        return candidates(service).filter(pool -> names || pool.isAutomatic());
    }

    /** The pools that a Service may have addresses from when it names the address. */
    private Stream<Pool> candidates(Service service) {
        Optional<String> named = annotation(service, ApiNames.POOL_ANNOTATION);
        return pools.stream()
                .filter(pool -> named.isEmpty() || pool.name().equals(named.get()))
                .filter(pool -> pool.mayServe(service));
    }

    /** Addresses as they would be written back, so that texts of the same one are equal. */
    private static List<String> requested(Service service) {
        String text =
                annotation(service, ApiNames.ADDRESSES_ANNOTATION)
                        .orElse(Objects.toString(service.getSpec().getLoadBalancerIP(), ""));
        return Stream.of(text.split(","))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .map(part -> IpAddress.tryParse(part).map(IpAddress::toString).orElse(part))
                .distinct()
                .toList();
    }

    private static Optional<String> annotation(Service service, String name) {
        return Optional.ofNullable(service.getMetadata().getAnnotations())
                .map(annotations -> annotations.get(name));
    }
}
