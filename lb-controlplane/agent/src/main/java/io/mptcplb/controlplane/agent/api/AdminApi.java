package io.mptcplb.controlplane.agent.api;

import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.PortConfig;
import io.mptcplb.contract.control.Command.SetPathPriority;
import io.mptcplb.contract.control.Event;
import io.mptcplb.contract.control.PathPriority;
import io.mptcplb.contract.control.PathSelector;
import io.mptcplb.controlplane.agent.control.ControlState;
import io.mptcplb.controlplane.agent.metrics.AgentFigures;
import io.mptcplb.controlplane.agent.metrics.AgentMetric;
import io.mptcplb.controlplane.agent.model.Connection;
import io.mptcplb.controlplane.agent.model.EventHistory;
import io.mptcplb.controlplane.agent.model.EventKind;
import io.mptcplb.policy.Problem;
import io.mptcplb.policy.path.PathDecision;
import io.mptcplb.policy.path.PathTable;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The routes under {@code /api/v1}, and what stands behind each. */
public final class AdminApi {
    private static final String BASE = "/api/v1";
    private static final int BODY_BYTES_MAX = 1 << 20;
    private static final int CONNECTIONS_PAGE = 100;
    private static final int CONNECTIONS_PAGE_MAX = 1_000;
    private static final int EVENTS_PAGE = 100;
    private static final String JSON = "application/json";
    private static final String YAML = "application/yaml";

    private static final int LEAVE_SECONDS = 25;
    private static final int LEAVE_SECONDS_MAX = 3_600;

    private final Box box;
    private final AgentFigures figures;

    /** Answers a request, or refuses it. */
    private interface Answer {
        Future<JsonObject> to(RoutingContext context) throws Refusal;
    }

    private AdminApi(Box box, AgentFigures figures) {
        this.box = box;
        this.figures = figures;
    }

    /** Adds the routes to a router. */
    public static void mount(Router router, Box box, AgentFigures figures) {
        new AdminApi(box, figures).mount(router);
    }

    private void mount(Router router) {
        router.route(BASE + "/*").handler(BodyHandler.create(false).setBodyLimit(BODY_BYTES_MAX));
        get(router, "/status", this::status);
        get(router, "/paths", this::paths);
        get(router, "/connections", this::connections);
        get(router, "/connections/:id", this::connection);
        get(router, "/connections/:id/explanation", this::explanation);
        get(router, "/virtual-servers", this::servers);
        get(router, "/backends", this::backends);
        get(router, "/events", this::events);
        get(router, "/policy", this::policy);
        get(router, "/config", this::config);
        order(router, HttpMethod.GET, "/leave", JSON, this::leave); // kubelet's hooks know no other
        post(router, "/paths/:name/priority", JSON, this::setPriority);
        post(router, "/virtual-servers/:name/drain", JSON, this::drain);
        post(router, "/config/check", YAML, this::checkConfig);
        post(router, "/config/diff", YAML, this::diffConfig);
        post(router, "/config/apply", YAML, this::applyConfig);
        router.route(BASE + "/*")
                .handler(context ->
                        refuse(
                                context,
                                Refusal.unknown("path", String.valueOf(context.request().path()))));
        router.route(BASE + "/*").failureHandler(this::onFailure);
    }

    private void get(Router router, String path, Answer answer) {
        router.route(HttpMethod.GET, BASE + path).handler(context -> answer(context, answer));
        methods(router, path, HttpMethod.GET);
    }

    private void post(Router router, String path, String type, Answer answer) {
        order(router, HttpMethod.POST, path, type, answer);
    }

    /** A type that no form of a web page can send keeps other sites' pages from giving orders. */
    private void order(Router router, HttpMethod method, String path, String type, Answer answer) {
        router.route(method, BASE + path)
                .handler(context ->
                        answer(
                                context,
                                each -> {
                                    requireType(each, type);
                                    return answer.to(each);
                                }));
        methods(router, path, method);
    }

    private void methods(Router router, String path, HttpMethod only) {
        router.route(BASE + path)
                .handler(context ->
                        refuse(
                                context,
                                new Refusal(
                                        405,
                                        "method",
                                        context.request().method() + ", must be " + only)));
    }

    private static void requireType(RoutingContext context, String type) throws Refusal {
        String given = context.request().getHeader(HttpHeaders.CONTENT_TYPE);
        if (given == null || !given.split(";", -1)[0].strip().equals(type)) {
            throw new Refusal(415, "Content-Type", "must be " + type);
        }
    }

    private void answer(RoutingContext context, Answer answer) {
        try {
            answer.to(context)
                    .onSuccess(json -> reply(context, 200, json))
                    .onFailure(failure ->
                            refuse(
                                    context,
                                    failure instanceof Refusal refusal
                                            ? refusal
                                            : Refusal.unavailable(
                                                    String.valueOf(failure.getMessage()))));
        } catch (Refusal refusal) {
            refuse(context, refusal);
        }
    }

    private void refuse(RoutingContext context, Refusal refusal) {
        figures.count(AgentMetric.AGENT_API_REFUSALS, Integer.toString(refusal.status()));
        reply(
                context,
                refusal.status(),
                new JsonObject()
                        .put(
                                "error",
                                new JsonObject()
                                        .put("field", refusal.field())
                                        .put("rule", refusal.rule())));
    }

    private void onFailure(RoutingContext context) {
        if (context.statusCode() == 413) {
            refuse(
                    context,
                    new Refusal(413, "body", "is longer than " + BODY_BYTES_MAX + " bytes"));
        } else if (context.statusCode() == 400) {
            refuse(context, Refusal.bad("request", "cannot be read"));
        } else {
            Throwable failure = context.failure();
            refuse(context, new Refusal(500, "agent", "failed: " + String.valueOf(failure)));
        }
    }

    private static void reply(RoutingContext context, int status, JsonObject json) {
        context.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(json.encodePrettily() + "\n");
    }

    private LbConfig inForce() throws Refusal {
        return box.config()
                .orElseThrow(() -> Refusal.unavailable("its configuration is not known yet"));
    }

    private Future<JsonObject> status(RoutingContext context) throws Refusal {
        Query.ofParameters(context);
        EventHistory history = box.history();
        JsonObject json =
                new JsonObject()
                        .put(
                                "dataplane",
                                new JsonObject()
                                        .put("state", box.control().text())
                                        .put("epoch", Long.toHexString(box.model().epoch()))
                                        .put("generation", box.model().generation())
                                        .put(
                                                "lastResyncMillis",
                                                box.lastResyncNanos() / 1_000_000.0))
                        .put("connections", box.model().connections())
                        .put("connectionsNotShown", box.model().connectionsNotKept())
                        .put(
                                "history",
                                new JsonObject()
                                        .put("since", Times.text(history.sinceUnixNanos()))
                                        .put("capacity", history.capacity())
                                        .put("next", history.next()));
        box.keeper()
                .latest()
                .ifPresent(offer -> json.put("configuration", PolicyViews.offer(offer)));
        return Future.succeededFuture(json);
    }

    private Future<JsonObject> paths(RoutingContext context) throws Refusal {
        Query.ofParameters(context);
        return Future.succeededFuture(
                new JsonObject().put("paths", FigureViews.paths(box, inForce())));
    }

    private Future<JsonObject> servers(RoutingContext context) throws Refusal {
        Query.ofParameters(context);
        return Future.succeededFuture(
                new JsonObject().put("virtualServers", FigureViews.servers(box, inForce())));
    }

    private Future<JsonObject> backends(RoutingContext context) throws Refusal {
        Query.ofParameters(context);
        return Future.succeededFuture(
                new JsonObject().put("backends", FigureViews.backends(box, inForce())));
    }

    private Future<JsonObject> policy(RoutingContext context) throws Refusal {
        Query.ofParameters(context);
        return Future.succeededFuture(PolicyViews.policy(box, inForce()));
    }

    private Future<JsonObject> connections(RoutingContext context) throws Refusal {
        Query query =
                Query.ofParameters(context, "limit", "after", "virtualServer", "path", "clients");
        int limit = query.number("limit", CONNECTIONS_PAGE, 1, CONNECTIONS_PAGE_MAX);
        long after = connectionId("after", query.text("after").orElse("0"));
        Predicate<Connection> fits = new ConnectionFilter(query)::fits;
        JsonArray page = new JsonArray();
        String next = null;
        for (Connection connection : box.model().connectionsAfter(after)) {
            if (fits.test(connection)) {
                if (page.size() == limit) {
                    next = page.getJsonObject(limit - 1).getString("id");
                    break;
                }
                page.add(ConnectionViews.summary(box.model(), connection));
            }
        }
        return Future.succeededFuture(
                new JsonObject()
                        .put("connections", page)
                        .put("total", box.model().connections())
                        .put("notShown", box.model().connectionsNotKept())
                        .put("next", next));
    }

    private Future<JsonObject> connection(RoutingContext context) throws Refusal {
        Query.ofParameters(context);
        return Future.succeededFuture(ConnectionViews.whole(box.model(), named(context)));
    }

    private Future<JsonObject> explanation(RoutingContext context) throws Refusal {
        Query.ofParameters(context);
        Connection connection = named(context);
        return Future.succeededFuture(
                ConnectionViews.explanation(
                        connection, box.model().explain(connection, deciders(connection))));
    }

    /** Whose decisions concern a connection. */
    private Set<String> deciders(Connection connection) {
        Set<String> deciders = new HashSet<>(Set.of(PathDecision.OPERATOR));
        Event.ConnectionOpened opened = connection.opened();
        box.policyOf(opened.virtualServer(), opened.client()).ifPresent(deciders::add);
        return deciders;
    }

    private Connection named(RoutingContext context) throws Refusal {
        String text = parameter(context, "id");
        return box.model()
                .connection(connectionId("id", text))
                .orElseThrow(() -> Refusal.unknown("id", "connection " + text));
    }

    /** A part of the path that the route names. */
    private static String parameter(RoutingContext context, String name) {
        return Objects.requireNonNull(context.pathParam(name), name);
    }

    private static long connectionId(String field, String text) throws Refusal {
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw Refusal.bad(field, "'" + text + "' is not the number of a connection");
        }
    }

    private Future<JsonObject> events(RoutingContext context) throws Refusal {
        Query query = Query.ofParameters(context, "after", "limit", "kind", "connection");
        int limit = query.number("limit", EVENTS_PAGE, 1, EventHistory.PAGE_MAX);
        Optional<String> kindText = query.text("kind");
        EventKind kind =
                kindText.isPresent() ? Query.word("kind", kindText.get(), EventKind.class) : null;
        Optional<String> of = query.text("connection");
        long connection = of.isPresent() ? connectionId("connection", of.get()) : 0;
        Predicate<EventHistory.Entry> fits =
                entry ->
                        (kind == null || entry.kind() == kind)
                                && (of.isEmpty() || entry.connection() == connection);
        long after = query.number("after", -1L, 0, Long.MAX_VALUE);
        EventHistory history = box.history();
        List<EventHistory.Entry> entries =
                after < 0 ? history.latest(limit, fits) : history.after(after, limit, fits);
        JsonArray events = new JsonArray();
        entries.forEach(entry -> events.add(PolicyViews.event(entry)));
        boolean full = after >= 0 && entries.size() == limit;
        return Future.succeededFuture(
                new JsonObject()
                        .put("events", events)
                        .put("since", Times.text(history.sinceUnixNanos()))
                        .put("missed", Math.max(0, history.oldest() - 1 - Math.max(0, after)))
                        .put("last", full ? entries.getLast().number() : history.next() - 1));
    }

    private Future<JsonObject> config(RoutingContext context) throws Refusal {
        Query.ofParameters(context);
        JsonObject json =
                new JsonObject()
                        .put("file", box.keeper().file().toString())
                        .put("generation", inForce().generation())
                        .put("settled", box.keeper().isSettled());
        box.keeper().latest().ifPresent(offer -> json.put("lastOffer", PolicyViews.offer(offer)));
        return Future.succeededFuture(json);
    }

    private Future<JsonObject> setPriority(RoutingContext context) throws Refusal {
        Query query = Query.ofBody(context, "priority", "virtualServer", "clients");
        String name = parameter(context, "name");
        LbConfig config = inForce();
        if (config.ports().stream()
                .filter(port -> port.role().facesClients())
                .map(PortConfig::name)
                .noneMatch(name::equals)) {
            throw Refusal.unknown("path", "path " + name);
        }
        Optional<String> server = query.text("virtualServer");
        if (server.isPresent()) {
            requireServer(config, server.get());
        }
        PathSelector paths = new PathSelector(server, Optional.of(name), query.prefix("clients"));
        PathPriority priority = query.word("priority", PathPriority.class);
        boolean known = box.orders().stream().anyMatch(order -> order.paths().equals(paths));
        if (!known
                && priority != PathPriority.CONFIGURED
                && box.orders().size() >= PathTable.OVERRIDES_MAX) {
            throw new Refusal(
                    409,
                    "path",
                    "there are " + PathTable.OVERRIDES_MAX + " orders, no more are possible");
        }
        requireLive();
        return box.order(new SetPathPriority(paths, priority))
                .map(done ->
                        new JsonObject()
                                .put("path", name)
                                .put("priority", priority.text())
                                .put("orders", orders()));
    }

    private JsonArray orders() {
        JsonArray orders = new JsonArray();
        box.orders().forEach(order -> orders.add(FigureViews.order(order)));
        return orders;
    }

    private Future<JsonObject> drain(RoutingContext context) throws Refusal {
        Query query = Query.ofBody(context, "draining");
        String name = parameter(context, "name");
        boolean draining = query.flag("draining");
        requireServer(inForce(), name);
        requireLive();
        return box.drain(name, draining)
                .map(done -> new JsonObject().put("virtualServer", name).put("draining", draining));
    }

    private Future<JsonObject> leave(RoutingContext context) throws Refusal {
        Query query = Query.ofParameters(context, "seconds");
        int seconds = query.number("seconds", LEAVE_SECONDS, 1, LEAVE_SECONDS_MAX);
        return box.leave(TimeUnit.SECONDS.toMillis(seconds))
                .orElseThrow(() ->
                        new Refusal(409, "leave", "there is no other node: this is not Kubernetes"))
                .map(why -> new JsonObject().put("left", why));
    }

    private static void requireServer(LbConfig config, String name) throws Refusal {
        if (config.virtualServers().stream().noneMatch(server -> server.name().equals(name))) {
            throw Refusal.unknown("virtualServer", "virtual server " + name);
        }
    }

    private void requireLive() throws Refusal {
        if (box.control() != ControlState.LIVE) {
            throw Refusal.unavailable("it is " + box.control().text() + ", nothing was changed");
        }
    }

    private Future<JsonObject> checkConfig(RoutingContext context) throws Refusal {
        Document document = Document.of(context);
        List<Problem> problems = box.keeper().check(document.label(), document.text());
        return Future.succeededFuture(
                new JsonObject()
                        .put("ok", problems.isEmpty())
                        .put("problems", PolicyViews.problems(problems)));
    }

    private Future<JsonObject> diffConfig(RoutingContext context) throws Refusal {
        Document document = Document.of(context);
        inForce();
        return Future.succeededFuture(
                PolicyViews.offer(box.keeper().compare(document.label(), document.text())));
    }

    private Future<JsonObject> applyConfig(RoutingContext context) throws Refusal {
        Document document = Document.of(context);
        requireLive();
        return box.keeper().apply(document.label(), document.text()).map(PolicyViews::offer);
    }

    /** A configuration in the body, named by a parameter. */
    private record Document(String label, String text) {
        static Document of(RoutingContext context) throws Refusal {
            Query query = Query.ofParameters(context, "file");
            String text = context.body().asString();
            if (text == null || text.isBlank()) {
                throw Refusal.bad("body", "is empty, must be a configuration");
            }
            return new Document(query.text("file").orElse("configuration"), text);
        }
    }
}
