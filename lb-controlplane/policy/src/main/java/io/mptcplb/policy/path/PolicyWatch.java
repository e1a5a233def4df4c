package io.mptcplb.policy.path;

import io.mptcplb.contract.control.PathPriority;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One policy with what it knows of its paths, and the decision that follows from it alone: the
 * trusted regular ports carry; without one, the first trusted backup port does; without any, the
 * configuration stands, with all backup ports promoted when no regular one can carry.
 */
final class PolicyWatch {
    private final PathPolicy policy;
    private final Map<String, PortWatch> ports = new LinkedHashMap<>();
    private final List<String> causes = new ArrayList<>();
    private Map<String, PathPriority> decision;

    /** No port is trusted, and in that time there was one moment when only backup ports lived. */
    private boolean spread;

    PolicyWatch(PathPolicy policy, List<PolicyWatch> before) {
        this.policy = policy;
        policy.failover()
                .ifPresent(failover -> {
                    policy.regularPorts().forEach(port -> watch(port, failover, before));
                    policy.backupPorts().forEach(port -> watch(port, failover, before));
                });
        Optional<PolicyWatch> same = before.stream().filter(this::isSame).findFirst();
        decision = configured();
        if (same.isPresent() && same.get().decision.keySet().equals(decision.keySet())) {
            decision = same.get().decision;
            spread = same.get().spread;
            if (!same.get().policy.equals(policy)) {
                note("the policy was changed");
            }
        } else if (!before.isEmpty()) {
            note("the policy is new");
        }
    }

    private boolean isSame(PolicyWatch other) {
        return other.policy.name().equals(policy.name());
    }

    private void watch(String port, FailoverConfig failover, List<PolicyWatch> before) {
        // Of the policy of the same name rather than of another one: what the policies count as a
        // fault may differ.
        PortWatch known = null;
        for (PolicyWatch other : before) {
            PortWatch candidate = other.ports.get(port);
            if (candidate != null && (known == null || isSame(other))) {
                known = candidate;
            }
        }
        ports.put(
                port,
                known == null ? new PortWatch(port, failover) : new PortWatch(failover, known));
    }

    PathPolicy policy() {
        return policy;
    }

    Iterable<PortWatch> watches() {
        return ports.values();
    }

    Optional<PortWatch> watch(String port) {
        return Optional.ofNullable(ports.get(port));
    }

    /** Something happened that may change the decision. */
    void note(String cause) {
        causes.add(cause);
    }

    PathPriority configured(String port) {
        return policy.isBackup(port) ? PathPriority.BACKUP : PathPriority.REGULAR;
    }

    /** What the last decision says. */
    PathPriority effective(String port) {
        return decision.getOrDefault(port, configured(port));
    }

    private Map<String, PathPriority> configured() {
        Map<String, PathPriority> configured = new LinkedHashMap<>();
        policy.regularPorts().forEach(port -> configured.put(port, PathPriority.REGULAR));
        policy.backupPorts().forEach(port -> configured.put(port, PathPriority.BACKUP));
        return configured;
    }

    /**
     * Rules were in force before anyone here decided anything: a port that they set aside is not
     * trusted until it has held, and if they only promote, no port was trusted.
     */
    void adopt(RulesInForce rules, long nowNanos) {
        if (ports.isEmpty()) {
            return;
        }
        String cause = "had been set aside before";
        boolean demoted = false;
        boolean promoted = false;
        for (PortWatch watch : ports.values()) {
            PathPriority inForce = rules.of(policy, watch.port()).orElse(configured(watch.port()));
            if (inForce == PathPriority.BACKUP && !policy.isBackup(watch.port())) {
                demoted = true;
                watch.hold(cause, nowNanos);
            } else if (inForce == PathPriority.REGULAR && policy.isBackup(watch.port())) {
                promoted = true;
            }
        }
        if (promoted || demoted) {
            note("the dataplane has rules from before");
        }
        if (promoted && !demoted) {
            spread = true;
            ports.values().forEach(watch -> watch.hold(cause, nowNanos));
        }
    }

    /** Decides anew; the reason when something has happened or changes. */
    Optional<PathDecision> decide(long nowNanos) {
        Map<String, PathPriority> next = next();
        List<String> effects = new ArrayList<>();
        next.forEach((port, priority) -> {
            if (priority != decision.get(port)) {
                int at = priority == PathPriority.REGULAR ? 0 : effects.size();
                effects.add(at, port + " is " + priority.text() + " now");
            }
        });
        decision = next;
        if (causes.isEmpty() && effects.isEmpty()) {
            return Optional.empty();
        }
        List<String> parts = new ArrayList<>();
        parts.add(causes.isEmpty() ? "by what is known of the paths" : String.join(", ", causes));
        parts.add(effects.isEmpty() ? "no priority changes" : String.join(", ", effects));
        ports.values().stream()
                .filter(watch -> !watch.isTrusted())
                .forEach(watch -> parts.add(watch.outlook(nowNanos)));
        causes.clear();
        return Optional.of(new PathDecision(policy.name(), String.join("; ", parts)));
    }

    private Map<String, PathPriority> next() {
        Map<String, PathPriority> next = configured();
        if (ports.isEmpty()) {
            return next;
        }
        List<String> carriers = policy.regularPorts().stream().filter(this::isTrusted).toList();
        if (carriers.isEmpty()) {
            carriers = policy.backupPorts().stream().filter(this::isTrusted).limit(1).toList();
        }
        if (carriers.isEmpty()) {
            if (!spread
                    && policy.regularPorts().stream().allMatch(this::isFaulty)
                    && !policy.backupPorts().stream().allMatch(this::isFaulty)) {
                spread = true;
                note("only backup paths live");
            }
            if (spread) {
                next.replaceAll((port, priority) -> PathPriority.REGULAR);
            }
            return next;
        }
        spread = false;
        List<String> chosen = carriers;
        next.replaceAll((port, priority) ->
                chosen.contains(port) ? PathPriority.REGULAR : PathPriority.BACKUP);
        return next;
    }

    private boolean isTrusted(String port) {
        return watch(port).map(PortWatch::isTrusted).orElse(false);
    }

    private boolean isFaulty(String port) {
        return watch(port).map(PortWatch::isFaulty).orElse(false);
    }

    /** Why {@link #effective} says what it says. */
    String reason(String port, long nowNanos) {
        PathPriority effective = effective(port);
        String trust = watch(port).map(watch -> watch.describe(nowNanos)).orElse("not watched");
        if (effective == configured(port)) {
            return "as configured; " + trust;
        }
        return effective == PathPriority.REGULAR
                ? "promoted, no regular path is sound; " + trust
                : "set aside: " + trust;
    }
}
