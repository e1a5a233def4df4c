package io.mptcplb.controlplane.app;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The front of the control plane's programs. */
@Command(
        name = "lb",
        description = "Checks and compiles configuration, and shows a running box.",
        subcommands = {
            AgentCommand.class,
            CheckCommand.class,
            CompileCommand.class,
            CtlCommand.class,
            OperatorCommand.class,
            TopCommand.class
        },
        synopsisSubcommandLabel = "COMMAND")
public final class Main {
    /** Everything is in order. */
    static final int OK = 0;

    /** The configuration has mistakes. */
    static final int MISTAKES = 2;

    /** The command line has, as in sysexits.h. */
    static final int USAGE = 64;

    /** What was said is refused, as in sysexits.h. */
    static final int BAD_DATA = 65;

    /** A file cannot be read, as in sysexits.h. */
    static final int NO_INPUT = 66;

    /** A service cannot be had, as in sysexits.h. */
    static final int UNAVAILABLE = 69;

    /** A file cannot be written, as in sysexits.h. */
    static final int CANNOT_CREATE = 73;

    @SuppressWarnings("UnusedVariable") // picocli sees to it
    @Mixin
    private HelpOption help = new HelpOption();

    private Main() {}

    public static void main(String[] words) {
        System.exit(commandLine().execute(words));
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Main());
        return withUsageStatus(commandLine);
    }

    private static CommandLine withUsageStatus(CommandLine commandLine) {
        commandLine.getCommandSpec().exitCodeOnInvalidInput(USAGE);
        commandLine.getSubcommands().values().forEach(Main::withUsageStatus);
        return commandLine;
    }
}
