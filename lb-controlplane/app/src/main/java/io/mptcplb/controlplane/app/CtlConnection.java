package io.mptcplb.controlplane.app;

import io.mptcplb.controlplane.app.AgentClient.NoAnswerException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** One connection: as it is, and why. */
final class CtlConnection {
    private CtlConnection() {}

    /** What one thing is. */
    @Command(
            name = "describe",
            description = "Shows all that is known of one thing.",
            synopsisSubcommandLabel = "WHAT",
            subcommands = DescribeConnection.class)
    static final class Describe {
        @SuppressWarnings("UnusedVariable") // picocli sees to it
        @Mixin
        private HelpOption help = new HelpOption();
    }

    /** Why one thing is as it is. */
    @Command(
            name = "explain",
            description = "Tells why a thing is as it is, step by step.",
            synopsisSubcommandLabel = "WHAT",
            subcommands = ExplainConnection.class)
    static final class Explain {
        @SuppressWarnings("UnusedVariable") // picocli sees to it
        @Mixin
        private HelpOption help = new HelpOption();
    }

    @Command(name = "connection", description = "A client connection, its subflows, addresses.")
    static final class DescribeConnection extends CtlAction {
        @Parameters(paramLabel = "ID", description = "Its number in get connections.")
        private String id = "";

        @Override
        JsonObject ask(AgentClient agent) throws NoAnswerException, InterruptedException {
            return agent.get("/connections/" + AgentClient.step(id), Map.of());
        }

        @Override
        List<String> lines(JsonObject connection) {
            List<String> lines = new ArrayList<>();
            lines.add("connection      " + connection.getString("id"));
            lines.add("state           " + connection.getString("state"));
            lines.add("virtual server  " + connection.getString("virtualServer"));
            lines.add("client          " + CtlGet.endpoint(connection, "client"));
            lines.add("reached         " + CtlGet.endpoint(connection, "local"));
            lines.add("protocol        " + protocol(connection));
            lines.add("backend         " + CtlTable.text(connection, "backend"));
            lines.add("opened          " + connection.getString("openedAt"));
            JsonObject end = connection.getJsonObject("end");
            if (end != null) {
                lines.add("ended           " + end.getString("at") + " " + end.getString("how"));
            }
            lines.add("");
            lines.addAll(
                    new CtlTable()
                            .column("SUBFLOW", "id")
                            .column("PATH", "path")
                            .column("CLIENT", row -> CtlGet.endpoint(row, "remote"))
                            .column("US", row -> CtlGet.endpoint(row, "local"))
                            .column("STATE", DescribeConnection::state)
                            .column("PRIORITY", DescribeConnection::priority)
                            .column("OPENED", "openedAt")
                            .lines(connection.getJsonArray("subflowList")));
            JsonArray addresses = connection.getJsonArray("addresses");
            if (!addresses.isEmpty()) {
                lines.add("");
                lines.addAll(
                        new CtlTable()
                                .column("ADDRESS ID", "id")
                                .column("ADDRESS", "address")
                                .column("BY", row -> row.getBoolean("byClient") ? "client" : "us")
                                .column("ECHOED", row -> row.getBoolean("echoed") ? "yes" : "no")
                                .lines(addresses));
            }
            return lines;
        }

        private static String protocol(JsonObject connection) {
            if (connection.getBoolean("mptcp")) {
                return "MPTCP, token " + connection.getString("token");
            }
            JsonObject fallback = connection.getJsonObject("fallback");
            return fallback == null
                    ? "plain TCP"
                    : "plain TCP since "
                            + fallback.getString("at")
                            + ": "
                            + fallback.getString("cause");
        }

        private static String state(JsonObject subflow) {
            return subflow.getBoolean("stalled") ? "stalled" : subflow.getString("state");
        }

        private static String priority(JsonObject subflow) {
            boolean us = subflow.getBoolean("backupByUs");
            boolean client = subflow.getBoolean("backupByClient");
            return us && client
                    ? "backup (both)"
                    : us ? "backup (us)" : client ? "backup (client)" : "regular";
        }
    }

    @Command(
            name = "connection",
            description =
                    "What the client offered, what we answered and why, each join, refusal, change"
                            + " of priority and fallback.")
    static final class ExplainConnection extends CtlAction {
        @Parameters(paramLabel = "ID", description = "Its number in get connections.")
        private String id = "";

        @Override
        JsonObject ask(AgentClient agent) throws NoAnswerException, InterruptedException {
            return agent.get("/connections/" + AgentClient.step(id) + "/explanation", Map.of());
        }

        @Override
        List<String> lines(JsonObject answer) {
            List<String> lines = new ArrayList<>();
            lines.add("connection " + answer.getString("id") + ": " + answer.getString("summary"));
            if (!answer.getBoolean("complete")) {
                lines.add(
                        "(the history reaches back to "
                                + answer.getString("historySince")
                                + "; of what was before, only the results are known)");
            }
            JsonArray steps = answer.getJsonArray("steps");
            for (int i = 0; i < steps.size(); i++) {
                JsonObject step = steps.getJsonObject(i);
                lines.add(step.getString("at") + "  " + step.getString("what"));
                if (!step.getString("why").isEmpty()) {
                    lines.add("    because: " + step.getString("why"));
                }
            }
            return lines;
        }
    }
}
