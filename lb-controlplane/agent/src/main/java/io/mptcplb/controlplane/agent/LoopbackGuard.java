package io.mptcplb.controlplane.agent;

import io.mptcplb.controlplane.agent.metrics.AgentFigures;
import io.mptcplb.controlplane.agent.metrics.AgentMetric;
import io.vertx.core.Handler;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;

/**
 * On a loopback address the API trusts whoever reaches it, so that a web page must not: a page
 * whose name was made to lead here (DNS rebinding) is known by the name that it asks for.
 */
final class LoopbackGuard implements Handler<RoutingContext> {
    private static final Set<String> NAMES = Set.of("127.0.0.1", "localhost", "::1", "[::1]");

    private final boolean guards;
    private final AgentFigures figures;

    LoopbackGuard(String httpHost, AgentFigures figures) {
        this.guards = NAMES.contains(httpHost);
        this.figures = figures;
    }

    @Override
    public void handle(RoutingContext context) {
        HostAndPort asked = context.request().authority();
        if (!guards || (asked != null && NAMES.contains(asked.host()))) {
            context.next();
            return;
        }
        figures.count(AgentMetric.AGENT_API_REFUSALS, "421");
        context.response()
                .setStatusCode(421)
                .putHeader("Content-Type", "application/json")
                .end(
                        new JsonObject()
                                        .put(
                                                "error",
                                                new JsonObject()
                                                        .put("field", "Host")
                                                        .put(
                                                                "rule",
                                                                "must be a name of this machine: "
                                                                        + String.join(
                                                                                ", ",
                                                                                NAMES.stream()
                                                                                        .sorted()
                                                                                        .toList())))
                                        .encode()
                                + "\n");
    }
}
