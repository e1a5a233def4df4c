package io.mptcplb.policy.path;

import io.mptcplb.contract.IpPrefix;
import io.mptcplb.contract.control.PathPriority;
import io.mptcplb.contract.control.PathSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Tables, events and orders drawn from a seed. */
final class RandomPaths {
    static final List<String> PORTS = List.of("isp-a", "isp-b", "isp-c");
    private static final List<String> SERVERS = List.of("web", "mail");
    private static final List<IpPrefix> PREFIXES =
            List.of(
                    IpPrefix.parse("198.18.0.0/15"),
                    IpPrefix.parse("198.18.0.0/16"),
                    IpPrefix.parse("198.18.7.0/24"),
                    IpPrefix.parse("2001:db8::/32"));

    private final SplittableRandom random;

    RandomPaths(long seed) {
        random = new SplittableRandom(seed);
    }

    long between(long from, long to) {
        return random.nextLong(from, to);
    }

    boolean chance(int numerator, int denominator) {
        return random.nextInt(denominator) < numerator;
    }

    private <T> T pick(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    String port() {
        return pick(PORTS);
    }

    /** Every virtual server has a policy for the rest, some have more for some prefixes. */
    PathTable table() {
        List<PathPolicy> policies = new ArrayList<>();
        for (String server : SERVERS) {
            policies.add(policy("rest of " + server, new PathScope(server, Optional.empty())));
            for (IpPrefix prefix : PREFIXES) {
                if (chance(1, 3)) {
                    PathScope scope = new PathScope(server, Optional.of(prefix));
                    policies.add(policy(server + " " + prefix, scope));
                }
            }
        }
        return new PathTable(policies);
    }

    private PathPolicy policy(String name, PathScope scope) {
        List<String> regular = new ArrayList<>(List.of(port()));
        List<String> backup = new ArrayList<>();
        for (String port : PORTS) {
            if (!regular.contains(port)) {
                (chance(1, 2) ? regular : backup).add(port);
            }
        }
        FailoverConfig failover =
                new FailoverConfig(
                        true,
                        between(1, 20_000) * 1_000_000,
                        random.nextInt(2, 6),
                        between(1_000, 120_000) * 1_000_000,
                        50,
                        20,
                        0);
        return new PathPolicy(
                name,
                List.of(scope),
                regular,
                backup,
                chance(4, 5) ? Optional.of(failover) : Optional.empty());
    }

    PathEvent.Order order() {
        PathSelector paths =
                new PathSelector(
                        chance(1, 2) ? Optional.of(pick(SERVERS)) : Optional.empty(),
                        chance(3, 4) ? Optional.of(port()) : Optional.empty(),
                        chance(1, 3) ? Optional.of(pick(PREFIXES)) : Optional.empty());
        return new PathEvent.Order(paths, pick(List.of(PathPriority.values())));
    }

    PathSample sample(String port) {
        return new PathSample(port, 8, random.nextInt(9), 1_000_000, random.nextInt(500_000), 0);
    }
}
