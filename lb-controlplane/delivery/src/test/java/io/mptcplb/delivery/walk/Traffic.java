package io.mptcplb.delivery.walk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * What a service's clients do while things die around it: long-lived MPTCP connections that
 * exchange without a pause, beside one large download after another.
 */
final class Traffic implements AutoCloseable {
    private static final int CONNECTIONS = 20;
    private static final double REQUESTS_PER_SECOND = 100;
    private static final Duration LONG = Duration.ofHours(2);

    private final WebService web;
    private final CompletableFuture<LoadReport> exchanges;
    private final CompletableFuture<Integer> downloads;
    private final long downloadBytes;
    private volatile boolean isOver;

    private Traffic(WebService web, Client client, long downloadBytes) {
        this.web = web;
        this.downloadBytes = downloadBytes;
        this.exchanges =
                client.aside(
                        LoadPlan.requestResponse(web.socket(), LONG)
                                .connections(CONNECTIONS)
                                .requestsPerSecond(REQUESTS_PER_SECOND)
                                .until(() -> isOver));
        this.downloads =
                CompletableFuture.supplyAsync(
                        this::downloadAgainAndAgain,
                        task -> Thread.ofPlatform().name("downloads").daemon().start(task));
    }

    /**
     * Begins.
     *
     * @param downloadBytes of each download; 0 for none
     */
    static Traffic start(WebService web, Client client, long downloadBytes) {
        return new Traffic(web, client, downloadBytes);
    }

    private int downloadAgainAndAgain() {
        int done = 0;
        while (downloadBytes > 0 && !isOver) {
            try {
                web.verifiedDownload(downloadBytes);
                done++;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return done;
    }

    /** Ends it; not one connection may have been lost. */
    String end() throws Exception {
        isOver = true;
        LoadReport report = Client.verified(exchanges);
        assertEquals(CONNECTIONS, report.connections(), report.summary());
        assertEquals(CONNECTIONS, report.mptcpConnections(), report.summary());
        int done = downloads.get();
        assertTrue(done > 0 || downloadBytes == 0, "no download came to its end");
        return report.summary() + "; downloads: " + done;
    }

    @Override
    public void close() {
        isOver = true;
    }
}
