package io.mptcplb.delivery.walk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.LabEvents;
import java.io.IOException;
import java.time.Duration;

/**
 * A revision that does its canary no good, under load: it is taken back, the reason is told, no
 * connection is lost, and the next one is in force.
 *
 * @param fleet whose sizes are changed, for which a dataplane begins anew
 */
record BadRevision(ServedFleet fleet) {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final long DOWNLOAD_BYTES = 20_000_000;

    /** Connections; the heap of a dataplane has room for some ten thousand. */
    private static final int TOO_MANY = 1_000_000;

    /** Who was refused a revision once does not get it again before another one was good. */
    private static final int MORE = 5_000;

    private static final int STILL_MORE = 6_000;
    private static final int AS_MANY_AS_EVER = 4_096;

    private static final String USUAL = "{\"bake\": \"1s\", \"deadline\": \"60s\"}";
    private static final String SHORT_DEADLINE = "{\"bake\": \"1s\", \"deadline\": \"10s\"}";
    private static final String LONG_BAKE = "{\"bake\": \"30s\", \"deadline\": \"60s\"}";

    /** What befalls the canary once it is told the revision. */
    private interface Fate {
        void befalls(String node) throws IOException;

        default void ends(String node) throws IOException {}
    }

    /** The canary's dataplane has no room for it, and says so. */
    String isRefused() throws Exception {
        return isTakenBack(
                TOO_MANY, USUAL, node -> {}, "refuses: ", "sizes.maxConnections " + TOO_MANY);
    }

    /** The canary's dataplane hangs before it serves by it. */
    String silences() throws Exception {
        return isTakenBack(
                MORE,
                SHORT_DEADLINE,
                new Fate() {
                    @Override
                    public void befalls(String node) throws IOException {
                        signal(node, "STOP");
                    }

                    @Override
                    public void ends(String node) throws IOException {
                        signal(node, "CONT");
                    }
                },
                "did not acknowledge within 10 s");
    }

    /**
     * The canary's dataplane dies after it has acknowledged it, which may be seen in several ways.
     */
    String kills() throws Exception {
        return isTakenBack(
                STILL_MORE,
                LONG_BAKE,
                node -> {
                    LabEvents.await(
                            "it bakes", LIMIT, () -> edge("{.status.rollout.step}").equals("Bake"));
                    signal(node, "KILL");
                },
                "after it had acknowledged");
    }

    private String isTakenBack(int size, String rollout, Fate fate, String... reasons)
            throws Exception {
        String good = edge("{.status.currentRevision}");
        try (Traffic traffic = Traffic.start(fleet.web(), fleet.client(), DOWNLOAD_BYTES)) {
            String told;
            try {
                change(size, rollout);
                told = suffered(fate);
            } finally {
                change(AS_MANY_AS_EVER, USUAL);
            }
            for (String reason : reasons) {
                assertTrue(told.contains(reason), told);
            }
            assertEquals(good, edge("{.status.currentRevision}"));
            LabEvents.await(
                    "the next one is in force", LIMIT, () -> programmed().startsWith("True "));
            fleet.installation().dataplanesRolledOut();
            return told + "; " + traffic.end();
        }
    }

    /** What is told of the revision once it is taken back. */
    private String suffered(Fate fate) throws IOException {
        String canary = canary();
        try {
            fate.befalls(canary);
            LabEvents.await(
                    "it is taken back", LIMIT, () -> programmed().startsWith("False RolledBack "));
            String told = programmed();
            assertTrue(told.contains("node " + canary + " "), told);
            return told;
        } finally {
            fate.ends(canary);
        }
    }

    /** The one node that is told it, which is not where the load is. */
    private String canary() throws IOException {
        LabEvents.await("a canary is told", LIMIT, () -> !tried().isEmpty());
        String canary = tried();
        assertTrue(
                !canary.equals(fleet.installation().announcer(fleet.web().address())),
                "the announcer is the canary");
        return canary;
    }

    private String tried() throws IOException {
        return edge("{.status.rollout.nodes[*].name}");
    }

    private void signal(String node, String signal) throws IOException {
        fleet.cluster().signalDataplane(fleet.installation().dataplanePod(node), signal);
    }

    private void change(int size, String rollout) throws IOException {
        String patch = "{\"spec\": {\"sizes\": {\"maxConnections\": %d}, \"rollout\": %s}}";
        fleet.installation()
                .kubernetes()
                .kubectl(
                        "patch",
                        "loadbalancer/edge",
                        "--type=merge",
                        "--patch=" + patch.formatted(size, rollout));
    }

    private String programmed() throws IOException {
        String condition = ".status.conditions[?(@.type==\"Programmed\")]";
        return edge("{%1$s.status} {%1$s.reason} {%1$s.message}".formatted(condition));
    }

    private String edge(String path) throws IOException {
        return fleet.installation()
                .kubernetes()
                .kubectl("get", "loadbalancer/edge", "--output=jsonpath=" + path);
    }
}
