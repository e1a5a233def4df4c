package io.mptcplb.controlplane.app;

import io.mptcplb.contract.LbConfig;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Says whether a configuration is in order, and everything that is not, each with line, key and
 * rule.
 */
@Command(
        name = "check",
        description = "Says every mistake in a configuration, with line, key and rule.",
        exitCodeListHeading = "Exit status:%n",
        exitCodeList = {
            "0:no mistake",
            "2:mistakes, on standard error",
            "66:the file cannot be read"
        })
final class CheckCommand implements Callable<Integer> {
    @Mixin private ConfigInput input = new ConfigInput();

    @SuppressWarnings("UnusedVariable") // picocli sees to it
    @Mixin
    private HelpOption help = new HelpOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Optional<LbConfig> config = input.compile(0, spec.commandLine().getErr());
        config.ifPresent(sound ->
                spec.commandLine()
                        .getOut()
                        .println(input.file() + ": in order: " + summary(sound)));
        return input.status();
    }

    private static String summary(LbConfig config) {
        return String.join(
                ", ",
                count(config.workers().count(), "worker"),
                count(config.ports().size(), "port"),
                count(config.virtualServers().size(), "virtual server"),
                count(config.pools().size(), "pool"));
    }

    private static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
