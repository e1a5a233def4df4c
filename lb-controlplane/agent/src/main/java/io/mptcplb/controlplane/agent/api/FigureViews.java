package io.mptcplb.controlplane.agent.api;

import io.mptcplb.contract.BackendConfig;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.Metric;
import io.mptcplb.contract.MetricScope;
import io.mptcplb.contract.PoolConfig;
import io.mptcplb.contract.PortConfig;
import io.mptcplb.contract.VirtualServerConfig;
import io.mptcplb.contract.control.Command.SetPathPriority;
import io.mptcplb.controlplane.agent.model.CounterSample;
import io.mptcplb.policy.path.PathState;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;

/**
 * Paths, virtual servers and backends as JSON: what is configured beside what is counted. Figures
 * that nobody can read are left out.
 */
final class FigureViews {
    private static final double NANOS_PER_SECOND = 1e9;

    private FigureViews() {}

    /** One row of counters: those of one name in one scope. */
    private record Row(CounterSample now, CounterSample before, MetricScope scope, String name) {
        long value(Metric metric) {
            int index = now.names(scope).indexOf(name);
            return index < 0 ? 0 : now.value(metric, index);
        }

        long bitsPerSecond(Metric bytes) {
            int index = before.names(scope).indexOf(name);
            long nanos = now.takenNanos() - before.takenNanos();
            if (index < 0 || nanos <= 0 || now.epoch() != before.epoch()) {
                return 0;
            }
            long grown = Math.max(0, value(bytes) - before.value(bytes, index));
            return Math.round(grown * Byte.SIZE * NANOS_PER_SECOND / nanos);
        }
    }

    private static void withRow(Box box, MetricScope scope, String name, RowUse use) {
        box.figures()
                .ifPresent(now ->
                        use.with(new Row(now, box.figuresBefore().orElse(now), scope, name)));
    }

    private interface RowUse {
        void with(Row row);
    }

    static JsonArray paths(Box box, LbConfig config) {
        JsonArray paths = new JsonArray();
        for (PortConfig port : config.ports()) {
            if (port.role().facesClients()) {
                paths.add(path(box, port));
            }
        }
        return paths;
    }

    private static JsonObject path(Box box, PortConfig port) {
        JsonArray addresses = new JsonArray();
        port.addresses().forEach(prefix -> addresses.add(prefix.toString()));
        JsonArray policies = new JsonArray();
        box.paths().stream()
                .filter(state -> state.port().equals(port.name()))
                .forEach(state -> policies.add(policy(state)));
        JsonArray orders = new JsonArray();
        box.orders().stream()
                .filter(order -> order.paths().port().orElse(port.name()).equals(port.name()))
                .forEach(order -> orders.add(order(order)));
        JsonObject json =
                new JsonObject()
                        .put("name", port.name())
                        .put("device", port.device().name())
                        .put("role", port.role().text())
                        .put("cost", port.cost())
                        .put("addresses", addresses)
                        .put("link", link(box, port.name()))
                        .put("policies", policies)
                        .put("orders", orders);
        withRow(box, MetricScope.PORT, port.name(), row -> figures(json, row));
        return json.put("state", state(json));
    }

    private static void figures(JsonObject json, Row row) {
        json.put("subflows", row.value(Metric.PATH_SUBFLOWS))
                .put("backupSubflows", row.value(Metric.PATH_BACKUP_SUBFLOWS))
                .put("stalledSubflows", row.value(Metric.PATH_STALLED_SUBFLOWS))
                .put("rxBytes", row.value(Metric.PORT_RX_BYTES))
                .put("txBytes", row.value(Metric.PORT_TX_BYTES))
                .put("rxBitsPerSecond", row.bitsPerSecond(Metric.PORT_RX_BYTES))
                .put("txBitsPerSecond", row.bitsPerSecond(Metric.PORT_TX_BYTES))
                .put("srttMicros", row.value(Metric.PATH_SRTT_NANOS) / 1_000)
                .put("retransmittedSegments", row.value(Metric.PATH_RETRANSMITTED_SEGMENTS))
                .put("reinjectedBytes", row.value(Metric.PATH_REINJECTED_BYTES));
    }

    private static String link(Box box, String port) {
        return box.model().linkUp(port).map(up -> up ? "up" : "down").orElse("unknown");
    }

    /** The worst that is true of a path first. */
    private static String state(JsonObject path) {
        if (path.getString("link").equals("down")) {
            return "down";
        }
        long subflows = path.getLong("subflows", 0L);
        if (subflows == 0) {
            return "idle";
        }
        if (path.getLong("stalledSubflows", 0L) >= subflows) {
            return "stalled";
        }
        return path.getLong("backupSubflows", 0L) >= subflows ? "backup" : "active";
    }

    static JsonObject policy(PathState state) {
        return new JsonObject()
                .put("policy", state.policy())
                .put("path", state.port())
                .put("up", state.up())
                .put("configured", state.configured().text())
                .put("effective", state.effective().text())
                .put("decidedBy", state.decidedBy().name().toLowerCase(Locale.ROOT))
                .put("reason", state.reason());
    }

    static JsonObject order(SetPathPriority order) {
        JsonObject json = new JsonObject().put("priority", order.priority().text());
        order.paths().port().ifPresent(name -> json.put("path", name));
        order.paths().virtualServer().ifPresent(name -> json.put("virtualServer", name));
        order.paths().clients().ifPresent(prefix -> json.put("clients", prefix.toString()));
        return json;
    }

    static JsonArray servers(Box box, LbConfig config) {
        JsonArray servers = new JsonArray();
        for (VirtualServerConfig server : config.virtualServers()) {
            JsonArray addresses = new JsonArray();
            server.addresses().forEach(address -> addresses.add(address.toString()));
            JsonObject json =
                    new JsonObject()
                            .put("name", server.name())
                            .put("addresses", addresses)
                            .put("port", server.port())
                            .put("pool", server.pool())
                            .put("mptcp", server.mptcp().enabled())
                            .put("maxConnections", server.maxConnections())
                            .put("draining", box.model().draining().contains(server.name()))
                            .put("drainOrdered", box.drainOrders().contains(server.name()));
            withRow(box, MetricScope.VIRTUAL_SERVER, server.name(), row -> server(json, row));
            servers.add(json);
        }
        return servers;
    }

    private static void server(JsonObject json, Row row) {
        json.put("connections", row.value(Metric.VIRTUAL_SERVER_CONNECTIONS))
                .put("mptcpConnections", row.value(Metric.VIRTUAL_SERVER_MPTCP_CONNECTIONS))
                .put("opened", row.value(Metric.VIRTUAL_SERVER_CONNECTIONS_OPENED))
                .put("refused", row.value(Metric.VIRTUAL_SERVER_REFUSED))
                .put("rxBytes", row.value(Metric.VIRTUAL_SERVER_RX_BYTES))
                .put("txBytes", row.value(Metric.VIRTUAL_SERVER_TX_BYTES))
                .put("rxBitsPerSecond", row.bitsPerSecond(Metric.VIRTUAL_SERVER_RX_BYTES))
                .put("txBitsPerSecond", row.bitsPerSecond(Metric.VIRTUAL_SERVER_TX_BYTES));
    }

    static JsonArray backends(Box box, LbConfig config) {
        JsonArray backends = new JsonArray();
        for (PoolConfig pool : config.pools()) {
            for (BackendConfig backend : pool.backends()) {
                JsonObject json =
                        new JsonObject()
                                .put("pool", pool.name())
                                .put("name", backend.name())
                                .put("address", backend.address().toString())
                                .put("port", backend.port())
                                .put("weight", backend.weight());
                withRow(
                        box,
                        MetricScope.BACKEND,
                        pool.name() + "/" + backend.name(),
                        row -> backend(json, row));
                backends.add(json);
            }
        }
        return backends;
    }

    private static void backend(JsonObject json, Row row) {
        json.put("connections", row.value(Metric.BACKEND_CONNECTIONS))
                .put("opened", row.value(Metric.BACKEND_CONNECTIONS_OPENED))
                .put("refused", row.value(Metric.BACKEND_REFUSED))
                .put("timeouts", row.value(Metric.BACKEND_TIMEOUTS))
                .put("resets", row.value(Metric.BACKEND_RESETS))
                .put("rxBytes", row.value(Metric.BACKEND_RX_BYTES))
                .put("txBytes", row.value(Metric.BACKEND_TX_BYTES));
    }
}
