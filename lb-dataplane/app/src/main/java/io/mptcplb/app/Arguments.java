package io.mptcplb.app;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What stands on the command line.
 *
 * @param config the encoded snapshot to serve
 * @param counters where figures are published
 * @param state where the control socket and the last configuration stand; null: nobody commands
 * @param controlGroup whose members may command too; null: only root and our own user
 * @param shareDevices take devices whose addresses the kernel uses too
 * @param shieldDevices hide what arrives on kernel devices from the kernel's own stack
 * @param warmUp rehearse before ports open
 */
record Arguments(
        Path config,
        Path counters,
        @Nullable Path state,
        @Nullable String controlGroup,
        boolean shareDevices,
        boolean shieldDevices,
        boolean warmUp) {
    /** Alone on the command line: warms up and ends. */
    static final String REHEARSE = "--rehearse";

    static final String USAGE =
            "usage: Main --config SNAPSHOT (--counters FILE | --state DIRECTORY) [--control-group"
                    + " GROUP] [--share-devices | --shield-devices]"
                    + " [--no-warm-up]; or: Main --rehearse";

    static Arguments parse(String[] words) throws StartupException {
        Path config = null;
        Path counters = null;
        Path state = null;
        String group = null;
        boolean share = false;
        boolean shield = false;
        boolean warmUp = true;
        for (int i = 0; i < words.length; i++) {
            switch (words[i]) {
                case "--config" -> config = path(words, ++i);
                case "--counters" -> counters = path(words, ++i);
                case "--state" -> state = path(words, ++i);
                case "--control-group" -> group = value(words, ++i);
                case "--share-devices" -> share = true;
                case "--shield-devices" -> shield = true;
                case "--no-warm-up" -> warmUp = false;
                default -> throw usage("unknown argument " + words[i]);
            }
        }
        if (counters == null && state != null) {
            counters = state.resolve("counters");
        }
        if (config == null || counters == null) {
            throw usage(config == null ? "--config is missing" : "--counters is missing");
        }
        return new Arguments(config, counters, state, group, share, shield, warmUp);
    }

    private static Path path(String[] words, int at) throws StartupException {
        return Path.of(value(words, at));
    }

    private static String value(String[] words, int at) throws StartupException {
        if (at == words.length) {
            throw usage(words[at - 1] + " needs a value");
        }
        return words[at];
    }

    private static StartupException usage(String what) {
        return new StartupException(StartupException.USAGE, what + "; " + USAGE);
    }
}
