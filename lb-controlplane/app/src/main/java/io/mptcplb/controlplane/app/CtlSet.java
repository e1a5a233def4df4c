package io.mptcplb.controlplane.app;

import io.mptcplb.contract.control.PathPriority;
import io.mptcplb.controlplane.app.AgentClient.NoAnswerException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Orders above the configuration, kept until they are taken back. */
@Command(
        name = "set",
        description = "Gives an order above the configuration.",
        synopsisSubcommandLabel = "WHAT",
        subcommands = CtlSet.SetPath.class)
final class CtlSet {
    @SuppressWarnings("UnusedVariable") // picocli sees to it
    @Mixin
    private HelpOption help = new HelpOption();

    @Command(
            name = "path",
            description = "Makes a path regular or backup, whatever policy says, or as configured.")
    static final class SetPath extends CtlAction {
        @Parameters(paramLabel = "NAME", description = "The NIC port.")
        private String name = "";

        @Option(
                names = "--priority",
                required = true,
                paramLabel = "regular|backup|configured",
                description = "What it is to be.")
        private String priority = "";

        @Option(
                names = "--virtual-server",
                paramLabel = "NAME",
                description = "For its clients only.")
        private @Nullable String virtualServer;

        @Option(
                names = "--clients",
                paramLabel = "PREFIX",
                description = "For clients from these addresses only.")
        private @Nullable String clients;

        @Override
        JsonObject ask(AgentClient agent) throws NoAnswerException, InterruptedException {
            if (Stream.of(PathPriority.values()).noneMatch(each -> each.text().equals(priority))) {
                throw new NoAnswerException(
                        "priority",
                        "'"
                                + priority
                                + "' is none of "
                                + Stream.of(PathPriority.values())
                                        .map(PathPriority::text)
                                        .collect(Collectors.joining(", ")),
                        Main.USAGE);
            }
            JsonObject body = new JsonObject().put("priority", priority);
            if (virtualServer != null) {
                body.put("virtualServer", virtualServer);
            }
            if (clients != null) {
                body.put("clients", clients);
            }
            return agent.post("/paths/" + AgentClient.step(name) + "/priority", body);
        }

        @Override
        List<String> lines(JsonObject answer) {
            return List.of(name + " is " + priority);
        }
    }
}
