package io.mptcplb.delivery.walk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.lab.LabEvents;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/**
 * All dataplane pods are replaced, one by one, under many long-lived connections, while new ones
 * are opened without a pause and downloads begin and end.
 */
final class Replacement {
    private static final int OLD = 300;
    private static final int FRESH = 4;
    private static final double REQUESTS_PER_SECOND = 300;
    private static final Duration LONG = Duration.ofHours(1);
    private static final long DOWNLOAD_BYTES = 10_000_000;

    /** How a connection ends that has outlived its dataplane: the client is told at once. */
    private static final Pattern TOLD = Pattern.compile("(recv|send):(ECONNRESET|EPIPE)");

    private final Installation installation;
    private final WebService web;
    private final Client client;
    private volatile boolean isOver;

    Replacement(Installation installation, WebService web, Client client) {
        this.installation = installation;
        this.web = web;
        this.client = client;
    }

    /** What was seen; fails when a new connection or a download does. */
    String run() throws Exception {
        try (AddressWatch watch = AddressWatch.start(installation.kubernetes())) {
            CompletableFuture<LoadReport> old = client.aside(exchanges());
            awaitOld();
            CompletableFuture<LoadReport> fresh = client.aside(connections());
            CompletableFuture<Integer> downloads =
                    CompletableFuture.supplyAsync(this::downloads, this::aside);
            long startNanos = System.nanoTime();
            try {
                installation.replaceDataplanes();
            } finally {
                isOver = true;
            }
            long seconds = (System.nanoTime() - startNanos) / 1_000_000_000;
            assertTrue(
                    watch.announcersOf(web.address()).size() > 1, "its announcer was not replaced");
            assertEquals(Set.of(), watch.findings());
            return "all dataplanes replaced within %d s: %s"
                    .formatted(seconds, judge(Client.verified(fresh), downloads.get(), old.get()));
        }
    }

    private static String judge(LoadReport fresh, int downloads, LoadReport old) {
        assertEquals(OLD, old.connections() + old.failed(), old.summary());
        assertTrue(old.errors().keySet().stream().allMatch(TOLD.asMatchPredicate()), old.summary());
        assertTrue(downloads > 0, "no download came to its end");
        return "%d new connections and %d downloads, none failed; of %d old ones %d survived, %d were reset"
                .formatted(fresh.connections(), downloads, OLD, old.connections(), old.failed());
    }

    private LoadPlan exchanges() {
        return LoadPlan.requestResponse(web.socket(), LONG)
                .connections(OLD)
                .requestsPerSecond(REQUESTS_PER_SECOND)
                .until(() -> isOver);
    }

    private LoadPlan connections() {
        return LoadPlan.connectionRate(web.socket(), LONG).connections(FRESH).until(() -> isOver);
    }

    private void awaitOld() throws IOException {
        LabEvents.awaitAtLeast("connections", OLD, () -> client.connectionsTo(web.address()));
    }

    private int downloads() {
        int done = 0;
        while (!isOver) {
            try {
                web.verifiedDownload(DOWNLOAD_BYTES);
                done++;
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return done;
    }

    private void aside(Runnable task) {
        Thread.ofPlatform().name("downloads").daemon().start(task);
    }
}
