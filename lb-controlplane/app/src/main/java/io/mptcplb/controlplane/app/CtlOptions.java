package io.mptcplb.controlplane.app;

import io.mptcplb.controlplane.agent.AgentOptions;
import io.mptcplb.controlplane.app.AgentClient.NoAnswerException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which agent, and how its answers are shown. */
final class CtlOptions {
    private enum Output {
        json,
        table
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "json|table",
            description = "How to show the answer, default table.")
    private Output output = Output.table;

    @Option(
            names = "--agent",
            paramLabel = "URL",
            description =
                    "The admin API; default: MPTCP_LB_AGENT, else that of the latest ./lb run, else"
                            + " http://127.0.0.1:9464.")
    private @Nullable String url;

    boolean isJson() {
        return output == Output.json;
    }

    AgentClient agent() throws NoAnswerException {
        String named = url != null ? url : System.getenv("MPTCP_LB_AGENT");
        String text =
                named != null
                        ? named
                        : ofLatestRun()
                                .orElse(
                                        "http://"
                                                + AgentOptions.HTTP_HOST
                                                + ":"
                                                + AgentOptions.HTTP_PORT);
        try {
            URI uri = URI.create(text);
            if ("http".equals(uri.getScheme()) && uri.getHost() != null) {
                return new AgentClient(uri);
            }
        } catch (IllegalArgumentException e) {
            // Answered below, as all that is no address.
        }
        throw new NoAnswerException(
                "agent", "'" + text + "' is not http://ADDRESS:PORT", Main.USAGE);
    }

    private static Optional<String> ofLatestRun() {
        @Nullable String root = System.getenv("MPTCP_LB_ROOT");
        return root == null
                ? Optional.empty()
                : TopCommand.latest(Path.of(root, ".build", "state"))
                        .map(counters -> counters.resolveSibling(AgentOptions.URL_FILE))
                        .filter(Files::isReadable)
                        .flatMap(CtlOptions::read);
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
