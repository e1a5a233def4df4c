package io.mptcplb.operator;

import io.mptcplb.api.LoadBalancerStatus.NodeStatus;
import io.mptcplb.api.LoadBalancerStatus.RolloutStatus;
import io.mptcplb.api.LoadBalancerStatus.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What every node is to run: canary, bake, waves, each step gated on what the nodes acknowledge;
 * back to the last good revision on refusal, silence or crash. A pure function of what stands in
 * the API server, so that whoever leads next goes on where the last one stopped.
 */
final class Rollout {
    private final State state;
    private final List<Node> nodes;
    private final RolloutPlan plan;
    private final Instant now;
    private final List<String> notes = new ArrayList<>();
    private @Nullable Instant wakeAt;

    private Rollout(State state, List<Node> nodes, RolloutPlan plan, Instant now) {
        this.state = state;
        this.nodes = nodes;
        this.plan = plan;
        this.now = now;
    }

    /**
     * What is remembered.
     *
     * @param current the last good revision; null before the first one
     * @param refused the revision that was taken back last
     */
    record State(
            @Nullable String current,
            @Nullable String refused,
            @Nullable String refusedReason,
            @Nullable RolloutStatus rollout) {}

    /**
     * A node as it is.
     *
     * @param isAlive whether it is there, and stays
     * @param isLeaving it is there, and is about to go by its own will: no fault of a revision's
     * @param announced virtual addresses whose clients come to it
     * @param revision what it was told to run
     * @param applied what it acknowledged last, and runs
     * @param refusal why it does not run what it was told
     */
    record Node(
            String name,
            boolean isAlive,
            boolean isLeaving,
            boolean isReady,
            int announced,
            @Nullable String revision,
            @Nullable String applied,
            @Nullable String epoch,
            Optional<String> refusal) {
        boolean runs(String wanted) {
            return wanted.equals(applied) && wanted.equals(revision) && refusal.isEmpty();
        }

        /**
         * A dataplane that begins anew with a revision says that it runs it before its node is
         * heard again, and ready.
         */
        boolean acknowledges(String wanted) {
            return runs(wanted) && isAlive && isReady;
        }

        boolean refuses(String wanted) {
            return wanted.equals(revision) && refusal.isPresent();
        }
    }

    /**
     * What shall be.
     *
     * @param revisions by node; a node without entry is told nothing
     * @param wakeAfter when to look again, whatever happens
     * @param notes what happened, for events
     */
    record Decision(
            State state,
            Map<String, String> revisions,
            Optional<Duration> wakeAfter,
            List<String> notes) {}

    static Decision decide(
            String desired, State state, List<Node> nodes, RolloutPlan plan, Instant now) {
        List<Node> sorted = nodes.stream().sorted(Comparator.comparing(Node::name)).toList();
        return new Rollout(state, sorted, plan, now).decide(desired);
    }

    private Decision decide(String desired) {
        RolloutStatus rollout = state.rollout();
        if (desired.equals(state.current())) {
            if (rollout != null) {
                notes.add("back to " + desired + ", which the resources say again");
            }
            return steady(state.current(), state.refused(), state.refusedReason());
        }
        if (desired.equals(state.refused())) {
            return steady(state.current(), state.refused(), state.refusedReason());
        }
        if (state.current() == null) {
            return first(desired);
        }
        if (rollout == null || !rollout.revision().equals(desired)) {
            return start(desired, rollout);
        }
        return advance(desired, rollout);
    }

    /**
     * Before the first good revision there is nothing to go back to, and nobody to spare: all are
     * told at once, and whoever runs it first makes it good. Silence is no refusal: dataplanes that
     * start together take their time.
     */
    private Decision first(String desired) {
        List<Node> alive = nodes.stream().filter(Node::isAlive).toList();
        Optional<Node> runs = alive.stream().filter(node -> node.runs(desired)).findFirst();
        if (runs.isPresent()) {
            notes.add("node " + runs.get().name() + " acknowledged " + desired);
            notes.add("rollout of " + desired + " is complete");
            return steady(desired, null, null);
        }
        Optional<Node> refuses = alive.stream().filter(node -> node.refuses(desired)).findFirst();
        if (refuses.isPresent()) {
            return back(desired, "node " + refuses.get().name() + " " + refusal(refuses.get()));
        }
        if (alive.isEmpty()) {
            return steady(null, state.refused(), state.refusedReason());
        }
        RolloutStatus old = state.rollout();
        String since = now.toString();
        if (old != null && old.revision().equals(desired)) {
            since = old.since();
        } else {
            notes.add("rollout of " + desired + ", the first one, begins");
        }
        Map<String, String> revisions = new HashMap<>();
        List<NodeStatus> told = new ArrayList<>();
        for (Node node : alive) {
            revisions.put(node.name(), desired);
            told.add(new NodeStatus(node.name(), since, null));
        }
        RolloutStatus rollout = new RolloutStatus(desired, Step.WAVES, since, told);
        return decision(
                new State(null, state.refused(), state.refusedReason(), rollout), revisions);
    }

    private static String refusal(Node node) {
        return "refuses: " + node.refusal().orElse("");
    }

    /** A revision that a dataplane does not survive is tried where the fewest clients are. */
    private Decision start(String desired, @Nullable RolloutStatus old) {
        List<String> touched =
                old == null ? List.of() : old.nodes().stream().map(NodeStatus::name).toList();
        Optional<Node> canary =
                nodes.stream()
                        .filter(node -> node.isAlive())
                        .min(
                                Comparator.comparing((Node node) -> !touched.contains(node.name()))
                                        .thenComparing(node -> !node.isReady())
                                        .thenComparingInt(Node::announced)
                                        .thenComparing(Node::name));
        if (canary.isEmpty()) {
            return steady(state.current(), state.refused(), state.refusedReason());
        }
        notes.add("rollout of " + desired + " begins at node " + canary.get().name());
        NodeStatus first = new NodeStatus(canary.get().name(), now.toString(), null);
        return going(new RolloutStatus(desired, Step.CANARY, now.toString(), List.of(first)));
    }

    private Decision advance(String desired, RolloutStatus rollout) {
        List<NodeStatus> progress = new ArrayList<>();
        for (NodeStatus entry : rollout.nodes()) {
            Optional<Node> node = node(entry.name());
            if (node.filter(Node::isLeaving).isPresent()) {
                continue; // told again when it returns
            }
            Optional<String> fault = fault(desired, rollout.step(), entry, node);
            if (fault.isPresent()) {
                return back(desired, "node " + entry.name() + " " + fault.get());
            }
            // Who was lost before it answered is told again when it returns.
            boolean isLost = node.isEmpty() || !node.get().isAlive() && entry.epoch() == null;
            if (node.isPresent() && !(isLost && rollout.step() == Step.WAVES)) {
                progress.add(
                        entry.epoch() == null && node.get().acknowledges(desired)
                                ? new NodeStatus(
                                        entry.name(),
                                        entry.since(),
                                        Objects.requireNonNullElse(node.get().epoch(), ""))
                                : entry);
            }
        }
        boolean isAcknowledged =
                !progress.isEmpty() && progress.stream().allMatch(entry -> entry.epoch() != null);
        return switch (rollout.step()) {
            case CANARY -> {
                if (progress.isEmpty()) {
                    yield start(desired, null);
                }
                if (!isAcknowledged) {
                    yield going(new RolloutStatus(desired, Step.CANARY, rollout.since(), progress));
                }
                notes.add("node " + progress.getFirst().name() + " acknowledged " + desired);
                yield bake(desired, now, progress);
            }
            case BAKE -> bake(desired, Instant.parse(rollout.since()), progress);
            case WAVES -> wave(desired, rollout.since(), progress);
        };
    }

    private Decision bake(String desired, Instant since, List<NodeStatus> progress) {
        Instant end = since.plus(plan.bake());
        if (now.isBefore(end)) {
            wake(end);
            return going(new RolloutStatus(desired, Step.BAKE, since.toString(), progress));
        }
        return wave(desired, now.toString(), progress);
    }

    private Decision wave(String desired, String since, List<NodeStatus> progress) {
        List<NodeStatus> told = new ArrayList<>(progress);
        long open =
                told.stream()
                        .filter(entry -> entry.epoch() == null)
                        .filter(entry -> node(entry.name()).map(Node::isAlive).orElse(false))
                        .count();
        int alive = (int) nodes.stream().filter(Node::isAlive).count();
        boolean isMissing = false;
        for (Node node : nodes) {
            if (told.stream().anyMatch(entry -> entry.name().equals(node.name()))) {
                continue;
            }
            if (node.isAlive() && open < plan.changing().of(alive)) {
                told.add(new NodeStatus(node.name(), now.toString(), null));
                open++;
            } else {
                isMissing |= node.isAlive();
            }
        }
        if (open > 0 || isMissing) {
            return going(new RolloutStatus(desired, Step.WAVES, since, told));
        }
        notes.add("rollout of " + desired + " is complete");
        // A revision that was refused once is tried again when the resources come back to it.
        return steady(desired, null, null);
    }

    /** What a node did that must not spread; whoever is merely lost during waves did nothing. */
    private Optional<String> fault(
            String desired, Step step, NodeStatus entry, Optional<Node> maybe) {
        boolean isWatched = step != Step.WAVES;
        // Its dataplane is away over it, so that it may count as lost by now.
        if (maybe.filter(node -> node.refuses(desired)).isPresent()) {
            return Optional.of(refusal(maybe.get()));
        }
        if (maybe.isEmpty() || !maybe.get().isAlive()) {
            return isWatched && entry.epoch() != null
                    ? Optional.of("was lost after it had acknowledged")
                    : overdue(entry, isWatched);
        }
        Node node = maybe.get();
        if (entry.epoch() == null) {
            return node.acknowledges(desired) ? Optional.empty() : overdue(entry, true);
        }
        if (!entry.epoch().equals(Objects.requireNonNullElse(node.epoch(), ""))) {
            return Optional.of("crashed after it had acknowledged: its dataplane started again");
        }
        return node.isReady()
                ? Optional.empty()
                : Optional.of("stopped serving after it had acknowledged");
    }

    private Optional<String> overdue(NodeStatus entry, boolean counts) {
        if (!counts) {
            return Optional.empty();
        }
        Instant end = Instant.parse(entry.since()).plus(plan.deadline());
        if (now.isBefore(end)) {
            wake(end);
            return Optional.empty();
        }
        return Optional.of("did not acknowledge within " + plan.deadline().toSeconds() + " s");
    }

    private Decision back(String desired, String reason) {
        String target = state.current() == null ? "nothing" : state.current();
        notes.add("back from " + desired + " to " + target + ": " + reason);
        return steady(state.current(), desired, reason);
    }

    /** Everybody runs the good revision. */
    private Decision steady(
            @Nullable String current, @Nullable String refused, @Nullable String reason) {
        Map<String, String> revisions = new HashMap<>();
        if (current != null) {
            nodes.forEach(node -> revisions.put(node.name(), current));
        }
        return decision(new State(current, refused, reason, null), revisions);
    }

    private Decision going(RolloutStatus rollout) {
        Map<String, String> revisions = new HashMap<>();
        for (Node node : nodes) {
            boolean isTold =
                    rollout.nodes().stream().anyMatch(entry -> entry.name().equals(node.name()));
            if (isTold) {
                revisions.put(node.name(), rollout.revision());
            } else if (state.current() != null) {
                revisions.put(node.name(), state.current());
            }
        }
        rollout.nodes().stream()
                .filter(entry -> entry.epoch() == null)
                .forEach(entry -> wake(Instant.parse(entry.since()).plus(plan.deadline())));
        return decision(
                new State(state.current(), state.refused(), state.refusedReason(), rollout),
                revisions);
    }

    private Decision decision(State next, Map<String, String> revisions) {
        Optional<Duration> wakeAfter =
                Optional.ofNullable(wakeAt)
                        .map(at -> Duration.between(now, at))
                        .map(wait -> wait.isNegative() ? Duration.ZERO : wait);
        return new Decision(next, revisions, wakeAfter, List.copyOf(notes));
    }

    private void wake(Instant at) {
        wakeAt = wakeAt == null || at.isBefore(wakeAt) ? at : wakeAt;
    }

    private Optional<Node> node(String name) {
        return nodes.stream().filter(node -> node.name().equals(name)).findFirst();
    }
}
