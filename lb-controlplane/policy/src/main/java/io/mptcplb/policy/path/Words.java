package io.mptcplb.policy.path;

import io.mptcplb.contract.control.PathSelector;

/** Durations and selectors as people read them. */
final class Words {
    private static final long MILLI_NANOS = 1_000_000;

    private Words() {}

    static String duration(long nanos) {
        long millis = (nanos + MILLI_NANOS / 2) / MILLI_NANOS;
        if (millis < 1000) {
            return millis + "ms";
        }
        long tenths = (millis + 50) / 100;
        return tenths % 10 == 0 ? tenths / 10 + "s" : tenths / 10 + "." + tenths % 10 + "s";
    }

    static String paths(PathSelector paths) {
        return paths.port().orElse("every path")
                + paths.virtualServer().map(name -> " at " + name).orElse("")
                + paths.clients().map(prefix -> " for " + prefix).orElse("");
    }
}
