package io.mptcplb.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.mptcplb.api.ApiNames;
import io.mptcplb.api.ConditionType;
import io.mptcplb.api.DataplaneConfig;
import io.mptcplb.api.DataplaneConfigSpec;
import io.mptcplb.api.DataplaneNode;
import io.mptcplb.api.DataplaneNodeSpec;
import io.mptcplb.api.DataplaneNodeStatus;
import io.mptcplb.api.LoadBalancer;
import io.mptcplb.api.LoadBalancerStatus;
import io.mptcplb.policy.fleet.AddressBook;
import io.mptcplb.policy.fleet.Fleet;
import io.mptcplb.policy.fleet.FleetTranslation;
import io.mptcplb.policy.fleet.PortPlan;
import io.mptcplb.policy.fleet.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One look at a whole fleet: what there is, what that makes, and what has to be written for it. In
 * the order of urgency: what the LoadBalancer remembers first (who is killed thereafter goes on
 * from there), then the nodes, then what everybody is told.
 */
final class FleetPass {
    private static final Duration FORGET_AFTER = Duration.ofMinutes(10);

    private final World world;
    private final Cluster cluster;
    private final String namespace;
    private final OperatorFigures figures;
    private final LoadBalancer loadBalancer;
    private final String name;
    private final Instant now;
    private final long nowNanos;
    private final Set<String> alive;
    private final List<DataplaneNode> nodes;
    private final LoadBalancerStatus before;

    FleetPass(
            World world,
            Cluster cluster,
            String namespace,
            OperatorFigures figures,
            LoadBalancer loadBalancer) {
        this.world = world;
        this.cluster = cluster;
        this.namespace = namespace;
        this.figures = figures;
        this.loadBalancer = loadBalancer;
        this.name = loadBalancer.getMetadata().getName();
        this.now = Instant.now();
        this.nowNanos = System.nanoTime();
        this.alive = world.lives().alive(nowNanos);
        this.nodes = nodes(world, name);
        this.before =
                Optional.ofNullable(loadBalancer.getStatus())
                        .orElseGet(() ->
                                new LoadBalancerStatus(
                                        null, null, null, null, null, null, null, null, null, null,
                                        List.of()));
    }

    private static List<DataplaneNode> nodes(World world, String loadBalancer) {
        return world.nodes().list().stream()
                .filter(node -> loadBalancer.equals(node.getSpec().loadBalancer()))
                .filter(node -> node.getMetadata().getDeletionTimestamp() == null)
                .sorted(Comparator.comparing(node -> node.getMetadata().getName()))
                .toList();
    }

    /** Does it all; answers when to look again, whatever happens. */
    Optional<Duration> run() {
        forgetLostNodes();
        List<LoadBalancer> others = others();
        Optional<String> rival = rival(others);
        AddressBook book = AddressBook.assign(world.pools().list(), holders(others));
        Fleet fleet =
                FleetTranslation.translate(
                        new FleetTranslation.Input(
                                loadBalancer,
                                others,
                                others.stream()
                                        .allMatch(other ->
                                                name.compareTo(other.getMetadata().getName()) < 0),
                                namespace,
                                world.services().list(),
                                world.policies().list(),
                                book));
        if (rival.isPresent()) {
            Statement conflict =
                    Statement.no(
                            ConditionType.ACCEPTED,
                            "Conflicted",
                            "spec.loadBalancerClass: LoadBalancer "
                                    + rival.get()
                                    + " is older and has the same class");
            writeStatus(state(), conflict, List.of(), Optional.empty(), fleet);
            return Optional.empty();
        }
        if (fleet.config().isEmpty()) {
            // What is in force stays in force; lost announcers are replaced all the same.
            writeNodes(Map.of(), Optional.empty(), fleet);
            writeStatus(state(), fleet.accepted(), List.of(), Optional.empty(), fleet);
            tellAll(fleet, book, MissingNode.getInstance());
            return Optional.empty();
        }
        return rollOut(fleet, book);
    }

    private Optional<Duration> rollOut(Fleet fleet, AddressBook book) {
        Revision desired = Revision.of(name, fleet.config().orElseThrow());
        keep(desired);
        NodeAddresses addresses = addresses();
        List<Rollout.Node> views =
                nodes.stream()
                        .filter(node -> addresses.of(node.getMetadata().getName()).isPresent())
                        .map(this::view)
                        .toList();
        Rollout.Decision decision =
                Rollout.decide(
                        desired.name(),
                        state(),
                        views,
                        RolloutPlan.of(loadBalancer.getSpec().rollout()),
                        now);
        decision.notes().forEach(this::note);
        LoadBalancerStatus status =
                writeStatus(
                        decision.state(),
                        fleet.accepted(),
                        addresses.problems(),
                        Optional.of(desired),
                        fleet);
        writeNodes(decision.revisions(), Optional.of(addresses), fleet);
        JsonNode current =
                status.currentRevision() == null
                        ? MissingNode.getInstance()
                        : config(status.currentRevision());
        tellAll(fleet, book, current);
        prune(desired, decision.state());
        return decision.wakeAfter();
    }

    private Rollout.State state() {
        return new Rollout.State(
                before.currentRevision(),
                before.refusedRevision(),
                before.refusedReason(),
                before.rollout());
    }

    private List<LoadBalancer> others() {
        return world.loadBalancers().list().stream()
                .filter(other -> !name.equals(other.getMetadata().getName()))
                .filter(other -> other.getMetadata().getDeletionTimestamp() == null)
                .toList();
    }

    private Optional<String> rival(List<LoadBalancer> others) {
        Comparator<LoadBalancer> seniority =
                Comparator.comparing((LoadBalancer one) -> one.getMetadata().getCreationTimestamp())
                        .thenComparing(one -> one.getMetadata().getName());
        return others.stream()
                .filter(other ->
                        FleetTranslation.classOf(other)
                                .equals(FleetTranslation.classOf(loadBalancer)))
                .filter(other -> seniority.compare(other, loadBalancer) < 0)
                .map(other -> other.getMetadata().getName())
                .findFirst();
    }

    /** Everybody who has or wants a virtual address, of all fleets: pools are for all of them. */
    private List<Service> holders(List<LoadBalancer> others) {
        Set<String> classes = new HashSet<>(Set.of(FleetTranslation.classOf(loadBalancer)));
        others.forEach(other -> classes.add(FleetTranslation.classOf(other)));
        return world.services().list().stream()
                .filter(service -> ServiceWriter.isHolder(service, classes))
                .toList();
    }

    private void keep(Revision desired) {
        boolean isKept =
                world.configs().list().stream()
                        .anyMatch(config -> config.getMetadata().getName().equals(desired.name()));
        if (isKept) {
            return;
        }
        DataplaneConfig config = new DataplaneConfig();
        config.setMetadata(
                new ObjectMetaBuilder()
                        .withName(desired.name())
                        .withNamespace(namespace)
                        .addToLabels(ApiNames.LOAD_BALANCER_LABEL, name)
                        .withOwnerReferences(Owners.of(loadBalancer))
                        .build());
        config.setSpec(new DataplaneConfigSpec(name, desired.config()));
        cluster.createOnce(config);
    }

    private void prune(Revision desired, Rollout.State state) {
        Set<String> used = new HashSet<>();
        used.add(desired.name());
        used.add(Objects.requireNonNullElse(state.current(), ""));
        used.add(Objects.requireNonNullElse(state.refused(), ""));
        for (DataplaneNode node : nodes) {
            used.add(Objects.requireNonNullElse(node.getSpec().revision(), ""));
            DataplaneNodeStatus status = node.getStatus();
            used.add(
                    status == null ? "" : Objects.requireNonNullElse(status.appliedRevision(), ""));
        }
        int limit = RolloutPlan.of(loadBalancer.getSpec().rollout()).historyLimit();
        world.configs().list().stream()
                .filter(config -> name.equals(config.getSpec().loadBalancer()))
                .filter(config -> !used.contains(config.getMetadata().getName()))
                .sorted(
                        Comparator.comparing((DataplaneConfig config) ->
                                        config.getMetadata().getCreationTimestamp())
                                .reversed())
                .skip(limit)
                .forEach(cluster::delete);
    }

    private JsonNode config(String revision) {
        return world.configs().list().stream()
                .filter(config -> config.getMetadata().getName().equals(revision))
                .map(config -> config.getSpec().config())
                .findFirst()
                .orElseGet(MissingNode::getInstance);
    }

    private NodeAddresses addresses() {
        Map<String, List<DataplaneNodeSpec.Port>> own = new HashMap<>();
        nodes.forEach(node -> own.put(node.getMetadata().getName(), node.getSpec().ports()));
        return NodeAddresses.assign(PortPlan.of(loadBalancer.getSpec()), own);
    }

    private Rollout.Node view(DataplaneNode node) {
        String nodeName = node.getMetadata().getName();
        DataplaneNodeStatus status = node.getStatus();
        List<Condition> conditions = status == null ? List.of() : status.conditions();
        Optional<String> refusal =
                Conditions.find(conditions, ConditionType.PROGRAMMED.text())
                        .filter(condition -> "False".equals(condition.getStatus()))
                        .filter(condition -> !ApiNames.RECONCILING.equals(condition.getReason()))
                        .filter(condition ->
                                Objects.equals(
                                        condition.getObservedGeneration(),
                                        node.getMetadata().getGeneration()))
                        .map(condition -> condition.getReason() + ": " + condition.getMessage());
        boolean isLeaving = Handover.isLeaving(node);
        return new Rollout.Node(
                nodeName,
                alive.contains(nodeName) && !isLeaving,
                isLeaving,
                Conditions.isTrue(conditions, ConditionType.READY),
                node.getSpec().announces().size(),
                node.getSpec().revision(),
                status == null ? null : status.appliedRevision(),
                status == null ? null : status.dataplaneEpoch(),
                refusal);
    }

    private void writeNodes(
            Map<String, String> revisions, Optional<NodeAddresses> addresses, Fleet fleet) {
        Map<String, List<String>> announces = announces(fleet);
        List<String> leaving = Handover.addressesOfLeaving(loadBalancer.getSpec(), nodes, alive);
        for (DataplaneNode node : losersFirst(announces)) {
            String nodeName = node.getMetadata().getName();
            DataplaneNodeSpec old = node.getSpec();
            List<DataplaneNodeSpec.Port> ports =
                    addresses.flatMap(plan -> plan.of(nodeName)).orElse(old.ports());
            @Nullable String revision =
                    addresses.isPresent() ? revisions.get(nodeName) : old.revision();
            List<String> own = announces.getOrDefault(nodeName, List.of());
            boolean takesOver = !own.isEmpty() && !Handover.isLeaving(node);
            DataplaneNodeSpec spec =
                    new DataplaneNodeSpec(
                            name, revision, ports, own, takesOver ? leaving : List.of());
            if (spec.equals(old)) {
                continue;
            }
            DataplaneNode patch = new DataplaneNode();
            patch.setMetadata(Cluster.identity(node));
            patch.setSpec(spec);
            world.nodes().onWritten(cluster.apply(patch));
            for (String address : spec.announces()) {
                if (!old.announces().contains(address)) {
                    figures.announcerMoved();
                    cluster.event(
                            loadBalancer,
                            false,
                            "AnnouncerChosen",
                            "node " + nodeName + " announces " + address);
                }
            }
        }
    }

    /** An address leaves one node before it comes to another: at no time two have it. */
    private List<DataplaneNode> losersFirst(Map<String, List<String>> announces) {
        return nodes.stream()
                .sorted(
                        Comparator.comparing(node ->
                                !node.getSpec()
                                        .announces()
                                        .containsAll(
                                                announces.getOrDefault(
                                                        node.getMetadata().getName(), List.of()))))
                .toList();
    }

    private Map<String, List<String>> announces(Fleet fleet) {
        Set<String> addresses = new TreeSet<>();
        fleet.services()
                .values()
                .forEach(verdict -> {
                    if (!verdict.virtualServers().isEmpty()) {
                        verdict.addresses().forEach(address -> addresses.add(address.toString()));
                    }
                });
        Map<String, Set<String>> served = new HashMap<>();
        List<Announcers.Candidate> candidates = new ArrayList<>();
        for (DataplaneNode node : nodes) {
            Rollout.Node view = view(node);
            Set<String> serves =
                    view.applied() == null
                            ? Set.of()
                            : served.computeIfAbsent(
                                    view.applied(),
                                    revision -> Revision.addresses(config(revision)));
            candidates.add(
                    new Announcers.Candidate(
                            view.name(),
                            view.isAlive() && view.isReady(),
                            serves,
                            node.getSpec().announces()));
        }
        return Announcers.assign(addresses, candidates);
    }

    private LoadBalancerStatus writeStatus(
            Rollout.State state,
            Statement accepted,
            List<String> problems,
            Optional<Revision> desired,
            Fleet fleet) {
        List<Rollout.Node> views = nodes.stream().map(this::view).toList();
        String update = desired.map(Revision::name).orElse(before.updateRevision());
        int ready = (int) views.stream().filter(view -> view.isAlive() && view.isReady()).count();
        int updated =
                update == null ? 0 : (int) views.stream().filter(view -> view.runs(update)).count();
        List<Statement> statements =
                new FleetStatements(state, views, update).of(accepted, problems);
        long generation =
                Objects.requireNonNullElse(loadBalancer.getMetadata().getGeneration(), 0L);
        int servers =
                fleet.services().values().stream()
                        .mapToInt(verdict -> verdict.virtualServers().size())
                        .sum();
        LoadBalancerStatus status =
                new LoadBalancerStatus(
                        generation,
                        state.current(),
                        update,
                        state.refused(),
                        state.refusedReason(),
                        nodes.size(),
                        ready,
                        updated,
                        servers,
                        state.rollout(),
                        Conditions.of(statements, before.conditions(), "", generation, now));
        figures.nodes(name, Map.of("all", nodes.size(), "ready", ready, "updated", updated));
        if (!status.equals(before)) {
            LoadBalancer patch = new LoadBalancer();
            patch.setMetadata(Cluster.identity(loadBalancer));
            patch.setStatus(status);
            world.loadBalancers().onWritten(cluster.applyStatus(patch));
        }
        return status;
    }

    private void tellAll(Fleet fleet, AddressBook book, JsonNode current) {
        Teller teller = new Teller(world, cluster, figures, now);
        boolean isServed = nodes.stream().map(this::view).anyMatch(view -> view.applied() != null);
        Programmed programmed =
                new Programmed(fleet.config().orElse(null), current, before, isServed);
        teller.services(fleet, programmed, FleetTranslation.classOf(loadBalancer));
        teller.policies(fleet, programmed);
        teller.pools(book);
        teller.throwFirst();
    }

    private void note(String message) {
        boolean isBack = message.startsWith("back from");
        String reason = isBack ? "RolledBack" : "Rollout";
        if (isBack || message.endsWith("is complete")) {
            figures.rolloutEnded(isBack ? "rolled-back" : "complete");
        }
        cluster.event(loadBalancer, isBack, reason, message);
    }

    private void forgetLostNodes() {
        for (DataplaneNode node : nodes) {
            String nodeName = node.getMetadata().getName();
            if (!alive.contains(nodeName)
                    && world.lives().silentNanos(nodeName, nowNanos) > FORGET_AFTER.toNanos()) {
                cluster.delete(node);
            }
        }
    }
}
