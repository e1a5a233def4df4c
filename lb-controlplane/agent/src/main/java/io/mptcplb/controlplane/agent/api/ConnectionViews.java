package io.mptcplb.controlplane.agent.api;

import io.mptcplb.contract.control.Event;
import io.mptcplb.controlplane.agent.model.AnnouncedAddress;
import io.mptcplb.controlplane.agent.model.BoxModel;
import io.mptcplb.controlplane.agent.model.Connection;
import io.mptcplb.controlplane.agent.model.Explanation;
import io.mptcplb.controlplane.agent.model.Subflow;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** Connections and their subflows as JSON. Ids are text, as JSON numbers end at 2^53. */
final class ConnectionViews {
    private ConnectionViews() {}

    static JsonObject summary(BoxModel model, Connection connection) {
        Event.ConnectionOpened opened = connection.opened();
        JsonObject json =
                new JsonObject()
                        .put("id", Long.toUnsignedString(connection.id()))
                        .put("virtualServer", opened.virtualServer())
                        .put("client", opened.client().toString())
                        .put("clientPort", opened.clientPort())
                        .put("local", opened.local().toString())
                        .put("localPort", opened.localPort())
                        .put("mptcp", connection.isMptcp())
                        .put("subflows", connection.openSubflows())
                        .put("openedAt", Times.text(opened.unixNanos()))
                        .put("state", state(model, connection));
        connection
                .backend()
                .ifPresent(chosen -> json.put("backend", chosen.pool() + "/" + chosen.backend()));
        return json;
    }

    private static String state(BoxModel model, Connection connection) {
        if (model.isAlive(connection)) {
            return "open";
        }
        return connection.closed().isPresent() ? "ended" : "gone";
    }

    static JsonObject whole(BoxModel model, Connection connection) {
        Event.ConnectionOpened opened = connection.opened();
        JsonArray subflows = new JsonArray();
        connection.subflows().forEach(subflow -> subflows.add(subflow(subflow)));
        JsonArray addresses = new JsonArray();
        connection.addresses().forEach(address -> addresses.add(address(address)));
        JsonObject json =
                summary(model, connection)
                        .put("token", "%08x".formatted(opened.token()))
                        .put("offeredVersion", opened.offeredVersion())
                        .put("offeredFlags", opened.offeredFlags())
                        .put("answeredFlags", opened.answeredFlags())
                        .put("refusedBecause", opened.fallback())
                        .put("subflowList", subflows)
                        .put("addresses", addresses);
        connection
                .fallback()
                .ifPresent(fallback ->
                        json.put(
                                "fallback",
                                new JsonObject()
                                        .put("cause", fallback.cause())
                                        .put("at", Times.text(fallback.unixNanos()))));
        connection
                .closed()
                .ifPresent(closed ->
                        json.put(
                                "end",
                                new JsonObject()
                                        .put("how", closed.how())
                                        .put("rxBytes", closed.rxBytes())
                                        .put("txBytes", closed.txBytes())
                                        .put("at", Times.text(closed.unixNanos()))));
        return json;
    }

    private static JsonObject subflow(Subflow subflow) {
        Event.SubflowOpened opened = subflow.opened();
        JsonObject json =
                new JsonObject()
                        .put("id", opened.subflow())
                        .put("path", opened.port())
                        .put("local", opened.local().toString())
                        .put("localPort", opened.localPort())
                        .put("remote", opened.remote().toString())
                        .put("remotePort", opened.remotePort())
                        .put("addressId", opened.addressId())
                        .put("backupByUs", subflow.backupByUs())
                        .put("backupByClient", subflow.backupByPeer())
                        .put("stalled", subflow.stalled())
                        .put("state", subflow.isOpen() ? "open" : "ended")
                        .put("openedAt", Times.text(opened.unixNanos()));
        subflow.closed()
                .ifPresent(closed ->
                        json.put("endedAt", Times.text(closed.unixNanos()))
                                .put("cause", closed.cause())
                                .put("resetReason", closed.resetReason()));
        return json;
    }

    private static JsonObject address(AnnouncedAddress address) {
        Event.AddressAnnounced announced = address.announced();
        return new JsonObject()
                .put("id", announced.addressId())
                .put("address", announced.address().toString())
                .put("port", announced.tcpPort())
                .put("byClient", announced.byPeer())
                .put("echoed", address.echoed())
                .put("at", Times.text(announced.unixNanos()));
    }

    static JsonObject explanation(Connection connection, Explanation explanation) {
        JsonArray steps = new JsonArray();
        for (Explanation.Step step : explanation.steps()) {
            steps.add(
                    new JsonObject()
                            .put("at", Times.text(step.unixNanos()))
                            .put("what", step.what())
                            .put("why", step.why()));
        }
        return new JsonObject()
                .put("id", Long.toUnsignedString(connection.id()))
                .put("summary", explanation.summary())
                .put("historySince", Times.text(explanation.sinceUnixNanos()))
                .put("complete", explanation.complete())
                .put("steps", steps);
    }
}
