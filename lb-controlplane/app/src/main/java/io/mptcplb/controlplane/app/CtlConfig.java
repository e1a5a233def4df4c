package io.mptcplb.controlplane.app;

import io.mptcplb.controlplane.app.AgentClient.NoAnswerException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A configuration file against a running box. */
@Command(
        name = "config",
        description = "Checks a configuration, says what it would change, or puts it in force.",
        synopsisSubcommandLabel = "WHAT",
        subcommands = {CtlConfig.Check.class, CtlConfig.Diff.class, CtlConfig.Apply.class})
final class CtlConfig {
    @SuppressWarnings("UnusedVariable") // picocli sees to it
    @Mixin
    private HelpOption help = new HelpOption();

    /** What the three have in common. */
    abstract static class OfFile extends CtlAction {
        @Parameters(paramLabel = "FILE", description = "The configuration, such as lb.yaml.")
        private Path file = Path.of("");

        private final String route;

        OfFile(String route) {
            this.route = route;
        }

        @Override
        final JsonObject ask(AgentClient agent) throws NoAnswerException, InterruptedException {
            return agent.postYaml(
                    "/config/" + route, String.valueOf(file.getFileName()), read(file));
        }

        final Path file() {
            return file;
        }

        private static String read(Path file) throws NoAnswerException {
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                        .toString();
            } catch (NoSuchFileException e) {
                throw new NoAnswerException("FILE", "there is no " + file, Main.NO_INPUT);
            } catch (CharacterCodingException e) {
                throw new NoAnswerException("FILE", file + " is not UTF-8 text", Main.NO_INPUT);
            } catch (IOException e) {
                throw new NoAnswerException(
                        "FILE", "cannot read " + file + ": " + e.getMessage(), Main.NO_INPUT);
            }
        }
    }

    @Command(
            name = "check",
            description = "Says every mistake, with line, key and rule.",
            exitCodeListHeading = "Exit status:%n",
            exitCodeList = {"0:no mistake", "65:mistakes", "69:no agent answers"})
    static final class Check extends OfFile {
        Check() {
            super("check");
        }

        @Override
        List<String> lines(JsonObject answer) {
            List<String> lines = problems(answer);
            return lines.isEmpty() ? List.of(file() + ": in order") : lines;
        }

        @Override
        int exitStatus(JsonObject answer) {
            return answer.getBoolean("ok") ? Main.OK : Main.BAD_DATA;
        }
    }

    @Command(
            name = "diff",
            description = "Says what it would change of what is in force.",
            exitCodeListHeading = "Exit status:%n",
            exitCodeList = {"0:no change, or changes", "65:mistakes", "69:no agent answers"})
    static final class Diff extends OfFile {
        Diff() {
            super("diff");
        }

        @Override
        List<String> lines(JsonObject answer) {
            List<String> lines = problems(answer);
            lines.addAll(changes(answer));
            return lines.isEmpty() ? List.of("no change") : lines;
        }

        @Override
        int exitStatus(JsonObject answer) {
            return answer.getJsonArray("problems").isEmpty() ? Main.OK : Main.BAD_DATA;
        }
    }

    @Command(
            name = "apply",
            description = "Puts it in force, and into the file that the box was started with.",
            exitCodeListHeading = "Exit status:%n",
            exitCodeList = {
                "0:in force",
                "65:mistakes, or the change needs a restart: nothing has changed",
                "69:no agent, or no dataplane, answers"
            })
    static final class Apply extends OfFile {
        Apply() {
            super("apply");
        }

        @Override
        List<String> lines(JsonObject answer) {
            List<String> lines = problems(answer);
            lines.addAll(changes(answer));
            String text = answer.getString("text");
            lines.add(
                    file()
                            + ": "
                            + answer.getString("outcome")
                            + (isInForce(answer) ? ", generation " + generation(answer) : "")
                            + (text.isEmpty() ? "" : ": " + text));
            return lines;
        }

        private static long generation(JsonObject answer) {
            return answer.getLong("generation");
        }

        private static boolean isInForce(JsonObject answer) {
            String outcome = answer.getString("outcome");
            return outcome.equals("applied") || outcome.equals("unchanged");
        }

        @Override
        int exitStatus(JsonObject answer) {
            if (isInForce(answer)) {
                return Main.OK;
            }
            return answer.getString("outcome").equals("unreachable")
                    ? Main.UNAVAILABLE
                    : Main.BAD_DATA;
        }
    }

    private static List<String> changes(JsonObject answer) {
        List<String> lines = new ArrayList<>();
        JsonArray changes = answer.getJsonArray("changes");
        for (int i = 0; i < changes.size(); i++) {
            lines.add(changes.getJsonObject(i).getString("text"));
        }
        return lines;
    }

    private static List<String> problems(JsonObject answer) {
        List<String> lines = new ArrayList<>();
        JsonArray problems = answer.getJsonArray("problems");
        for (int i = 0; i < problems.size(); i++) {
            JsonObject problem = problems.getJsonObject(i);
            lines.add(
                    problem.getString("file")
                            + ":"
                            + problem.getInteger("line")
                            + ": "
                            + problem.getString("field")
                            + ": "
                            + problem.getString("rule"));
        }
        return lines;
    }
}
