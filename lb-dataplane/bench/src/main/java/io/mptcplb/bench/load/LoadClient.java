package io.mptcplb.bench.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntConsumer;

/** Runs a {@link LoadPlan}: one thread per connection, all started together. */
public final class LoadClient {
    private static final long WARM_UP_BYTES = 8_000_000;
    private static final Duration WARM_UP_TIME = Duration.ofSeconds(1);

    private LoadClient() {}

    public static LoadReport run(LoadPlan plan) throws InterruptedException {
        return plan.shape == LoadPlan.Shape.BULK ? bulk(plan) : exchanges(plan);
    }

    /**
     * Runs the code once over loopback, in plain TCP, so that the first measured connection does
     * not meet cold code. Needs the namespace's loopback interface up.
     */
    public static void warmUp() throws IOException, InterruptedException {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
        try (LoadServer server = LoadServer.start(anyPort)) {
            run(LoadPlan.duplex(server.address(), WARM_UP_BYTES).plainTcp());
            run(LoadPlan.connectionRate(server.address(), WARM_UP_TIME).plainTcp());
        }
    }

    private static LoadReport bulk(LoadPlan plan) throws InterruptedException {
        Buffers buffers = new Buffers();
        AtomicReferenceArray<ConnectionResult> results =
                new AtomicReferenceArray<>(plan.connections);
        long startNanos = System.nanoTime();
        parallel(plan.connections, i -> results.set(i, new BulkConnection(plan, i, buffers).run()));
        long nanos = System.nanoTime() - startNanos;
        List<ConnectionResult> list = new ArrayList<>();
        for (int i = 0; i < plan.connections; i++) {
            list.add(results.get(i));
        }
        return new LoadReport(list, nanos, new Latencies(), 0, 0, Map.of());
    }

    private static LoadReport exchanges(LoadPlan plan) throws InterruptedException {
        Buffers buffers = new Buffers();
        long startNanos = System.nanoTime();
        List<ExchangeWorker> workers = new ArrayList<>();
        for (int i = 0; i < plan.connections; i++) {
            workers.add(new ExchangeWorker(plan, i, startNanos, buffers));
        }
        parallel(plan.connections, i -> workers.get(i).run());
        long nanos = System.nanoTime() - startNanos;
        Latencies latencies = new Latencies();
        Map<String, Integer> errors = new TreeMap<>();
        int connections = 0;
        int mptcpConnections = 0;
        for (ExchangeWorker worker : workers) {
            latencies.addAll(worker.latencies);
            worker.errors.forEach((error, count) -> errors.merge(error, count, Integer::sum));
            connections += worker.connections;
            mptcpConnections += worker.mptcpConnections;
        }
        return new LoadReport(List.of(), nanos, latencies, connections, mptcpConnections, errors);
    }

    private static void parallel(int count, IntConsumer body) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int index = i;
            threads.add(
                    Thread.ofPlatform().name("load-" + i).daemon().start(() -> body.accept(index)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
