package io.mptcplb.controlplane.agent.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.mptcplb.api.ApiNames;
import io.mptcplb.api.DataplaneConfig;
import io.mptcplb.api.DataplaneEndpoints;
import io.mptcplb.api.DataplaneEndpointsSpec;
import io.mptcplb.api.DataplaneNode;
import io.mptcplb.api.DataplaneNodeStatus;
import io.mptcplb.contract.ConfigFile;
import io.mptcplb.contract.Metric;
import io.mptcplb.controlplane.agent.config.ConfigKeeper;
import io.mptcplb.controlplane.agent.config.Offer;
import io.mptcplb.controlplane.agent.config.Outcome;
import io.mptcplb.controlplane.agent.model.CounterSample;
import io.mptcplb.policy.Problem;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes the dataplane have what the node's objects say, and says what became of it. Call {@link
 * #start} once, then {@link #handleLive} and {@link #handleLost}. Event loop only.
 */
public final class NodeKeeper {
    private static final long TICK_MILLIS = 500;
    private static final long FIGURES_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** A dataplane that has been away for so long does not come back with what it has. */
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final String LABEL = "kubernetes";

    private final Context loop;
    private final NodeIdentity identity;
    private final ConfigKeeper keeper;
    private final Dataplane dataplane;
    private final Path refused;
    private final Consumer<String> say;
    private final Clock clock = Clock.systemUTC();
    private final ClusterLink link;
    // One that went unseen stays: its name is its content's.
    private final Map<String, DataplaneConfig> revisions = new HashMap<>();
    private @Nullable DataplaneNode node;
    private @Nullable DataplaneEndpoints endpoints;
    private @Nullable DataplaneNodeStatus told;
    private @Nullable Desired wanted;
    private @Nullable Desired applied;
    private NodeFacts.@Nullable Problem problem;

    /** Refused as it stands: what else changes goes to the one in force. */
    private @Nullable String refusedRevision;

    private String lastRefusal = "";
    private boolean offering;
    private boolean looking;
    private long figuresNanos;
    private long lostNanos = System.nanoTime();
    private long timer = -1;
    private @Nullable Departure departure;
    private final Promise<String> departed = Promise.promise();
    private volatile boolean live;

    /**
     * Our dataplane has never had a configuration. It counts as alive while it waits for the first
     * one: whoever names revisions names them to the living, and addresses go to the ready.
     */
    private volatile boolean begins = true;

    /**
     * What is known of the dataplane beside what it answers.
     *
     * @param state its state directory
     * @param epoch of the one spoken with last
     * @param counters the last look at the counter file
     */
    public record Dataplane(
            Path state, LongSupplier epoch, Supplier<Optional<CounterSample>> counters) {}

    /**
     * @param connect gives a client of the API server with connections of its own; called on a
     *     worker thread, as its classes are many
     * @param say told what an operator who looks at the process should see
     */
    public NodeKeeper(
            Context loop,
            NodeIdentity identity,
            Supplier<KubernetesClient> connect,
            ConfigKeeper keeper,
            Dataplane dataplane,
            Consumer<String> say) {
        this.loop = loop;
        this.identity = identity;
        this.keeper = keeper;
        this.dataplane = dataplane;
        this.say = say;
        refused = dataplane.state().resolve(ConfigFile.REFUSED);
        link =
                new ClusterLink(
                        loop,
                        connect,
                        this::writer,
                        client -> new NodeWatch(client, identity, new Listener()),
                        this::forgetNode,
                        say);
    }

    public void start() {
        link.open();
        timer = loop.owner().setPeriodic(TICK_MILLIS, tick -> tick());
    }

    private NodeWriter writer(KubernetesClient client) {
        return new NodeWriter(
                client,
                identity,
                clock,
                () -> live || begins,
                why -> loop.runOnContext(on -> onRefused(why)));
    }

    /** It may be another one, or none, when it is seen again. */
    private void forgetNode() {
        node = null;
        told = null;
    }

    /** Blocks for a moment: the node leaves by its own will. */
    public void close() {
        loop.owner().cancelTimer(timer);
        link.leave();
    }

    /** The dataplane is in step: what it has may be another thing than is wanted. */
    public void handleLive() {
        live = true;
        begins = false;
        offer();
    }

    /** The dataplane is gone. */
    public void handleLost() {
        if (live) {
            live = false;
            lostNanos = System.nanoTime();
        }
        publish();
    }

    /**
     * The pod is to end: another node shall announce what this one does. Done, with the reason,
     * when the dataplane may be ended; who asks again waits for the same.
     *
     * @param limitMillis the most that it may take
     */
    public Future<String> leave(long limitMillis) {
        if (departure == null) {
            departure =
                    new Departure(System.nanoTime(), TimeUnit.MILLISECONDS.toNanos(limitMillis));
            say.accept("leaving: another node shall announce what this one does");
            publish();
        }
        return departed.future();
    }

    private void lookAtDeparture() {
        Departure leaving = departure;
        DataplaneNode now = node;
        if (leaving == null || departed.future().isComplete()) {
            return;
        }
        boolean inForce = wanted != null && wanted.equals(applied);
        boolean announces = now == null || !now.getSpec().announces().isEmpty() || !inForce;
        leaving.look(live && announces, live ? connections() : 0, System.nanoTime())
                .ifPresent(why -> {
                    say.accept("the dataplane may end: " + why);
                    departed.complete(why);
                });
    }

    private long connections() {
        return dataplane.counters().get().map(sample -> sample.sum(Metric.CONNECTIONS)).orElse(0L);
    }

    // ---- what is wanted

    /** From the watch's threads to ours. */
    private final class Listener implements NodeWatch.Listener {
        @Override
        public void onNode(@Nullable DataplaneNode seen) {
            loop.runOnContext(on -> NodeKeeper.this.onNode(seen));
        }

        @Override
        public void onRevision(DataplaneConfig revision) {
            loop.runOnContext(on -> {
                revisions.put(revision.getMetadata().getName(), revision);
                consider();
            });
        }

        @Override
        public void onRevisionGone(String name) {
            loop.runOnContext(on -> revisions.remove(name));
        }

        @Override
        public void onEndpoints(DataplaneEndpoints seen) {
            loop.runOnContext(on -> {
                endpoints = seen;
                consider();
            });
        }
    }

    private void onNode(@Nullable DataplaneNode seen) {
        DataplaneNode before = node;
        node = seen;
        if (seen == null) {
            told = null;
            link.writer().ifPresent(NodeWriter::createNode);
            return;
        }
        if (told == null) {
            told = seen.getStatus();
        }
        if (told != null && told.appliedRevision() != null) {
            begins = false;
        }
        // Our own status comes back to us, too.
        if (before == null || generation(before) != generation(seen)) {
            refusedRevision = null;
            wanted = null; // asked anew, the dataplane is asked anew
            consider();
        }
    }

    private static long generation(DataplaneNode node) {
        return Objects.requireNonNullElse(node.getMetadata().getGeneration(), 0L);
    }

    private String revision() {
        DataplaneNode now = node;
        return now == null ? "" : Objects.requireNonNullElse(now.getSpec().revision(), "");
    }

    /** Something has changed: it may be enough for a document, or change the one there is. */
    private void consider() {
        DataplaneNode now = node;
        Desired inForce = applied;
        String name = revision();
        if (inForce != null
                && name.equals(refusedRevision)
                && revisions.containsKey(inForce.revision())) {
            name = inForce.revision();
        }
        DataplaneConfig config = revisions.get(name);
        if (now == null || name.isEmpty()) {
            publish();
            return;
        }
        if (config == null) {
            wait("spec.revision: there is no DataplaneConfig " + name + " yet");
            return;
        }
        Optional<String> missing = NodeDocument.missing(config.getSpec().config(), now.getSpec());
        if (missing.isPresent()) {
            wait(missing.get());
            return;
        }
        DataplaneEndpoints members = endpoints;
        DataplaneEndpointsSpec pools =
                members == null
                        ? new DataplaneEndpointsSpec(identity.loadBalancer(), List.of())
                        : members.getSpec();
        long generation =
                members == null
                        ? 0
                        : Objects.requireNonNullElse(members.getMetadata().getGeneration(), 0L);
        String text = NodeDocument.of(config.getSpec().config(), now.getSpec(), pools);
        Desired next = new Desired(name, generation, text);
        if (!next.equals(wanted)) {
            wanted = next;
            offer();
        }
        publish();
    }

    private void wait(String why) {
        problem = new NodeFacts.Problem(ApiNames.RECONCILING, why);
        publish();
    }

    /** One at a time; what is wanted meanwhile comes next, and only the last of it. */
    private void offer() {
        Desired now = wanted;
        if (now == null || offering) {
            return;
        }
        offering = true;
        keeper.offer(LABEL, now.text())
                .onComplete(done -> {
                    offering = false;
                    if (done.succeeded()) {
                        onOffered(now, done.result());
                    }
                    if (!now.equals(wanted)) {
                        offer();
                    }
                    publish();
                });
    }

    private void onOffered(Desired offered, Offer offer) {
        boolean asked = offered.revision().equals(revision());
        if (offer.outcome().isInForce()) {
            applied = offered;
            if (asked) {
                problem = null;
            }
            return;
        }
        if (!asked) {
            return;
        }
        problem =
                new NodeFacts.Problem(
                        reason(offer.outcome()),
                        "revision " + offered.revision() + ": " + why(offer));
        if (offer.outcome() == Outcome.REFUSED || offer.outcome() == Outcome.NOT_TAKEN) {
            refusedRevision = offered.revision();
            consider();
        }
    }

    private static String reason(Outcome outcome) {
        return switch (outcome) {
            case REFUSED -> "Invalid";
            case NOT_TAKEN -> "NotTaken";
            case RESTART_REQUIRED, UNREACHABLE, APPLIED, UNCHANGED -> ApiNames.RECONCILING;
        };
    }

    private static String why(Offer offer) {
        if (!offer.problems().isEmpty()) {
            return offer.problems().stream()
                    .map(NodeKeeper::text)
                    .collect(Collectors.joining("; "));
        }
        return switch (offer.outcome()) {
            case RESTART_REQUIRED -> "the dataplane begins anew with it: " + offer.text();
            case UNREACHABLE -> "waits for the dataplane";
            default -> offer.text();
        };
    }

    /** A line number says nothing to whoever wrote resources. */
    private static String text(Problem problem) {
        return problem.path() + ": " + problem.rule();
    }

    // ---- what is told

    private void tick() {
        link.look();
        lookAtDeparture();
        Desired now = wanted;
        if (!live && now != null && !looking) {
            looking = true;
            boolean force = System.nanoTime() - lostNanos > SILENT_NANOS;
            keeper.leave(now.text(), force)
                    .compose(left ->
                            loop.owner()
                                    .executeBlocking(
                                            () ->
                                                    Files.exists(refused)
                                                            ? Files.readString(refused).strip()
                                                            : "",
                                            true))
                    .onComplete(done -> {
                        looking = false;
                        if (done.succeeded() && !live && !done.result().isEmpty()) {
                            problem =
                                    new NodeFacts.Problem(
                                            "DataplaneRefuses",
                                            "revision " + now.revision() + ": " + done.result());
                        }
                        publish();
                    });
        }
        publish();
    }

    private void publish() {
        DataplaneNode now = node;
        NodeWriter writer = link.writer().orElse(null);
        if (now == null || writer == null) {
            return;
        }
        NodeFacts facts =
                new NodeFacts(
                        generation(now),
                        revision(),
                        Optional.ofNullable(applied),
                        Optional.ofNullable(problem),
                        live,
                        departure != null,
                        dataplane.epoch().getAsLong(),
                        dataplane
                                .counters()
                                .get()
                                .map(NodeKeeper::figures)
                                .orElse(NodeFacts.Figures.NONE));
        String time = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        DataplaneNodeStatus status = NodeStatus.of(facts, identity.pod(), told, time);
        long nowNanos = System.nanoTime();
        boolean due = nowNanos - figuresNanos > FIGURES_NANOS && !status.equals(told);
        if (due || NodeStatus.isNews(status, told)) {
            figuresNanos = nowNanos;
            told = status;
            writer.write(status);
        }
    }

    private static NodeFacts.Figures figures(CounterSample sample) {
        return new NodeFacts.Figures(
                sample.sum(Metric.CONNECTIONS_OPENED),
                sample.sum(Metric.SESSIONS_REFUSED),
                sample.sum(Metric.CONNECTIONS));
    }

    private void onRefused(String why) {
        if (!why.equals(lastRefusal)) {
            lastRefusal = why;
            say.accept("the API server does not take what we write: " + why);
        }
    }
}
