package io.mptcplb.controlplane.app;

import io.mptcplb.controlplane.app.AgentClient.NoAnswerException;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** lbctl: a running box, seen and steered through its agent. */
@Command(
        name = "ctl",
        description = "Shows and steers a running box through its agent.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            CtlCommand.Status.class,
            CtlGet.class,
            CtlConnection.Describe.class,
            CtlConnection.Explain.class,
            CtlSet.class,
            CtlDrain.class,
            CtlConfig.class,
            CtlCommand.Completion.class
        },
        exitCodeListHeading = "Exit status:%n",
        exitCodeList = {
            "0:done",
            "64:the command line has a mistake",
            "65:the agent refuses what it says; nothing has changed",
            "66:a file cannot be read",
            "69:no agent, or no dataplane, answers"
        })
final class CtlCommand {
    @SuppressWarnings("UnusedVariable") // picocli sees to it
    @Mixin
    private HelpOption help = new HelpOption();

    @Command(name = "status", description = "Whether agent and dataplane are in step.")
    static final class Status extends CtlAction {
        @Override
        JsonObject ask(AgentClient agent) throws NoAnswerException, InterruptedException {
            return agent.get("/status", Map.of());
        }

        @Override
        List<String> lines(JsonObject answer) {
            JsonObject dataplane = answer.getJsonObject("dataplane");
            List<String> lines = new ArrayList<>();
            lines.add("dataplane      " + dataplane.getString("state"));
            lines.add("generation     " + dataplane.getLong("generation"));
            lines.add("connections    " + answer.getInteger("connections"));
            JsonObject offer = answer.getJsonObject("configuration");
            if (offer != null) {
                lines.add(
                        "configuration  "
                                + offer.getString("file")
                                + " "
                                + offer.getString("outcome")
                                + " at "
                                + offer.getString("at"));
            }
            lines.add("history since  " + answer.getJsonObject("history").getString("since"));
            return lines;
        }
    }

    @Command(
            name = "completion",
            description = "Prints what lets bash complete ./lb: source <(./lb ctl completion)")
    static final class Completion implements Callable<Integer> {
        @SuppressWarnings("UnusedVariable") // picocli sees to it
        @Mixin
        private HelpOption help = new HelpOption();

        @Spec private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            spec.commandLine().getOut().println(AutoComplete.bash("lb", spec.root().commandLine()));
            return Main.OK;
        }
    }
}
