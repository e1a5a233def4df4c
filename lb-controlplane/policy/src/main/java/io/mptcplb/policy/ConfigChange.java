package io.mptcplb.policy;

/**
 * One difference between two configurations.
 *
 * @param path where, by name: {@code virtualServers[web].mptcp.maxSubflows}
 * @param before the value, empty when it was added
 * @param after the value, empty when it was removed
 * @param needsRestart true for what is fixed when the dataplane starts
 */
public record ConfigChange(
        Kind kind, String path, String before, String after, boolean needsRestart) {
    /** What happened to the place. */
    public enum Kind {
        ADDED,
        REMOVED,
        CHANGED
    }

    @Override
    public String toString() {
        String change =
                switch (kind) {
                    case ADDED -> "+ " + path + ": " + after;
                    case REMOVED -> "- " + path + ": " + before;
                    case CHANGED -> "~ " + path + ": " + before + " -> " + after;
                };
        return needsRestart ? change + " (needs a restart)" : change;
    }
}
