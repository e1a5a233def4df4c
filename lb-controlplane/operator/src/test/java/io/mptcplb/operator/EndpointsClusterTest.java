package io.mptcplb.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.mptcplb.api.DataplaneEndpoints;
import io.mptcplb.api.DataplaneEndpointsSpec;
import io.mptcplb.cluster.ClusterUnderTest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A thousand changes of endpoints in a minute, and when whoever watches the pools sees them. */
@Tag("cluster")
class EndpointsClusterTest {
    private static final int SERVICES = 10;
    private static final int BACKENDS = 20;
    private static final long EVERY_MILLIS = 60;
    private static final int CHANGES = Integer.getInteger("mptcplb.endpoint.changes", 250);

    @Test
    void changes_reachThePools_withinASecond_andMakeNoRevision() {
        try (ClusterUnderTest cluster = ClusterUnderTest.open("endpoints");
                Site site = new Site(cluster, "0s", "5s")) {
            site.pool("more", "198.51.100.100-198.51.100.120");
            site.operator("one");
            site.node("node-a");
            for (int i = 0; i < SERVICES; i++) {
                site.service("web-" + i, "");
                site.create(slice(i, 0), EndpointSlice.class);
            }
            site.awaitAddress("web-" + (SERVICES - 1));
            String revision = awaitServed(site);
            Map<Integer, Long> seenNanos = new ConcurrentHashMap<>();
            SharedIndexInformer<DataplaneEndpoints> watch =
                    site.client()
                            .resources(DataplaneEndpoints.class)
                            .inNamespace(site.namespace())
                            .inform(new Watch(seenNanos));
            long[] changedNanos = new long[CHANGES + 1];
            change(site, changedNanos);
            ClusterUnderTest.await(
                    Site.SOON,
                    "the last change",
                    () -> Optional.ofNullable(seenNanos.get(CHANGES)));
            watch.stop();
            // A change that the next one overtook was there when that one was.
            ConcurrentSkipListSet<Integer> seen = new ConcurrentSkipListSet<>(seenNanos.keySet());
            long[] tookMillis =
                    IntStream.rangeClosed(1, CHANGES)
                            .mapToLong(change ->
                                    (seenNanos.get(seen.ceiling(change)) - changedNanos[change])
                                            / 1_000_000)
                            .sorted()
                            .toArray();
            System.out.printf(
                    "%d changes, %d a minute: p50 %d ms, p99 %d ms, most %d ms, %d writes%n",
                    CHANGES,
                    60_000 / EVERY_MILLIS,
                    tookMillis[CHANGES / 2],
                    tookMillis[CHANGES * 99 / 100],
                    tookMillis[CHANGES - 1],
                    seen.size());
            assertTrue(tookMillis[CHANGES * 99 / 100] < 1_000);
            assertEquals(revision, site.status().updateRevision());
        }
    }

    private static String awaitServed(Site site) {
        return ClusterUnderTest.await(
                Site.SOON,
                "all Services are served",
                () ->
                        Optional.of(site.awaitProgrammed())
                                .filter(now ->
                                        Integer.valueOf(SERVICES)
                                                .equals(site.status().virtualServers())));
    }

    /** The number of the change is the port of the first Service's backends. */
    private record Watch(Map<Integer, Long> seenNanos)
            implements ResourceEventHandler<DataplaneEndpoints> {
        @Override
        public void onAdd(DataplaneEndpoints endpoints) {
            long nowNanos = System.nanoTime();
            for (DataplaneEndpointsSpec.Pool pool : endpoints.getSpec().pools()) {
                pool.backends().stream()
                        .findFirst()
                        .ifPresent(
                                backend -> seenNanos.putIfAbsent(backend.port() - 1024, nowNanos));
            }
        }

        @Override
        public void onUpdate(DataplaneEndpoints old, DataplaneEndpoints endpoints) {
            onAdd(endpoints);
        }

        @Override
        public void onDelete(DataplaneEndpoints endpoints, boolean isStateUnknown) {}
    }

    private static void change(Site site, long[] changedNanos) {
        AtomicInteger next = new AtomicInteger();
        try (ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
            clock.scheduleAtFixedRate(
                    () -> {
                        int change = next.incrementAndGet();
                        if (change <= CHANGES) {
                            changedNanos[change] = System.nanoTime();
                            site.client().resource(slice(site, change % SERVICES, change)).update();
                        }
                    },
                    0,
                    EVERY_MILLIS,
                    TimeUnit.MILLISECONDS);
            ClusterUnderTest.await(
                    Duration.ofMillis(CHANGES * EVERY_MILLIS * 4 + 20_000),
                    "all changes",
                    () -> next.get() > CHANGES ? Optional.of(true) : Optional.empty());
            clock.shutdownNow();
        }
    }

    private static EndpointSlice slice(Site site, int service, int change) {
        return site.read(slice(service, change), EndpointSlice.class);
    }

    private static String slice(int service, int change) {
        String endpoints =
                IntStream.range(0, BACKENDS)
                        .mapToObj(i ->
                                "{addresses: [192.0.2." + (i + 1) + "], conditions: {ready: true}}")
                        .collect(Collectors.joining(", "));
        return """
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata:
          name: web-SERVICE
          namespace: NAMESPACE
          labels: {kubernetes.io/service-name: web-SERVICE}
        addressType: IPv4
        ports: [{name: http, port: PORT, protocol: TCP}]
        endpoints: [ENDPOINTS]
        """
                .replace("SERVICE", Integer.toString(service))
                .replace("PORT", Integer.toString(1024 + change))
                .replace("ENDPOINTS", endpoints);
    }
}
