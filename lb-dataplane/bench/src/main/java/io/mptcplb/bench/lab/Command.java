package io.mptcplb.bench.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs a short command to its end. */
public final class Command {
    private Command() {}

    /** How a command ended, and all that it said. */
    public record Outcome(int status, String output) {}

    /** Standard output and error of a command that must succeed. */
    public static String run(List<String> command) throws IOException {
        Outcome outcome = attempt(command, "");
        if (outcome.status() != 0) {
            throw new LabException(
                    String.join(" ", command)
                            + ": exit status "
                            + outcome.status()
                            + "\n"
                            + outcome.output().strip());
        }
        return outcome.output();
    }

    static String run(String... command) throws IOException {
        return run(List.of(command));
    }

    /** Standard output alone of a command that must succeed, however much it is. */
    static String output(List<String> command) throws IOException {
        Path complaints = Files.createTempFile("lab-", ".err");
        Process process = new ProcessBuilder(command).redirectError(complaints.toFile()).start();
        try {
            process.getOutputStream().close();
            String text =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                throw new LabException(
                        String.join(" ", command)
                                + ": exit status "
                                + status
                                + "\n"
                                + Files.readString(complaints).strip());
            }
            return text;
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new LabException(command.getFirst() + ": interrupted");
        } finally {
            Files.delete(complaints);
        }
    }

    /** Runs a command that may fail; {@code input} is its standard input. */
    public static Outcome attempt(List<String> command, String input) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            try (var in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), output);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new LabException(String.join(" ", command) + ": interrupted");
        }
    }
}
