package io.mptcplb.controlplane.app;

import io.mptcplb.controlplane.app.AgentClient.NoAnswerException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** No new clients, or new clients again. */
@Command(
        name = "drain",
        description = "Lets a virtual server take no new clients; those it has go on.")
final class CtlDrain extends CtlAction {
    @Parameters(index = "0", paramLabel = "VSERVER", description = "The virtual server.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "on|off", description = "Draining, or not any more.")
    private String state = "";

    @Override
    JsonObject ask(AgentClient agent) throws NoAnswerException, InterruptedException {
        if (!state.equals("on") && !state.equals("off")) {
            throw new NoAnswerException(
                    "on|off", "'" + state + "' is neither on nor off", Main.USAGE);
        }
        return agent.post(
                "/virtual-servers/" + AgentClient.step(name) + "/drain",
                new JsonObject().put("draining", state.equals("on")));
    }

    @Override
    String flag(String field) {
        return field.equals("virtualServer") ? "VSERVER" : super.flag(field);
    }

    @Override
    List<String> lines(JsonObject answer) {
        return List.of(
                name + (state.equals("on") ? " takes no new clients" : " takes new clients"));
    }
}
