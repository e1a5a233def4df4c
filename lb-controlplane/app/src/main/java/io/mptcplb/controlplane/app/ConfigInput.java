package io.mptcplb.controlplane.app;

import io.mptcplb.contract.HeapSize;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.policy.Compilation;
import io.mptcplb.policy.LbResources;
import io.mptcplb.policy.LbYaml;
import io.mptcplb.policy.PolicyCompiler;
import io.mptcplb.policy.Problem;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code check} and {@code compile} have in common: a file, and what it is held against. */
final class ConfigInput {
    @ArgGroup(multiplicity = "1")
    Named named = new Named();

    /** The file may stand alone or behind an option. */
    static final class Named {
        @Option(
                names = {"-c", "--config"},
                paramLabel = "FILE",
                description = "The configuration, such as lb.yaml.")
        @Nullable Path option;

        @Parameters(
                paramLabel = "FILE",
                arity = "1",
                description = "The configuration, such as lb.yaml.")
        @Nullable Path position;

        Path file() {
            Path file = option != null ? option : position;
            if (file == null) {
                throw new IllegalStateException("the command line has passed without a file");
            }
            return file;
        }
    }

    @Option(
            names = "--host",
            description =
                    "Also check it against this machine: devices, addresses, capabilities, memory.")
    boolean host;

    @Option(
            names = "--share-devices",
            description = "With --host: devices may have addresses of the kernel's.")
    boolean shareDevices;

    @Option(
            names = "--shield-devices",
            description = "With --host: the kernel will hear nothing on the ports' devices.")
    boolean shieldDevices;

    private int status = Main.OK;

    /** 0 after {@link #compile} gave a configuration, else why not. */
    int status() {
        return status;
    }

    Path file() {
        return named.file();
    }

    /**
     * The configuration; empty after everything that speaks against it has been said on {@code
     * errors}.
     */
    Optional<LbConfig> compile(long generation, PrintWriter errors) {
        Optional<String> text = read(errors);
        if (text.isEmpty()) {
            status = Main.NO_INPUT;
            return Optional.empty();
        }
        LbResources resources = LbYaml.read(String.valueOf(file().getFileName()), text.get());
        Compilation compilation = PolicyCompiler.compile(resources, generation);
        List<Problem> problems = new ArrayList<>();
        if (compilation instanceof Compilation.Refused refused) {
            problems.addAll(refused.problems());
        }
        if (host) {
            HostCheck check = new HostCheck(Host.ofThisMachine(), shareDevices, shieldDevices);
            problems.addAll(check.check(resources));
            if (compilation instanceof Compilation.Compiled compiled) {
                problems.addAll(check.checkHeap(resources, HeapSize.megabytes(compiled.config())));
            }
        }
        problems.stream().sorted().forEach(errors::println);
        if (problems.isEmpty() && compilation instanceof Compilation.Compiled compiled) {
            return Optional.of(compiled.config());
        }
        errors.println(
                problems.size()
                        + (problems.size() == 1 ? " mistake" : " mistakes")
                        + " in "
                        + file());
        status = Main.MISTAKES;
        return Optional.empty();
    }

    private Optional<String> read(PrintWriter errors) {
        try {
            byte[] bytes = Files.readAllBytes(file());
            return Optional.of(
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (NoSuchFileException e) {
            errors.println("there is no file " + file());
        } catch (CharacterCodingException e) {
            errors.println(file() + " is not UTF-8 text");
        } catch (IOException e) {
            errors.println("cannot read " + file() + ": " + e.getMessage());
        }
        return Optional.empty();
    }
}
