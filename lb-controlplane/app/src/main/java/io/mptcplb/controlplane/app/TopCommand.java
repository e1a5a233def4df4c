package io.mptcplb.controlplane.app;

import io.mptcplb.contract.CounterReader;
import io.mptcplb.controlplane.agent.model.CounterSample;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Shows a running box from its counter file: a table that renews itself, or plain text where there
 * is no terminal.
 */
@Command(
        name = "top",
        description = "Shows the ports, paths and virtual servers of a running box.",
        exitCodeListHeading = "Exit status:%n",
        exitCodeList = {"0:shown", "66:there is no counter file"})
final class TopCommand implements Callable<Integer> {
    private static final String HIDE_CURSOR = "\u001b[?25l";
    private static final String SHOW_CURSOR = "\u001b[?25h";
    private static final String HOME = "\u001b[H";
    private static final String CLEAR_LINE_END = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";

    @Option(
            names = "--counters",
            paramLabel = "FILE",
            description = "The counter file; default: that of the latest ./lb run.")
    private @Nullable Path counters;

    @Option(
            names = "--state",
            paramLabel = "DIRECTORY",
            description = "The state directory of a ./lb run.")
    private @Nullable Path state;

    @Option(
            names = "--once",
            description = "Print one table and end; rates are those of one interval.")
    private boolean once;

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            defaultValue = "1",
            description = "Time between tables, default 1.")
    private double intervalSeconds = 1;

    @SuppressWarnings("UnusedVariable") // picocli sees to it
    @Mixin
    private HelpOption help = new HelpOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    private final CountDownLatch stopped = new CountDownLatch(1);

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter errors = spec.commandLine().getErr();
        if (!(intervalSeconds >= 0.1 && intervalSeconds <= 3600)) {
            errors.println("--interval: 0.1 to 3600 seconds");
            return Main.USAGE;
        }
        Optional<Path> file = file();
        if (file.isEmpty()) {
            errors.println("no box has run from here: name its counter file with --counters FILE");
            return Main.NO_INPUT;
        }
        try {
            show(file.get());
            return Main.OK;
        } catch (NoSuchFileException e) {
            errors.println("there is no counter file " + file.get() + ": is the box running?");
        } catch (IOException e) {
            errors.println("cannot read " + file.get() + ": " + e.getMessage());
        }
        return Main.NO_INPUT;
    }

    private Optional<Path> file() {
        if (counters != null) {
            return Optional.of(counters);
        }
        if (state != null) {
            return Optional.of(state.resolve("counters"));
        }
        @Nullable String root = System.getenv("MPTCP_LB_ROOT");
        return root == null ? Optional.empty() : latest(Path.of(root, ".build", "state"));
    }

    static Optional<Path> latest(Path states) {
        if (!Files.isDirectory(states)) {
            return Optional.empty();
        }
        try (Stream<Path> runs = Files.list(states)) {
            return runs.map(run -> run.resolve("counters"))
                    .filter(Files::isRegularFile)
                    .max(Comparator.comparingLong(path -> path.toFile().lastModified()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private void show(Path file) throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        boolean live =
                !once
                        && Optional.ofNullable(System.console())
                                .filter(Console::isTerminal)
                                .isPresent();
        TopTable table =
                live
                        ? new TopTable(environment("COLUMNS", 80), environment("LINES", 24))
                        : new TopTable(80, 200);
        if (live) {
            Runtime.getRuntime()
                    .addShutdownHook(
                            Thread.ofPlatform()
                                    .unstarted(() -> {
                                        out.print(SHOW_CURSOR + "\n");
                                        out.flush();
                                    }));
            out.print(HIDE_CURSOR + HOME + CLEAR_BELOW);
        }
        CounterReader reader = CounterReader.open(file);
        try {
            CounterSample before = CounterSample.take(reader, System.nanoTime());
            for (boolean first = true; ; first = false) {
                boolean ended = stopped.await((long) (intervalSeconds * 1e9), TimeUnit.NANOSECONDS);
                if (isRenewed(reader)) {
                    CounterReader renewed = CounterReader.open(file);
                    reader.close();
                    reader = renewed;
                }
                CounterSample now = CounterSample.take(reader, System.nanoTime());
                print(out, table.lines(before, now), live, first);
                before = now;
                if (once || ended || out.checkError()) {
                    return;
                }
            }
        } finally {
            reader.close();
        }
    }

    /** A box that ended leaves its file; one that starts anew replaces it. */
    private static boolean isRenewed(CounterReader reader) throws IOException {
        return reader.isReplaced() && Files.exists(reader.path());
    }

    private static void print(PrintWriter out, List<String> lines, boolean live, boolean first) {
        if (live) {
            StringBuilder frame = new StringBuilder(HOME);
            for (String line : lines) {
                frame.append(frame.length() == HOME.length() ? "" : "\n")
                        .append(line)
                        .append(CLEAR_LINE_END);
            }
            out.print(frame.append(CLEAR_BELOW));
        } else {
            if (!first) {
                out.println();
            }
            lines.forEach(out::println);
        }
        out.flush();
    }

    private static int environment(String name, int otherwise) {
        @Nullable String value = System.getenv(name);
        return value != null && value.matches("[0-9]{2,4}") ? Integer.parseInt(value) : otherwise;
    }
}
