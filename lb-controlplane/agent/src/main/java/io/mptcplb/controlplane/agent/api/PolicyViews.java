package io.mptcplb.controlplane.agent.api;

import io.mptcplb.contract.AdvertiseConfig;
import io.mptcplb.contract.ClientPolicyConfig;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.VirtualServerConfig;
import io.mptcplb.contract.control.Command.SetPathPriority;
import io.mptcplb.controlplane.agent.config.Offer;
import io.mptcplb.controlplane.agent.model.EventHistory;
import io.mptcplb.policy.ConfigChange;
import io.mptcplb.policy.Problem;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;

/** Policy, configuration and history as JSON. */
final class PolicyViews {
    private PolicyViews() {}

    static JsonObject policy(Box box, LbConfig config) {
        JsonArray servers = new JsonArray();
        for (VirtualServerConfig server : config.virtualServers()) {
            JsonArray clientPolicies = new JsonArray();
            for (ClientPolicyConfig policy : server.clientPolicies()) {
                JsonArray clients = new JsonArray();
                policy.clients().forEach(prefix -> clients.add(prefix.toString()));
                clientPolicies.add(mptcp(policy.mptcp()).put("clients", clients));
            }
            servers.add(
                    new JsonObject()
                            .put("name", server.name())
                            .put("mptcp", mptcp(server.mptcp()))
                            .put("clientPolicies", clientPolicies));
        }
        JsonArray paths = new JsonArray();
        box.paths().forEach(state -> paths.add(FigureViews.policy(state)));
        JsonArray orders = new JsonArray();
        box.orders().forEach(order -> orders.add(FigureViews.order(order)));
        JsonArray rules = new JsonArray();
        box.model()
                .rules()
                .forEach((selector, priority) ->
                        rules.add(FigureViews.order(new SetPathPriority(selector, priority))));
        return new JsonObject()
                .put("generation", config.generation())
                .put("virtualServers", servers)
                .put("paths", paths)
                .put("orders", orders)
                .put("rulesInForce", rules);
    }

    private static JsonObject mptcp(MptcpConfig mptcp) {
        JsonArray advertise = new JsonArray();
        for (AdvertiseConfig entry : mptcp.advertise()) {
            advertise.add(
                    new JsonObject()
                            .put("id", entry.id())
                            .put("path", entry.port())
                            .put("address", entry.address().toString())
                            .put("port", entry.tcpPort()));
        }
        return new JsonObject()
                .put("enabled", mptcp.enabled())
                .put("joinInitialAddress", mptcp.joinInitialAddress())
                .put("checksumRequired", mptcp.checksumRequired())
                .put("maxSubflows", mptcp.maxSubflows())
                .put("advertise", advertise)
                .put("backupPaths", new JsonArray(mptcp.backupPorts()));
    }

    static JsonObject offer(Offer offer) {
        return new JsonObject()
                .put("file", offer.label())
                .put("at", Times.text(offer.unixNanos()))
                .put("outcome", offer.outcome().text())
                .put("generation", offer.generation())
                .put("text", offer.text())
                .put("problems", problems(offer.problems()))
                .put("changes", changes(offer.changes()));
    }

    private static JsonArray changes(List<ConfigChange> changes) {
        JsonArray json = new JsonArray();
        for (ConfigChange change : changes) {
            json.add(
                    new JsonObject()
                            .put("kind", change.kind().name().toLowerCase(Locale.ROOT))
                            .put("field", change.path())
                            .put("before", change.before())
                            .put("after", change.after())
                            .put("needsRestart", change.needsRestart())
                            .put("text", change.toString()));
        }
        return json;
    }

    static JsonArray problems(List<Problem> problems) {
        JsonArray json = new JsonArray();
        for (Problem problem : problems) {
            json.add(
                    new JsonObject()
                            .put("file", problem.at().label())
                            .put("line", problem.at().line())
                            .put("field", problem.path())
                            .put("rule", problem.rule()));
        }
        return json;
    }

    static JsonObject event(EventHistory.Entry entry) {
        JsonObject json =
                new JsonObject()
                        .put("number", entry.number())
                        .put("at", Times.text(entry.unixNanos()))
                        .put("kind", entry.kind().text())
                        .put("text", entry.text());
        if (entry.connection() != 0) {
            json.put("connection", Long.toUnsignedString(entry.connection()));
        }
        return json;
    }
}
