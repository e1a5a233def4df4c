package io.mptcplb.app;

import io.mptcplb.contract.ConfigFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What stands on the command line.
 *
 * @param config the encoded snapshot to serve
 * @param waits for the snapshot to appear, and for another one while it cannot be served
 * @param counters where figures are published
 * @param state where the control socket and the last configuration stand; null: nobody commands
 * @param controlGroup whose members may command too; null: only root and our own user
 * @param shareDevices take devices whose addresses the kernel uses too
 * @param shieldDevices hide what arrives on kernel devices from the kernel's own stack
 * @param shielded what is for our TCP ports on shared addresses is hidden already
 * @param warmUp rehearse before ports open
 */
record Arguments(
        Path config,
        boolean waits,
        Path counters,
        @Nullable Path state,
        @Nullable String controlGroup,
        boolean shareDevices,
        boolean shieldDevices,
        boolean shielded,
        boolean warmUp) {
    /** Alone on the command line: warms up and ends. */
    static final String REHEARSE = "--rehearse";

    /** With the names of devices: hides what is for our TCP ports from the kernel, and ends. */
    static final String SHIELD = "--shield";

    static final String NO_WARM_UP = "--no-warm-up";

    static final String USAGE =
            "usage: Main (--config SNAPSHOT | --state DIRECTORY) [--counters FILE] [--control-group"
                    + " GROUP] [--share-devices | --shield-devices] [--shielded] [--no-warm-up];"
                    + " or: Main --rehearse; or: Main --shield DEVICE...";

    static Arguments parse(String[] words) throws StartupException {
        Path config = null;
        Path counters = null;
        Path state = null;
        String group = null;
        boolean share = false;
        boolean shield = false;
        boolean shielded = false;
        boolean warmUp = true;
        for (int i = 0; i < words.length; i++) {
            switch (words[i]) {
                case "--config" -> config = path(words, ++i);
                case "--counters" -> counters = path(words, ++i);
                case "--state" -> state = path(words, ++i);
                case "--control-group" -> group = value(words, ++i);
                case "--share-devices" -> share = true;
                case "--shield-devices" -> shield = true;
                case "--shielded" -> shielded = true;
                case NO_WARM_UP -> warmUp = false;
                default -> throw usage("unknown argument " + words[i]);
            }
        }
        if (counters == null && state != null) {
            counters = state.resolve("counters");
        }
        boolean waits = config == null;
        if (config == null && state != null) {
            config = state.resolve(ConfigFile.LAST);
        }
        if (config == null || counters == null) {
            throw usage(config == null ? "--config is missing" : "--counters is missing");
        }
        return new Arguments(
                config, waits, counters, state, group, share, shield, shielded, warmUp);
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
