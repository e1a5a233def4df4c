package io.mptcplb.controlplane.agent;

import io.mptcplb.api.ApiServer;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.control.Command;
import io.mptcplb.contract.control.Command.SetPathPriority;
import io.mptcplb.contract.control.Event;
import io.mptcplb.contract.control.Reply;
import io.mptcplb.contract.control.ReplyCode;
import io.mptcplb.controlplane.agent.api.Box;
import io.mptcplb.controlplane.agent.config.ConfigKeeper;
import io.mptcplb.controlplane.agent.config.Offer;
import io.mptcplb.controlplane.agent.config.Outcome;
import io.mptcplb.controlplane.agent.control.ControlClient;
import io.mptcplb.controlplane.agent.control.ControlListener;
import io.mptcplb.controlplane.agent.control.ControlState;
import io.mptcplb.controlplane.agent.kubernetes.NodeIdentity;
import io.mptcplb.controlplane.agent.kubernetes.NodeKeeper;
import io.mptcplb.controlplane.agent.metrics.AgentFigures;
import io.mptcplb.controlplane.agent.model.BoxModel;
import io.mptcplb.controlplane.agent.model.CounterSample;
import io.mptcplb.controlplane.agent.model.EventHistory;
import io.mptcplb.controlplane.agent.model.EventKind;
import io.mptcplb.controlplane.agent.paths.CounterWatch;
import io.mptcplb.controlplane.agent.paths.NotObeyedException;
import io.mptcplb.controlplane.agent.paths.PathDriver;
import io.mptcplb.policy.Compilation.Compiled;
import io.mptcplb.policy.path.PathDecision;
import io.mptcplb.policy.path.PathEvent;
import io.mptcplb.policy.path.PathState;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What the agent knows and does, wired together. Event loop only. */
final class AgentCore implements Box, ControlListener {
    /** About ten megabytes. */
    private static final int HISTORY_ENTRIES = 32_768;

    /** What the API server does not answer by then is asked again: a Lease lasts two seconds. */
    private static final int REQUEST_MILLIS = 5_000;

    private final Vertx vertx;
    private final AgentOptions options;
    private final Consumer<String> say;
    private final EventHistory history = new EventHistory(HISTORY_ENTRIES, nowUnixNanos());
    private final BoxModel model = new BoxModel(history);
    private final ControlClient client;
    private final PathDriver paths;
    private final ConfigKeeper keeper;
    private final CounterWatch counters;
    private final Optional<NodeKeeper> node;
    private final Set<String> draining = new TreeSet<>();
    private boolean heard;

    AgentCore(Vertx vertx, AgentOptions options, AgentFigures figures, Consumer<String> say) {
        this.vertx = vertx;
        this.options = options;
        this.say = say;
        client = new ControlClient(vertx, options.socket(), this, figures);
        paths = new PathDriver(vertx, client::send, client::resync, this::decided, figures);
        keeper =
                new ConfigKeeper(
                        vertx,
                        new ConfigKeeper.Source(
                                options.config(), options.state(), options.node().isPresent()),
                        client::send,
                        this::inForce,
                        this::offered,
                        figures);
        node = options.node().map(this::node);
        counters = new CounterWatch(vertx, options.counters(), paths::handleSample);
    }

    /** Policy and orders are known before the first event comes. */
    Future<Void> start() {
        return keeper.load()
                .compose(loaded ->
                        vertx.executeBlocking(() -> OrderFile.read(options.orders()), true)
                                .recover(failure -> {
                                    note(EventKind.AGENT, "orders are lost: " + failure);
                                    return Future.succeededFuture(OrderFile.empty());
                                }))
                .onSuccess(orders -> {
                    draining.addAll(orders.draining());
                    orders.paths()
                            .forEach(order ->
                                    paths.handle(
                                            new PathEvent.Order(order.paths(), order.priority())));
                    keeper.start();
                    counters.start();
                    client.start();
                    node.ifPresent(NodeKeeper::start);
                })
                .mapEmpty();
    }

    private NodeKeeper node(NodeIdentity identity) {
        return new NodeKeeper(
                vertx.getOrCreateContext(),
                identity,
                () -> ApiServer.connect(REQUEST_MILLIS),
                keeper,
                new NodeKeeper.Dataplane(options.state(), client::epoch, this::figures),
                say);
    }

    void close() {
        node.ifPresent(NodeKeeper::close);
        client.close();
        keeper.close();
        counters.close();
    }

    @Override
    public void onEvent(long epoch, Event event) {
        heard = true;
        model.handleEvent(epoch, event, nowUnixNanos());
        paths.handleEvent(event);
    }

    @Override
    public void onLive() {
        say.accept(
                String.format(
                        Locale.ROOT,
                        "in step with the dataplane after %.0f ms: %d connections",
                        client.lastResyncNanos() / 1e6,
                        model.connections()));
        draining.stream()
                .filter(name -> !model.draining().contains(name))
                .forEach(name -> client.send(new Command.Drain(name, true)));
        keeper.handleLive(model.generation());
        node.ifPresent(NodeKeeper::handleLive);
    }

    @Override
    public void onLost(String why) {
        if (heard) {
            heard = false;
            note(EventKind.AGENT, "the dataplane is out of reach: " + why);
        }
        model.handleLost();
        paths.handle(new PathEvent.Lost());
        keeper.handleLost();
        node.ifPresent(NodeKeeper::handleLost);
    }

    private void inForce(Compiled compiled) {
        endDraining(compiled.config());
        paths.handle(new PathEvent.Policies(compiled.paths()));
    }

    /** An order ends with the name that it was given for, here as in the dataplane. */
    private void endDraining(LbConfig config) {
        Set<String> names = new TreeSet<>();
        config.virtualServers().forEach(server -> names.add(server.name()));
        Set<String> gone = new TreeSet<>(draining);
        gone.removeAll(names);
        if (!gone.isEmpty()) {
            draining.removeAll(gone);
            gone.forEach(name ->
                    decided(
                            new PathDecision(
                                    PathDecision.OPERATOR,
                                    "the order to drain " + name + " ends with its name")));
            keepOrders()
                    .onFailure(failure ->
                            decided(
                                    new PathDecision(
                                            PathDecision.AGENT,
                                            String.valueOf(failure.getMessage()))));
        }
    }

    private void offered(Offer offer) {
        // That nothing changed is no news to whoever looks at the process.
        if (offer.outcome() != Outcome.UNCHANGED) {
            offer.lines().forEach(line -> note(EventKind.CONFIG, line));
        }
    }

    private void decided(PathDecision decision) {
        history.decided(decision.decider(), decision.toString(), nowUnixNanos());
        say.accept(decision.toString());
    }

    private void note(EventKind kind, String text) {
        history.note(kind, text, nowUnixNanos());
        say.accept(text);
    }

    private static long nowUnixNanos() {
        Instant now = Instant.now();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }

    /** True when what the user wants is what the box does, as far as both are known. */
    boolean isReady() {
        return client.state() == ControlState.LIVE && keeper.isSettled();
    }

    @Override
    public Future<Void> order(SetPathPriority order) {
        return paths.handle(new PathEvent.Order(order.paths(), order.priority()))
                .compose(obeyed -> keepOrders());
    }

    @Override
    public Optional<Future<String>> leave(long limitMillis) {
        return node.map(keeper -> keeper.leave(limitMillis));
    }

    @Override
    public Future<Void> drain(String virtualServer, boolean drains) {
        return client.send(new Command.Drain(virtualServer, drains))
                .compose(AgentCore::obeyed)
                .compose(obeyed -> {
                    if (drains ? draining.add(virtualServer) : draining.remove(virtualServer)) {
                        note(
                                EventKind.POLICY,
                                "operator: "
                                        + virtualServer
                                        + (drains
                                                ? " takes no new clients"
                                                : " takes new clients again"));
                    }
                    return keepOrders();
                });
    }

    private static Future<Void> obeyed(Reply reply) {
        return reply.code() == ReplyCode.OK
                ? Future.succeededFuture()
                : Future.failedFuture(new NotObeyedException(reply));
    }

    private Future<Void> keepOrders() {
        OrderFile orders = new OrderFile(paths.orders(), new TreeSet<>(draining));
        return vertx.executeBlocking(
                        () -> {
                            orders.write(options.orders());
                            return orders;
                        },
                        true)
                .<Void>mapEmpty()
                .recover(failure ->
                        Future.failedFuture(
                                new IOException(
                                        "obeyed, but it cannot be kept for a restart: "
                                                + failure.getMessage(),
                                        failure)));
    }

    @Override
    public BoxModel model() {
        return model;
    }

    @Override
    public EventHistory history() {
        return history;
    }

    @Override
    public ConfigKeeper keeper() {
        return keeper;
    }

    @Override
    public Optional<LbConfig> config() {
        return keeper.inForce().map(Compiled::config);
    }

    @Override
    public Optional<CounterSample> figures() {
        return counters.latest();
    }

    @Override
    public Optional<CounterSample> figuresBefore() {
        return counters.previous();
    }

    @Override
    public ControlState control() {
        return client.state();
    }

    @Override
    public long lastResyncNanos() {
        return client.lastResyncNanos();
    }

    @Override
    public List<PathState> paths() {
        return paths.paths();
    }

    @Override
    public Optional<String> policyOf(String virtualServer, IpAddress client) {
        return paths.policyOf(virtualServer, client);
    }

    @Override
    public List<SetPathPriority> orders() {
        return paths.orders();
    }

    @Override
    public Set<String> drainOrders() {
        return Set.copyOf(draining);
    }
}
