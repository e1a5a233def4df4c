package io.mptcplb.controlplane.app;

import picocli.CommandLine.Option;

/** What every command understands. */
final class HelpOption {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this text and end.")
    @SuppressWarnings("UnusedVariable") // picocli writes it, and answers by itself
    private boolean requested;
}
