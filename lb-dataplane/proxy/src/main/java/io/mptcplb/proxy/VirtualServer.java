package io.mptcplb.proxy;

import io.mptcplb.contract.TimeoutConfig;
import io.mptcplb.contract.VirtualServerConfig;
import io.mptcplb.stack.mptcp.MptcpPolicy;
import io.mptcplb.stack.mptcp.PolicySource;
import org.jspecify.annotations.Nullable;

/**
 * What clients connect to, as one worker sees it: its pool, its policies, its limits and its
 * figures. It is the same one as long as its name is, and its connections look here for what is in
 * force.
 */
public final class VirtualServer implements PolicySource {
    private final String name;
    private @Nullable ServerSetting setting;
    private int connections;
    private int multipathConnections;
    private long opened;
    private long multipathOpened;
    private long refused;
    private long rxBytes;
    private long txBytes;

    VirtualServer(String name) {
        this.name = name;
    }

    /** From now on. Worker thread only. */
    void become(ServerSetting next) {
        setting = next;
    }

    private ServerSetting setting() {
        ServerSetting known = setting;
        if (known == null) {
            throw new IllegalStateException("virtual server " + name + " is not yet in force");
        }
        return known;
    }

    public String name() {
        return name;
    }

    /** As it is in force, or was last. */
    public VirtualServerConfig config() {
        return setting().config();
    }

    /** New clients are refused. */
    public boolean draining() {
        return setting().draining();
    }

    Pool pool() {
        return setting().pool();
    }

    TimeoutConfig timeouts() {
        return setting().config().timeouts();
    }

    @Override
    public MptcpPolicy policyFor(long clientHi, long clientLo) {
        return setting().policies().policyFor(clientHi, clientLo);
    }

    boolean full() {
        return connections >= setting().connectionsMax();
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
