package io.mptcplb.policy.fleet;

import io.fabric8.kubernetes.api.model.Service;
import io.mptcplb.api.AddressPool;
import io.mptcplb.api.AddressPoolSpec;
import io.mptcplb.api.ConditionType;
import io.mptcplb.contract.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** An AddressPool that was looked at. */
final class Pool {
    private final AddressPool resource;
    private final List<AddressRange> ranges = new ArrayList<>();
    private Statement accepted =
            Statement.yes(ConditionType.ACCEPTED, "addresses are given to Services");

    Pool(AddressPool resource, List<Pool> older) {
        this.resource = resource;
        List<String> addresses = resource.getSpec().addresses();
        for (int i = 0; i < addresses.size(); i++) {
            try {
                AddressRange range = AddressRange.parse(addresses.get(i));
                Optional<String> overlap = overlap(range, older);
                if (overlap.isPresent()) {
                    refuse(i, "Conflicted", overlap.get());
                } else {
                    ranges.add(range);
                }
            } catch (IllegalArgumentException e) {
                refuse(i, "Invalid", String.valueOf(e.getMessage()));
            }
        }
    }

    private void refuse(int index, String reason, String rule) {
        accepted =
                Statement.no(
                        ConditionType.ACCEPTED,
                        reason,
                        "spec.addresses["
                                + index
                                + "]: "
                                + rule
                                + "; its other addresses are used");
    }

    private Optional<String> overlap(AddressRange range, List<Pool> older) {
        for (Pool pool : older) {
            for (AddressRange other : pool.ranges) {
                if (range.first().compareTo(other.last()) <= 0
                        && other.first().compareTo(range.last()) <= 0) {
                    return Optional.of("overlaps with pool " + pool.name() + ", which is older");
                }
            }
        }
        return Optional.empty();
    }

    String name() {
        return resource.getMetadata().getName();
    }

    boolean isAutomatic() {
        return !Boolean.FALSE.equals(resource.getSpec().autoAssign());
    }

    boolean mayServe(Service service) {
        AddressPoolSpec.ServiceSelector selector = resource.getSpec().serviceSelector();
        Map<String, String> labels =
                Optional.ofNullable(service.getMetadata().getLabels()).orElse(Map.of());
        return selector == null || labels.entrySet().containsAll(selector.matchLabels().entrySet());
    }

    boolean contains(IpAddress address) {
        return ranges.stream().anyMatch(range -> range.contains(address));
    }

    Optional<IpAddress> lowestFree(boolean isV4, Set<IpAddress> taken) {
        for (AddressRange range : ranges) {
            if (range.first().isV4() != isV4) {
                continue;
            }
            for (long i = 0; i < range.size() && i <= taken.size(); i++) {
                if (!taken.contains(range.at(i))) {
                    return Optional.of(range.at(i));
                }
            }
        }
        return Optional.empty();
    }

    PoolUse use(Set<IpAddress> taken) {
        long total =
                Math.min(
                        AddressRange.SIZE_MAX, ranges.stream().mapToLong(AddressRange::size).sum());
        long assigned = taken.stream().filter(this::contains).count();
        return new PoolUse(total, assigned, Math.max(0, total - assigned), accepted);
    }
}
