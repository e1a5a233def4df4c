package io.mptcplb.policy.path;

import io.mptcplb.contract.IpPrefix;
import io.mptcplb.contract.control.Command;
import io.mptcplb.contract.control.Command.SetPathPriority;
import io.mptcplb.contract.control.PathPriority;
import io.mptcplb.contract.control.PathSelector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The dataplane's path rules as they are known here, the one set last at the end, where it wins.
 */
final class RulesInForce {
    private final Map<PathSelector, PathPriority> rules = new LinkedHashMap<>();

    void clear() {
        rules.clear();
    }

    /** As the dataplane does it: what is set goes to the end. */
    void set(PathSelector paths, PathPriority priority) {
        rules.remove(paths);
        if (priority != PathPriority.CONFIGURED) {
            rules.put(paths, priority);
        }
    }

    void copyTo(RulesInForce other, Predicate<SetPathPriority> which) {
        rules.forEach((paths, priority) -> {
            if (which.test(new SetPathPriority(paths, priority))) {
                other.set(paths, priority);
            }
        });
    }

    /** Rules about names that are gone are gone as well. */
    void retain(Predicate<PathSelector> exists) {
        rules.keySet().removeIf(exists.negate());
    }

    /**
     * What the rules say of a port to all clients of a policy; empty when they say nothing to some.
     */
    Optional<PathPriority> of(PathPolicy policy, String port) {
        List<Optional<PathPriority>> found =
                policy.scopes().stream().map(scope -> of(scope, port)).distinct().toList();
        return found.size() == 1 ? found.getFirst() : Optional.empty();
    }

    private Optional<PathPriority> of(PathScope scope, String port) {
        return rules.entrySet().stream()
                .filter(rule -> covers(rule.getKey(), scope, port))
                .map(Map.Entry::getValue)
                .reduce((earlier, later) -> later);
    }

    /** True when every subflow of a scope over a port is meant. */
    static boolean covers(PathSelector paths, PathScope scope, String port) {
        return paths.port().map(port::equals).orElse(true)
                && paths.virtualServer().map(scope.virtualServer()::equals).orElse(true)
                && paths.clients()
                        .map(prefix ->
                                scope.clients().map(own -> within(own, prefix)).orElse(false))
                        .orElse(true);
    }

    /** True when some subflow of a scope over a port is meant. */
    static boolean touches(PathSelector paths, PathScope scope, String port) {
        PathSelector own =
                new PathSelector(
                        Optional.of(scope.virtualServer()), Optional.of(port), scope.clients());
        return overlap(paths, own);
    }

    static boolean within(IpPrefix inner, IpPrefix outer) {
        return outer.bits() <= inner.bits() && outer.contains(inner.address());
    }

    /**
     * The commands that leave exactly {@code wanted} in force, and in an order in which the later
     * of two that overlap wins; none when that is so.
     */
    List<SetPathPriority> become(List<SetPathPriority> wanted) {
        List<SetPathPriority> sets = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            SetPathPriority rule = wanted.get(i);
            List<SetPathPriority> earlier = wanted.subList(0, i);
            if (rules.get(rule.paths()) != rule.priority()
                    || earlier.stream().anyMatch(other -> mustFollow(rule, other, sets))) {
                sets.add(rule);
            }
        }
        List<SetPathPriority> commands = new ArrayList<>();
        List<SetPathPriority> last = new ArrayList<>();
        boolean full = rules.size() + sets.size() > Command.PATH_RULES_MAX;
        rules.forEach((paths, priority) -> {
            if (wanted.stream().noneMatch(rule -> rule.paths().equals(paths))) {
                // What makes a path regular comes first, so that there is always one.
                boolean early = full || priority == PathPriority.BACKUP;
                (early ? commands : last).add(new SetPathPriority(paths, PathPriority.CONFIGURED));
            }
        });
        commands.addAll(sets);
        commands.addAll(last);
        commands.forEach(command -> set(command.paths(), command.priority()));
        return commands;
    }

    /** True when {@code earlier} would win over {@code rule} if that stayed where it is. */
    private boolean mustFollow(
            SetPathPriority rule, SetPathPriority earlier, List<SetPathPriority> sets) {
        return rule.priority() != earlier.priority()
                && overlap(rule.paths(), earlier.paths())
                && (sets.contains(earlier) || isBefore(rule.paths(), earlier.paths()));
    }

    private boolean isBefore(PathSelector paths, PathSelector other) {
        for (PathSelector each : rules.keySet()) {
            if (each.equals(paths) || each.equals(other)) {
                return each.equals(paths);
            }
        }
        return false;
    }

    private static boolean overlap(PathSelector a, PathSelector b) {
        return agree(a.virtualServer(), b.virtualServer())
                && agree(a.port(), b.port())
                && (a.clients().isEmpty()
                        || b.clients().isEmpty()
                        || a.clients().get().overlaps(b.clients().get()));
    }

    private static boolean agree(Optional<String> a, Optional<String> b) {
        return a.isEmpty() || b.isEmpty() || a.equals(b);
    }
}
