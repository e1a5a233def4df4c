package io.mptcplb.proxy;

import io.mptcplb.contract.BackendConfig;

/**
 * One server of a pool as one worker sees it: where it is, its share, and its figures. It is the
 * same one as long as pool and name are.
 */
public final class Backend {
    private final String name;
    private long addressHi;
    private long addressLo;
    private int port;
    private int weight;

    /** Smooth weighted round robin: what the backend is owed. */
    private int credit;

    private int connections;
    private long opened;
    private long refused;
    private long timeouts;
    private long resets;
    private long retries;
    private long rxBytes;
    private long txBytes;

    Backend(String name) {
        this.name = name;
    }

    /** From now on; connections that exist stay where they are. Worker thread only. */
    void become(BackendConfig config) {
        addressHi = config.address().hi();
        addressLo = config.address().lo();
        port = config.port();
        weight = config.weight();
    }

    public String name() {
        return name;
    }

    long addressHi() {
        return addressHi;
    }

    long addressLo() {
        return addressLo;
    }

    int port() {
        return port;
    }

    int weight() {
        return weight;
    }

    int credit() {
        return credit;
    }

    void addCredit(int amount) {
        credit += amount;
    }

    /** Connections established now. */
    public int connections() {
        return connections;
    }

    /** Connections established since start. */
    public long opened() {
        return opened;
    }

    /** Connections that the backend, or the network in front of it, refused. */
    public long refused() {
        return refused;
    }

    /** Connections that timed out in the handshake. */
    public long timeouts() {
        return timeouts;
    }

    /** Established connections that the backend reset. */
    public long resets() {
        return resets;
    }

    /** Sessions that went to another backend after this one failed them. */
    public long retries() {
        return retries;
    }

    /** Payload bytes from the backend. */
    public long rxBytes() {
        return rxBytes;
    }

    /** Payload bytes that the backend acknowledged. */
    public long txBytes() {
        return txBytes;
    }

    void onConnected() {
        connections++;
        opened++;
    }

    void onDisconnected() {
        connections--;
    }

    void countRefused() {
        refused++;
    }

    void countTimeout() {
        timeouts++;
    }

    void countReset() {
        resets++;
    }

    void countRetry() {
        retries++;
    }

    void countReceived(long bytes) {
        rxBytes += bytes;
    }

    void countSent(long bytes) {
        txBytes += bytes;
    }
}
