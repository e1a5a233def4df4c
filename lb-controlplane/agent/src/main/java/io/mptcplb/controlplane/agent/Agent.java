package io.mptcplb.controlplane.agent;

import io.mptcplb.controlplane.agent.api.AdminApi;
import io.mptcplb.controlplane.agent.metrics.Telemetry;
import io.mptcplb.controlplane.agent.page.StatusPage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Consumer;

/** The running agent: its event loop, its one registry of metrics, its HTTP server. */
public final class Agent {
    /** It runs on a file system that nobody can write to. */
    private static final FileSystemOptions NO_FILES =
            new FileSystemOptions()
                    .setClassPathResolvingEnabled(false)
                    .setFileCachingEnabled(false);

    private final Context loop;
    private final Telemetry telemetry;
    private final AgentCore core;
    private final HttpServer http;

    private Agent(Context loop, Telemetry telemetry, AgentCore core, HttpServer http) {
        this.loop = loop;
        this.telemetry = telemetry;
        this.core = core;
        this.http = http;
    }

    /**
     * Starts an agent; done when it answers over HTTP. The dataplane may come later.
     *
     * @param say told what an operator who looks at the process should see
     */
    public static Future<Agent> start(AgentOptions options, Consumer<String> say) {
        Telemetry telemetry = new Telemetry(options.counters(), options.carried());
        Vertx vertx =
                Vertx.builder()
                        .with(
                                telemetry
                                        .vertxOptions()
                                        .setEventLoopPoolSize(1)
                                        .setFileSystemOptions(NO_FILES))
                        .withMetrics(telemetry.vertxMetrics())
                        .build();
        Promise<Agent> started = Promise.promise();
        // One context for all: the control socket, timers and requests take turns.
        Context loop = vertx.getOrCreateContext();
        loop.runOnContext(begin ->
                start(loop, telemetry, options, say)
                        .onFailure(failure -> vertx.close())
                        .onComplete(started));
        return started.future();
    }

    private static Future<Agent> start(
            Context loop, Telemetry telemetry, AgentOptions options, Consumer<String> say) {
        Vertx vertx = loop.owner();
        AgentCore core = new AgentCore(vertx, options, telemetry.figures(), say);
        return vertx.createHttpServer()
                .requestHandler(routes(vertx, telemetry, core, options))
                .listen(options.httpPort(), options.httpHost())
                .compose(http -> core.start().map(begun -> new Agent(loop, telemetry, core, http)));
    }

    private static Router routes(
            Vertx vertx, Telemetry telemetry, AgentCore core, AgentOptions options) {
        Router router = Router.router(vertx);
        router.route().handler(new LoopbackGuard(options.httpHost(), telemetry.figures()));
        router.get("/").handler(new StatusPage());
        router.get("/healthz").handler(request -> request.response().end("ok\n"));
        router.get("/readyz").handler(context -> ready(context, core));
        router.get("/metrics").handler(telemetry.scrapes());
        AdminApi.mount(router, core, telemetry.figures());
        return router;
    }

    private static void ready(RoutingContext context, AgentCore core) {
        JsonObject json =
                new JsonObject()
                        .put("ready", core.isReady())
                        .put("dataplane", core.control().text())
                        .put("configurationSettled", core.keeper().isSettled());
        core.keeper()
                .latest()
                .ifPresent(offer -> json.put("configuration", offer.outcome().text()));
        context.response()
                .setStatusCode(core.isReady() ? 200 : 503)
                .putHeader("Content-Type", "application/json")
                .end(json.encode() + "\n");
    }

    /** The TCP port that the admin API listens on. */
    public int httpPort() {
        return http.actualPort();
    }

    public Future<Void> close() {
        Promise<Void> closed = Promise.promise();
        loop.runOnContext(end -> {
            core.close();
            loop.owner().close().onComplete(closed);
        });
        return closed.future().onComplete(done -> telemetry.close());
    }
}
