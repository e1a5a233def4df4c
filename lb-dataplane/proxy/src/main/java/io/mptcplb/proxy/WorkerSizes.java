package io.mptcplb.proxy;

import io.mptcplb.contract.ClientPolicyConfig;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.PoolConfig;
import io.mptcplb.contract.PortConfig;
import io.mptcplb.contract.SizeConfig;
import io.mptcplb.contract.VirtualServerConfig;
import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.FrameIo;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.stack.ip.IpLimits;
import io.mptcplb.stack.mptcp.MptcpSettings;
import io.mptcplb.stack.tcp.TcpSettings;

/** What one worker's tables are sized for, worked out once from the configuration. */
final class WorkerSizes {
    /** Frames taken from a port at a time. */
    static final int BURST_FRAMES = 32;

    private static final int RESERVE_BURSTS = 4;
    private static final int WAITING_FRAMES = 256;
    private static final int ECHO_REPLIES_PER_SECOND = 1000;
    private static final int ON_LINK_ROUTES_SPARE = 16;
    private static final int INITIAL_WINDOW_BYTES_MAX = 65_535;
    private static final int RUNS_MAX = 256;
    private static final int DATA_RUNS_MAX = 512;
    private static final int KEYS_READY_MAX = 1024;
    private static final int WINDOW_SHIFT_MAX = 14;
    private static final long TIME_WAIT_NANOS = 10_000_000_000L;
    private static final long TIME_WAIT_ACTIVE_NANOS = 1_000_000_000L;
    private static final long SECOND_NANOS = 1_000_000_000L;

    /** A session gives a backend up by its own timer, and TCP its SYN long before this. */
    private static final long CONNECT_NANOS = 300 * SECOND_NANOS;

    /** VIPs beyond those of the first configuration, and those that old connections still use. */
    private static final int VIPS_SPARE = 128;

    private static final int VIPS_LEAVING = 64;
    private static final int DESTINATIONS_SPARE = 256;

    private final LbConfig config;

    WorkerSizes(LbConfig config) {
        this.config = config;
    }

    /** A worker's share of something that the configuration limits for the whole process. */
    int share(int ofAll) {
        int workers = config.workers().count();
        return (ofAll + workers - 1) / workers;
    }

    int sessions() {
        return share(config.sizes().maxConnections());
    }

    /** For each session a backend connection and the subflows it may have, and what has closed. */
    int endpoints() {
        int subflows = 1;
        for (VirtualServerConfig server : config.virtualServers()) {
            subflows = Math.max(subflows, 1 + server.subflowsMax());
        }
        SizeConfig sizes = config.sizes();
        long wanted =
                (long) sessions() * (1 + subflows)
                        + share(sizes.maxHalfOpen())
                        + share(sizes.maxTimeWait());
        return (int) Math.min(wanted, SizeConfig.CONNECTIONS_MAX);
    }

    TcpSettings tcp() {
        long budgetBytes = config.buffers().sessionBudgetBytes();
        return new TcpSettings(
                endpoints(),
                share(config.sizes().maxHalfOpen()),
                windowShift(budgetBytes),
                (int) Math.min(INITIAL_WINDOW_BYTES_MAX, budgetBytes),
                RUNS_MAX,
                TIME_WAIT_NANOS,
                TIME_WAIT_ACTIVE_NANOS,
                CONNECT_NANOS);
    }

    /** As many as it may have at all, among the others. */
    int flowsElsewhere() {
        return endpoints() / Math.max(1, config.workers().count() - 1);
    }

    MptcpSettings mptcp(int worker) {
        int workers = config.workers().count();
        return new MptcpSettings(
                sessions(),
                worker,
                Integer.SIZE - Integer.numberOfLeadingZeros(workers - 1),
                Math.min(sessions(), KEYS_READY_MAX),
                DATA_RUNS_MAX);
    }

    /** The smallest scale at which a whole budget can be offered (RFC 7323 s2.3). */
    static int windowShift(long windowBytes) {
        int shift = 0;
        while (shift < WINDOW_SHIFT_MAX && windowBytes >> shift > 0xffff) {
            shift++;
        }
        return shift;
    }

    /** VIPs and announced addresses that any configuration may have. */
    int vipsMax() {
        int vips = VIPS_SPARE;
        for (VirtualServerConfig server : config.virtualServers()) {
            vips += server.addresses().size() + server.mptcp().advertise().size();
            for (ClientPolicyConfig policy : server.clientPolicies()) {
                vips += policy.mptcp().advertise().size();
            }
        }
        return vips;
    }

    /** Backends that any configuration may have. */
    int destinationsMax() {
        int destinations = DESTINATIONS_SPARE;
        for (PoolConfig pool : config.pools()) {
            destinations += pool.backends().size();
        }
        return destinations;
    }

    IpLimits ip() {
        int addresses = 0;
        int routes = 0;
        for (PortConfig port : config.ports()) {
            addresses = Math.max(addresses, port.addresses().size());
            routes = Math.max(routes, port.addresses().size() + port.routes().size());
        }
        return new IpLimits(
                config.ports().size(),
                addresses + vipsMax() + VIPS_LEAVING,
                routes + ON_LINK_ROUTES_SPARE,
                config.sizes().maxNeighbours(),
                WAITING_FRAMES,
                ECHO_REPLIES_PER_SECOND);
    }

    /**
     * The most buffers that one direction of a session invites: with the half more that it may
     * hold, both directions stay within the session's budget.
     */
    int directionBuffers(BufferPool pool) {
        return (int) (config.buffers().sessionBudgetBytes() / 3 / truesizeBytes(pool));
    }

    /** The most buffers that all sessions of the worker may hold. */
    int workerBuffers(BufferPool pool, FrameIo[] ports) {
        int reserve = 0;
        for (FrameIo port : ports) {
            int configured = config.buffers().receiveReserve();
            reserve +=
                    configured > 0
                            ? configured
                            : port.capabilities().rxQueueFrames() + RESERVE_BURSTS * BURST_FRAMES;
        }
        // Headers are built from the same pool: an eighth stays free for what is on its way out.
        long free = pool.capacity() - (long) reserve - pool.capacity() / 8;
        long budget = config.buffers().workerBudgetBytes();
        if (budget > 0) {
            free = Math.min(free, budget / truesizeBytes(pool));
        }
        if (free < directionBuffers(pool) / 4) {
            throw new IllegalArgumentException(
                    "buffers.count "
                            + pool.capacity()
                            + " is too small: "
                            + reserve
                            + " are reserved for receiving, which leaves "
                            + free
                            + " for sessions");
        }
        return (int) free;
    }

    private static long truesizeBytes(BufferPool pool) {
        return Mbuf.STRUCT_BYTES + Mbuf.PRIVATE_BYTES + (long) pool.roomBytes();
    }
}
