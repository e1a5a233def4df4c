package io.mptcplb.policy.path;

import static java.util.Objects.requireNonNull;

import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.control.Command.SetPathPriority;
import io.mptcplb.contract.control.PathPriority;
import io.mptcplb.contract.control.PathSelector;
import io.mptcplb.policy.path.PathState.Decider;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides which paths are regular and which are backup. Call order:
 *
 * <ol>
 *   <li>At start: {@link PathEvent.Policies} of the configuration that the dataplane has, and an
 *       {@link PathEvent.Order} for each order that was kept (see {@link #overrides}).
 *   <li>At every (re)connect, new epoch, gap or overrun: {@link PathEvent.SnapshotBegin}, each
 *       {@code PathRule} and {@code PortLink} of the snapshot, {@link PathEvent.SnapshotEnd}. From
 *       then on outcomes have commands; the first one states what must hold and is not in force.
 *   <li>Then links, samples and orders as they come, {@link PathEvent.Policies} once a new
 *       configuration was acknowledged, {@link PathEvent.Lost} when the connection ends.
 *   <li>{@link #onTime} when {@link #nextDeadlineNanos} is reached; ask for it after every call.
 * </ol>
 *
 * <p>Commands are to be sent in their order. One that is not answered with OK leaves the picture
 * here wrong: ask the dataplane for a resync, not more than once a second.
 *
 * <p>The rules in the dataplane belong to the path manager: one that it does not know from a policy
 * or an order is taken away at the next snapshot. Time is any monotonic clock's.
 */
public final class PathManager {
    private final RulesInForce inForce = new RulesInForce();
    private final Map<PathSelector, PathPriority> overrides = new LinkedHashMap<>();
    private final Map<String, Boolean> links = new HashMap<>();
    private final List<PathDecision> decisions = new ArrayList<>();
    private List<PolicyWatch> policies = List.of();
    private RulePlan plan = new RulePlan(List.of());
    private Sync sync = Sync.NEVER;

    private enum Sync {
        NEVER,
        RUNNING,
        DONE,
        LOST
    }

    /**
     * The operator's orders in force, in the order given; to be kept where a restart finds them.
     */
    public List<SetPathPriority> overrides() {
        return overrides.entrySet().stream()
                .map(each -> new SetPathPriority(each.getKey(), each.getValue()))
                .toList();
    }

    /** Why an order cannot be taken, as field and rule; empty when it can. */
    public Optional<String> refusal(PathSelector paths) {
        Optional<String> unknown = unknown(paths);
        if (unknown.isEmpty()
                && !overrides.containsKey(paths)
                && overrides.size() == PathTable.OVERRIDES_MAX) {
            return Optional.of(
                    "path: " + PathTable.OVERRIDES_MAX + " orders are in force, take one back");
        }
        return unknown;
    }

    /** Every path of every policy, what holds for it and why. */
    public List<PathState> paths(long nowNanos) {
        List<PathState> states = new ArrayList<>();
        for (PolicyWatch watch : policies) {
            watch.policy().regularPorts().forEach(port -> states.add(state(watch, port, nowNanos)));
            watch.policy().backupPorts().forEach(port -> states.add(state(watch, port, nowNanos)));
        }
        return states;
    }

    /** The policy that a client follows at a virtual server; empty when there is none. */
    public Optional<String> policyOf(String virtualServer, IpAddress client) {
        int bits = -1;
        Optional<String> found = Optional.empty();
        for (PolicyWatch watch : policies) {
            for (PathScope scope : watch.policy().scopes()) {
                int of = scope.bitsFor(virtualServer, client);
                if (of > bits) {
                    bits = of;
                    found = Optional.of(watch.policy().name());
                }
            }
        }
        return found;
    }

    /** When {@link #onTime} is due; {@code Long.MAX_VALUE} when never. */
    public long nextDeadlineNanos() {
        if (sync != Sync.DONE) {
            return Long.MAX_VALUE;
        }
        long next = Long.MAX_VALUE;
        for (PolicyWatch policy : policies) {
            for (PortWatch watch : policy.watches()) {
                if (watch.isHolding()) {
                    next = Math.min(next, watch.returnNanos());
                }
            }
        }
        return next;
    }

    /** Takes one event. An order that {@link #refusal} names a reason against is not taken. */
    public PathOutcome onEvent(PathEvent event, long nowNanos) {
        switch (event) {
            case PathEvent.Policies now -> onPolicies(now.table(), nowNanos);
            case PathEvent.SnapshotBegin _ -> onSnapshotBegin();
            case PathEvent.Rule rule -> onRule(rule);
            case PathEvent.SnapshotEnd _ -> onSnapshotEnd(nowNanos);
            case PathEvent.Lost _ -> sync = sync == Sync.NEVER ? Sync.NEVER : Sync.LOST;
            case PathEvent.Link link -> onLink(link.port(), link.up(), nowNanos);
            case PathEvent.Sample sample -> onSample(sample.sample(), nowNanos);
            case PathEvent.Order order -> onOrder(order);
        }
        return decide(nowNanos);
    }

    /** The time has come that {@link #nextDeadlineNanos} named; any other time does no harm. */
    public PathOutcome onTime(long nowNanos) {
        // Out of sight, nobody knows that a path has held.
        if (sync == Sync.DONE) {
            for (PolicyWatch policy : policies) {
                for (PortWatch watch : policy.watches()) {
                    if (watch.onTime(nowNanos)) {
                        policy.note(
                                watch.port()
                                        + " had no fault for "
                                        + Words.duration(watch.config().holdNanos()));
                    }
                }
            }
        }
        return decide(nowNanos);
    }

    private void onPolicies(PathTable table, long nowNanos) {
        List<PolicyWatch> before = policies;
        policies =
                table.policies().stream().map(policy -> new PolicyWatch(policy, before)).toList();
        plan = new RulePlan(table.policies());
        links.forEach((port, up) -> onLink(port, up, nowNanos));
        inForce.retain(this::exists);
        overrides
                .keySet()
                .removeIf(paths -> {
                    boolean gone = !exists(paths);
                    if (gone) {
                        ordered("the order for " + Words.paths(paths) + " ends with its name");
                    }
                    return gone;
                });
    }

    private Optional<String> unknown(PathSelector paths) {
        List<String> servers =
                policies.stream()
                        .flatMap(watch -> watch.policy().scopes().stream())
                        .map(PathScope::virtualServer)
                        .distinct()
                        .toList();
        if (paths.virtualServer().isPresent() && !servers.contains(paths.virtualServer().get())) {
            return Optional.of(
                    "virtualServer: no virtual server that speaks MPTCP is named "
                            + paths.virtualServer().get());
        }
        if (paths.port().isPresent() && !plan.ports().contains(paths.port().get())) {
            return Optional.of("port: no port that faces clients is named " + paths.port().get());
        }
        return Optional.empty();
    }

    private boolean exists(PathSelector paths) {
        return unknown(paths).isEmpty();
    }

    private void onSnapshotBegin() {
        if (sync == Sync.DONE) {
            sync = Sync.RUNNING;
        }
        inForce.clear();
    }

    private void onRule(PathEvent.Rule rule) {
        if (sync != Sync.DONE) {
            inForce.set(rule.paths(), rule.priority());
        }
    }

    private void onSnapshotEnd(long nowNanos) {
        if (sync == Sync.NEVER) {
            RulesInForce foreign = new RulesInForce();
            inForce.copyTo(foreign, rule -> !isOverride(rule));
            policies.forEach(policy -> policy.adopt(foreign, nowNanos));
        } else if (sync == Sync.LOST) {
            policies.forEach(policy ->
                    policy.watches()
                            .forEach(watch -> {
                                if (watch.isHolding()) {
                                    watch.hold("", nowNanos);
                                }
                            }));
        }
        sync = Sync.DONE;
    }

    private boolean isOverride(SetPathPriority rule) {
        return overrides.get(rule.paths()) == rule.priority();
    }

    private void onLink(String port, boolean up, long nowNanos) {
        links.put(port, up);
        for (PolicyWatch policy : policies) {
            policy.watch(port)
                    .ifPresent(watch -> {
                        boolean fault = !up && watch.config().linkDown();
                        judge(policy, watch, Fault.LINK, fault ? "lost its carrier" : "", nowNanos);
                    });
        }
    }

    private void onSample(PathSample sample, long nowNanos) {
        for (PolicyWatch policy : policies) {
            policy.watch(sample.port())
                    .ifPresent(watch -> {
                        SampleJudge judge = new SampleJudge(watch, sample);
                        judge(policy, watch, Fault.STALLED, judge.stalled(), nowNanos);
                        judge(policy, watch, Fault.RETRANSMITTED, judge.retransmitted(), nowNanos);
                        judge(policy, watch, Fault.SLOW, judge.slow(), nowNanos);
                    });
        }
    }

    /** Raises the fault that {@code text} tells, or clears it when that is empty. */
    private static void judge(
            PolicyWatch policy, PortWatch watch, Fault fault, String text, long nowNanos) {
        if (text.isEmpty()) {
            watch.clear(fault, nowNanos);
        } else if (watch.raise(fault, text, nowNanos)) {
            policy.note(watch.port() + " " + text);
        }
    }

    private void onOrder(PathEvent.Order order) {
        PathSelector paths = order.paths();
        Optional<String> refusal = refusal(paths);
        if (refusal.isPresent()) {
            ordered("refused, " + refusal.get());
            return;
        }
        PathPriority before = overrides.remove(paths);
        if (order.priority() != PathPriority.CONFIGURED) {
            overrides.put(paths, order.priority());
            ordered(
                    Words.paths(paths)
                            + " is "
                            + order.priority().text()
                            + ", whatever the policies say");
        } else if (before != null) {
            ordered(Words.paths(paths) + " is as the policies say again");
        }
    }

    private void ordered(String text) {
        decisions.add(new PathDecision(PathDecision.OPERATOR, text));
    }

    private PathOutcome decide(long nowNanos) {
        policies.forEach(policy -> policy.decide(nowNanos).ifPresent(decisions::add));
        List<SetPathPriority> commands = List.of();
        if (sync == Sync.DONE) {
            commands = inForce.become(wanted());
        }
        PathOutcome outcome = new PathOutcome(commands, decisions);
        decisions.clear();
        return outcome;
    }

    private List<SetPathPriority> wanted() {
        Map<String, PolicyWatch> watches = new HashMap<>();
        policies.forEach(watch -> watches.put(watch.policy().name(), watch));
        List<SetPathPriority> wanted =
                new ArrayList<>(
                        plan.rules((policy, port) ->
                                requireNonNull(watches.get(policy.name())).effective(port)));
        wanted.removeIf(rule -> overrides.containsKey(rule.paths()));
        wanted.addAll(overrides());
        return wanted;
    }

    private PathState state(PolicyWatch watch, String port, long nowNanos) {
        PathPriority configured = watch.configured(port);
        PathPriority effective = watch.effective(port);
        String reason = watch.reason(port, nowNanos);
        Decider decider = effective == configured ? Decider.CONFIGURATION : Decider.PATH_MANAGER;
        for (SetPathPriority order : overrides()) {
            Optional<PathPriority> said = said(order, watch.policy(), port);
            if (said.isPresent()) {
                decider = Decider.OPERATOR;
                effective = said.get();
                reason =
                        "operator: "
                                + Words.paths(order.paths())
                                + " "
                                + order.priority().text()
                                + "; without that: "
                                + reason;
            }
        }
        boolean up = links.getOrDefault(port, true);
        return new PathState(
                watch.policy().name(), port, up, configured, effective, decider, reason);
    }

    /** What an order means for a policy's clients: CONFIGURED when it differs among them. */
    private static Optional<PathPriority> said(
            SetPathPriority order, PathPolicy policy, String port) {
        List<PathScope> scopes = policy.scopes();
        if (!scopes.isEmpty()
                && scopes.stream()
                        .allMatch(scope -> RulesInForce.covers(order.paths(), scope, port))) {
            return Optional.of(order.priority());
        }
        return scopes.stream().anyMatch(scope -> RulesInForce.touches(order.paths(), scope, port))
                ? Optional.of(PathPriority.CONFIGURED)
                : Optional.empty();
    }
}
