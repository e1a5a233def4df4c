package io.mptcplb.controlplane.app;

import io.mptcplb.controlplane.app.AgentClient.NoAnswerException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists of things. */
@Command(
        name = "get",
        description = "Lists paths, connections, virtual servers, backends or events.",
        synopsisSubcommandLabel = "WHAT",
        subcommands = {
            CtlGet.Paths.class,
            CtlGet.Connections.class,
            CtlGet.Servers.class,
            CtlGet.Backends.class,
            CtlGet.Events.class
        })
final class CtlGet {
    @SuppressWarnings("UnusedVariable") // picocli sees to it
    @Mixin
    private HelpOption help = new HelpOption();

    @Command(name = "paths", description = "NIC ports that face clients, and policy for each.")
    static final class Paths extends CtlAction {
        @Override
        JsonObject ask(AgentClient agent) throws NoAnswerException, InterruptedException {
            return agent.get("/paths", Map.of());
        }

        @Override
        List<String> lines(JsonObject answer) {
            JsonArray paths = answer.getJsonArray("paths");
            List<String> lines =
                    new ArrayList<>(
                            new CtlTable()
                                    .column("PATH", "name")
                                    .column("STATE", "state")
                                    .column("LINK", "link")
                                    .column("SUBFLOWS", "subflows")
                                    .column("BACKUP", "backupSubflows")
                                    .column("STALLED", "stalledSubflows")
                                    .bytes("IN", "rxBytes")
                                    .bytes("OUT", "txBytes")
                                    .column("RTT", Paths::roundTrip)
                                    .column("RETR", "retransmittedSegments")
                                    .lines(paths));
            JsonArray policies = new JsonArray();
            for (int i = 0; i < paths.size(); i++) {
                paths.getJsonObject(i).getJsonArray("policies").forEach(policies::add);
            }
            if (!policies.isEmpty()) {
                lines.add("");
                lines.addAll(
                        new CtlTable()
                                .column("POLICY", "policy")
                                .column("PATH", "path")
                                .column("CONFIGURED", "configured")
                                .column("EFFECTIVE", "effective")
                                .column("BY", "decidedBy")
                                .column("REASON", "reason")
                                .lines(policies));
            }
            return lines;
        }

        private static String roundTrip(JsonObject path) {
            return TopTable.roundTrip(path.getLong("srttMicros", 0L) * 1_000);
        }
    }

    @Command(name = "connections", description = "Client connections, oldest first.")
    static final class Connections extends CtlAction {
        @Option(names = "--limit", paramLabel = "N", description = "At most so many, 1 to 1000.")
        private @Nullable String limit;

        @Option(
                names = "--after",
                paramLabel = "ID",
                description = "Those after this one: the next page.")
        private @Nullable String after;

        @Option(names = "--virtual-server", paramLabel = "NAME", description = "Of this one.")
        private @Nullable String virtualServer;

        @Option(
                names = "--path",
                paramLabel = "NAME",
                description = "With a subflow over this NIC port.")
        private @Nullable String path;

        @Option(
                names = "--clients",
                paramLabel = "PREFIX",
                description = "From these addresses, such as 198.51.100.0/24.")
        private @Nullable String clients;

        @Override
        JsonObject ask(AgentClient agent) throws NoAnswerException, InterruptedException {
            Map<String, String> parameters = new TreeMap<>();
            put(parameters, "limit", limit);
            put(parameters, "after", after);
            put(parameters, "virtualServer", virtualServer);
            put(parameters, "path", path);
            put(parameters, "clients", clients);
            return agent.get("/connections", parameters);
        }

        @Override
        String flag(String field) {
            return field.equals("path") ? "--path" : super.flag(field);
        }

        @Override
        List<String> lines(JsonObject answer) {
            List<String> lines =
                    new ArrayList<>(
                            new CtlTable()
                                    .column("ID", "id")
                                    .column("CLIENT", row -> endpoint(row, "client"))
                                    .column("VIRTUAL SERVER", "virtualServer")
                                    .column(
                                            "PROTOCOL",
                                            row -> row.getBoolean("mptcp") ? "mptcp" : "tcp")
                                    .column("SUBFLOWS", "subflows")
                                    .column("BACKEND", "backend")
                                    .column("OPENED", "openedAt")
                                    .lines(answer.getJsonArray("connections")));
            String next = answer.getString("next");
            if (next != null) {
                lines.add("(more: --after " + next + ")");
            }
            return lines;
        }
    }

    @Command(name = "vservers", description = "Virtual servers.")
    static final class Servers extends CtlAction {
        @Override
        JsonObject ask(AgentClient agent) throws NoAnswerException, InterruptedException {
            return agent.get("/virtual-servers", Map.of());
        }

        @Override
        List<String> lines(JsonObject answer) {
            return new CtlTable()
                    .column("VIRTUAL SERVER", "name")
                    .column("ADDRESSES", "addresses")
                    .column("PORT", "port")
                    .column("POOL", "pool")
                    .column("DRAINING", Servers::draining)
                    .column("CONNS", "connections")
                    .column("MPTCP", "mptcpConnections")
                    .column("OPENED", "opened")
                    .column("REFUSED", "refused")
                    .bytes("IN", "rxBytes")
                    .bytes("OUT", "txBytes")
                    .lines(answer.getJsonArray("virtualServers"));
        }

        /** What the box does; an order that it does not follow yet is told apart. */
        private static String draining(JsonObject row) {
            return row.getBoolean("draining")
                    ? "yes"
                    : row.getBoolean("drainOrdered") ? "ordered" : "no";
        }
    }

    @Command(name = "backends", description = "Servers of all pools.")
    static final class Backends extends CtlAction {
        @Override
        JsonObject ask(AgentClient agent) throws NoAnswerException, InterruptedException {
            return agent.get("/backends", Map.of());
        }

        @Override
        List<String> lines(JsonObject answer) {
            return new CtlTable()
                    .column("POOL", "pool")
                    .column("BACKEND", "name")
                    .column("ADDRESS", "address")
                    .column("PORT", "port")
                    .column("WEIGHT", "weight")
                    .column("CONNS", "connections")
                    .column("OPENED", "opened")
                    .column("REFUSED", "refused")
                    .column("TIMEOUTS", "timeouts")
                    .column("RESETS", "resets")
                    .bytes("IN", "rxBytes")
                    .bytes("OUT", "txBytes")
                    .lines(answer.getJsonArray("backends"));
        }
    }

    @Command(name = "events", description = "What happened last.")
    static final class Events extends CtlAction {
        @Option(names = "--limit", paramLabel = "N", description = "At most so many, 1 to 1000.")
        private @Nullable String limit;

        @Option(
                names = "--after",
                paramLabel = "NUMBER",
                description = "Those after this one, oldest first.")
        private @Nullable String after;

        @Option(
                names = "--kind",
                paramLabel = "KIND",
                description =
                        "connection, subflow, priority, address, refusal, link, policy, config"
                                + " or agent.")
        private @Nullable String kind;

        @Option(names = "--connection", paramLabel = "ID", description = "Of this connection.")
        private @Nullable String connection;

        @Override
        JsonObject ask(AgentClient agent) throws NoAnswerException, InterruptedException {
            Map<String, String> parameters = new TreeMap<>();
            put(parameters, "limit", limit);
            put(parameters, "after", after);
            put(parameters, "kind", kind);
            put(parameters, "connection", connection);
            return agent.get("/events", parameters);
        }

        @Override
        List<String> lines(JsonObject answer) {
            List<String> lines = new ArrayList<>();
            if (answer.getLong("missed") > 0 && after != null) {
                lines.add("(the history begins at " + answer.getString("since") + ")");
            }
            lines.addAll(
                    new CtlTable()
                            .column("NUMBER", "number")
                            .column("AT", "at")
                            .column("KIND", "kind")
                            .column("CONNECTION", "connection")
                            .column("WHAT", "text")
                            .lines(answer.getJsonArray("events")));
            return lines;
        }
    }

    static String endpoint(JsonObject row, String side) {
        String address = CtlTable.text(row, side);
        return (address.indexOf(':') < 0 ? address : "[" + address + "]")
                + ":"
                + CtlTable.text(row, side + "Port");
    }

    private static void put(Map<String, String> parameters, String name, @Nullable String value) {
        if (value != null) {
            parameters.put(name, value);
        }
    }
}
