package io.mptcplb.policy.path;

import io.mptcplb.contract.control.Command.SetPathPriority;
import io.mptcplb.contract.control.PathPriority;
import io.mptcplb.contract.control.PathSelector;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Decisions as path rules, as few as say it: one for a port where all clients agree, one for each
 * virtual server where these do, one for each prefix otherwise.
 */
final class RulePlan {
    /** From the general to the special, as the rule that is set last wins; then regular first. */
    private static final Comparator<SetPathPriority> ORDER =
            Comparator.<SetPathPriority>comparingInt(
                            rule -> rule.paths().clients().map(prefix -> prefix.bits()).orElse(-1))
                    .thenComparing(rule -> rule.priority() == PathPriority.BACKUP);

    /** What a policy says of a port right now. */
    interface Decisions {
        PathPriority effective(PathPolicy policy, String port);
    }

    /** A scope with its policy. */
    private record Entry(PathScope scope, PathPolicy policy) {}

    /** Virtual servers that one selector can name: one of them, or all. */
    private record Group(Optional<String> virtualServer, List<Entry> entries) {
        boolean isManaged() {
            return entries.stream().anyMatch(entry -> entry.policy().failover().isPresent());
        }
    }

    private final Set<String> ports = new LinkedHashSet<>();
    private final List<Group> groups;

    RulePlan(List<PathPolicy> policies) {
        Map<String, List<Entry>> servers = new LinkedHashMap<>();
        for (PathPolicy policy : policies) {
            ports.addAll(policy.regularPorts());
            ports.addAll(policy.backupPorts());
            for (PathScope scope : policy.scopes()) {
                servers.computeIfAbsent(scope.virtualServer(), name -> new ArrayList<>())
                        .add(new Entry(scope, policy));
            }
        }
        servers.values().forEach(entries -> entries.sort(Comparator.comparingInt(RulePlan::bits)));
        groups = groups(servers);
    }

    private static int bits(Entry entry) {
        return entry.scope().clients().map(prefix -> prefix.bits()).orElse(-1);
    }

    private static List<Group> groups(Map<String, List<Entry>> servers) {
        List<Set<List<Object>>> shapes =
                servers.values().stream().map(RulePlan::shape).distinct().toList();
        if (shapes.size() == 1) {
            List<Entry> any = servers.values().iterator().next();
            return List.of(new Group(Optional.empty(), any));
        }
        List<Group> groups = new ArrayList<>();
        servers.forEach((name, entries) -> groups.add(new Group(Optional.of(name), entries)));
        return groups;
    }

    /** Who follows what, the virtual server's name left out. */
    private static Set<List<Object>> shape(List<Entry> entries) {
        Set<List<Object>> shape = new LinkedHashSet<>();
        entries.forEach(
                entry -> shape.add(List.of(entry.scope().clients(), entry.policy().name())));
        return shape;
    }

    int rulesMax() {
        int scopes =
                groups.stream()
                        .filter(Group::isManaged)
                        .mapToInt(group -> group.entries().size())
                        .sum();
        return ports.size() < 2 ? 0 : ports.size() * scopes;
    }

    Set<String> ports() {
        return ports;
    }

    List<SetPathPriority> rules(Decisions decisions) {
        List<SetPathPriority> rules = new ArrayList<>();
        ports.forEach(port -> addRules(port, decisions, rules));
        rules.sort(ORDER);
        return rules;
    }

    private void addRules(String port, Decisions decisions, List<SetPathPriority> rules) {
        List<Group> deviating =
                groups.stream()
                        .filter(group ->
                                group.entries().stream()
                                        .anyMatch(
                                                entry -> deviates(entry.policy(), port, decisions)))
                        .toList();
        if (deviating.isEmpty()) {
            return;
        }
        Optional<PathPriority> common =
                common(groups.stream().flatMap(group -> group.entries().stream()), port, decisions);
        if (common.isPresent()) {
            rules.add(new SetPathPriority(PathSelector.ofPort(port), common.get()));
            return;
        }
        deviating.forEach(group -> addRules(group, port, decisions, rules));
    }

    private static void addRules(
            Group group, String port, Decisions decisions, List<SetPathPriority> rules) {
        Optional<PathPriority> common = common(group.entries().stream(), port, decisions);
        if (common.isPresent()) {
            PathSelector paths =
                    new PathSelector(group.virtualServer(), Optional.of(port), Optional.empty());
            rules.add(new SetPathPriority(paths, common.get()));
            return;
        }
        Map<PathScope, PathPriority> said = new LinkedHashMap<>();
        for (Entry entry : group.entries()) {
            PathPriority wanted = decisions.effective(entry.policy(), port);
            if (wanted != inherited(entry, port, said)) {
                said.put(entry.scope(), wanted);
                PathSelector paths =
                        new PathSelector(
                                group.virtualServer(), Optional.of(port), entry.scope().clients());
                rules.add(new SetPathPriority(paths, wanted));
            }
        }
    }

    /** What holds for an entry by the rules said so far, the longest prefix last. */
    private static PathPriority inherited(
            Entry entry, String port, Map<PathScope, PathPriority> said) {
        PathPriority inherited = configured(entry.policy(), port);
        for (Map.Entry<PathScope, PathPriority> rule : said.entrySet()) {
            boolean covered =
                    rule.getKey().clients().isEmpty()
                            || RulesInForce.within(
                                    entry.scope().clients().orElseThrow(),
                                    rule.getKey().clients().get());
            inherited = covered ? rule.getValue() : inherited;
        }
        return inherited;
    }

    private static Optional<PathPriority> common(
            Stream<Entry> entries, String port, Decisions decisions) {
        List<PathPriority> found =
                entries.map(entry -> decisions.effective(entry.policy(), port)).distinct().toList();
        return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }

    private static boolean deviates(PathPolicy policy, String port, Decisions decisions) {
        return !Objects.equals(decisions.effective(policy, port), configured(policy, port));
    }

    static PathPriority configured(PathPolicy policy, String port) {
        return policy.isBackup(port) ? PathPriority.BACKUP : PathPriority.REGULAR;
    }
}
