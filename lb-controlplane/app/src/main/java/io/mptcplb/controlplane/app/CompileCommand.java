package io.mptcplb.controlplane.app;

import io.mptcplb.contract.ConfigFile;
import io.mptcplb.contract.HeapSize;
import io.mptcplb.contract.LbConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes the snapshot that the dataplane reads. */
@Command(
        name = "compile",
        description = "Compiles a configuration into the snapshot that the dataplane reads.",
        exitCodeListHeading = "Exit status:%n",
        exitCodeList = {
            "0:the snapshot is written",
            "2:mistakes, on standard error",
            "66:the file cannot be read",
            "73:the snapshot cannot be written"
        })
final class CompileCommand implements Callable<Integer> {
    @Mixin private ConfigInput input = new ConfigInput();

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "The snapshot.")
    private Path output = Path.of("");

    @Option(
            names = "--jvm-options",
            paramLabel = "FILE",
            description =
                    "Where to write the options, one a line, by which the dataplane's JVM gets the"
                            + " heap that the snapshot needs.")
    private @Nullable Path jvmOptions;

    @Option(
            names = "--generation",
            paramLabel = "N",
            description = "Its number; default: the milliseconds since 1970.")
    private @Nullable Long generation;

    @SuppressWarnings("UnusedVariable") // picocli sees to it
    @Mixin
    private HelpOption help = new HelpOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        long number = generation != null ? generation : System.currentTimeMillis();
        Optional<LbConfig> config = input.compile(number, spec.commandLine().getErr());
        if (config.isEmpty()) {
            return input.status();
        }
        try {
            ConfigFile.write(output, config.get());
        } catch (IOException e) {
            return cannotWrite(output, e);
        }
        Path options = jvmOptions;
        if (options != null) {
            try {
                long megabytes = HeapSize.megabytes(config.get());
                Files.writeString(options, "-Xms%dm%n-Xmx%dm%n".formatted(megabytes, megabytes));
            } catch (IOException e) {
                return cannotWrite(options, e);
            }
        }
        return Main.OK;
    }

    private int cannotWrite(Path file, IOException e) {
        spec.commandLine().getErr().println("cannot write " + file + ": " + e.getMessage());
        return Main.CANNOT_CREATE;
    }
}
