package io.mptcplb.controlplane.app;

import io.mptcplb.controlplane.app.AgentClient.NoAnswerException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** One question or order: asked of the agent, shown as JSON or in words. */
abstract class CtlAction implements Callable<Integer> {
    /** How people name what the API calls otherwise. */
    private static final Map<String, String> FLAGS =
            Map.ofEntries(
                    Map.entry("virtualServer", "--virtual-server"),
                    Map.entry("clients", "--clients"),
                    Map.entry("priority", "--priority"),
                    Map.entry("limit", "--limit"),
                    Map.entry("after", "--after"),
                    Map.entry("kind", "--kind"),
                    Map.entry("connection", "--connection"),
                    Map.entry("path", "NAME"),
                    Map.entry("id", "ID"),
                    Map.entry("agent", "--agent"));

    @Mixin CtlOptions options = new CtlOptions();

    @SuppressWarnings("UnusedVariable") // picocli sees to it
    @Mixin
    private HelpOption help = new HelpOption();

    @Spec CommandSpec spec = CommandSpec.create();

    /** Asks; what comes back is shown. */
    abstract JsonObject ask(AgentClient agent) throws NoAnswerException, InterruptedException;

    /** What people read. */
    abstract List<String> lines(JsonObject answer);

    /** What an answer means to a script. */
    int exitStatus(JsonObject answer) {
        return Main.OK;
    }

    /** How people know a field of the API. */
    String flag(String field) {
        return FLAGS.getOrDefault(field, field);
    }

    @Override
    public Integer call() throws InterruptedException {
        try {
            JsonObject answer = ask(options.agent());
            if (options.isJson()) {
                spec.commandLine().getOut().println(answer.encodePrettily());
            } else {
                lines(answer).forEach(spec.commandLine().getOut()::println);
            }
            return exitStatus(answer);
        } catch (NoAnswerException e) {
            spec.commandLine()
                    .getErr()
                    .println("lbctl: " + flag(e.field()) + ": " + e.getMessage());
            return e.exitStatus();
        }
    }
}
