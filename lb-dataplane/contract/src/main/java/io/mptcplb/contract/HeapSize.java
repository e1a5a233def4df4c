package io.mptcplb.contract;

/**
 * How much heap a configuration needs. All tables are allocated at start and none ever grows, so
 * that this is known before the JVM starts; packets lie outside the heap. What one entry takes was
 * measured, and {@code HeapSizeTest} of the dataplane holds these figures against what is
 * allocated.
 */
public final class HeapSize {
    /** A TCP connection: towards a client or a backend, half open or in TIME-WAIT. */
    private static final long ENDPOINT_BYTES = 1_664;

    /** What a session has beyond its endpoints. */
    private static final long SESSION_BYTES = 2_048;

    /** Of several workers: whose flows are at home where, and the rings in which they say so. */
    private static final long SHARED_ENDPOINT_BYTES = 448;

    private static final long BUFFER_BYTES = 128;
    private static final long NEIGHBOUR_BYTES = 320;
    private static final long WORKER_BYTES = 8L << 20;

    /** The JVM's young generation and what start and rehearsal leave in it. */
    private static final long BASE_BYTES = 96L << 20;

    /** What the control socket's clients may leave unread, half frames, and a snapshot twice. */
    private static final long CONTROL_BYTES = 16L << 20;

    private HeapSize() {}

    /** Bytes that the tables take, all workers together. */
    public static long tableBytes(LbConfig config) {
        SizeConfig sizes = config.sizes();
        int workers = config.workers().count();
        int subflows = 1;
        for (VirtualServerConfig server : config.virtualServers()) {
            subflows = Math.max(subflows, 1 + server.subflowsMax());
        }
        long sessions = share(sizes.maxConnections(), workers);
        long endpoints =
                Math.min(
                        SizeConfig.CONNECTIONS_MAX,
                        sessions * (1 + subflows)
                                + share(sizes.maxHalfOpen(), workers)
                                + share(sizes.maxTimeWait(), workers));
        return workers
                * (WORKER_BYTES
                        + endpoints * (ENDPOINT_BYTES + (workers > 1 ? SHARED_ENDPOINT_BYTES : 0))
                        + sessions * SESSION_BYTES
                        + config.buffers().count() * BUFFER_BYTES
                        + (long) config.ports().size() * sizes.maxNeighbours() * NEIGHBOUR_BYTES);
    }

    /** What {@code -Xmx} should say, in megabytes. */
    public static long megabytes(LbConfig config) {
        long tables = tableBytes(config);
        // A quarter more: tables are compacted only once before ports open.
        return (BASE_BYTES + CONTROL_BYTES + tables + tables / 4 + (1 << 20) - 1) >> 20;
    }

    private static int share(int ofAll, int workers) {
        return (ofAll + workers - 1) / workers;
    }
}
