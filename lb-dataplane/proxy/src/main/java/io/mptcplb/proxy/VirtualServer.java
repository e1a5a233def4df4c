package io.mptcplb.proxy;

import io.mptcplb.contract.TimeoutConfig;
import io.mptcplb.contract.VirtualServerConfig;

/** What clients connect to, as one worker sees it: its pool, its limits and its figures. */
public final class VirtualServer {
    private final VirtualServerConfig config;
    private final Pool pool;
    private final int connectionsMax;
    private int connections;
    private int multipathConnections;
    private long opened;
    private long multipathOpened;
    private long refused;
    private long rxBytes;
    private long txBytes;

    /**
     * @param connectionsMax this worker's share of the configured limit, at least 1
     */
    VirtualServer(VirtualServerConfig config, Pool pool, int connectionsMax) {
        this.config = config;
        this.pool = pool;
        this.connectionsMax = connectionsMax;
    }

    public String name() {
        return config.name();
    }

    public VirtualServerConfig config() {
        return config;
    }

    Pool pool() {
        return pool;
    }

    TimeoutConfig timeouts() {
        return config.timeouts();
    }

    boolean full() {
        return connections >= connectionsMax;
    }

    /** Client connections now. */
    public int connections() {
        return connections;
    }

    /** Client connections now that speak MPTCP. */
    public int multipathConnections() {
        return multipathConnections;
    }

    /** Client connections taken since start. */
    public long opened() {
        return opened;
    }

    /** Client connections taken since start that speak MPTCP. */
    public long multipathOpened() {
        return multipathOpened;
    }

    /** Client connections refused since start. */
    public long refused() {
        return refused;
    }

    /** Payload bytes from clients. */
    public long rxBytes() {
        return rxBytes;
    }

    /** Payload bytes that clients acknowledged. */
    public long txBytes() {
        return txBytes;
    }

    void onOpened(boolean multipath) {
        connections++;
        opened++;
        if (multipath) {
            multipathConnections++;
            multipathOpened++;
        }
    }

    void onClosed(boolean multipath) {
        connections--;
        if (multipath) {
            multipathConnections--;
        }
    }

    void countRefused() {
        refused++;
    }

    void countReceived(long bytes) {
        rxBytes += bytes;
    }

    void countSent(long bytes) {
        txBytes += bytes;
    }
}
