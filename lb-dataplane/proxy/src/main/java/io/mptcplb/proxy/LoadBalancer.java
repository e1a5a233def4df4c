package io.mptcplb.proxy;

import io.mptcplb.contract.AdvertiseConfig;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.IpPrefix;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.PoolConfig;
import io.mptcplb.contract.PortConfig;
import io.mptcplb.contract.RouteConfig;
import io.mptcplb.contract.VirtualServerConfig;
import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.FrameIo;
import io.mptcplb.stack.buffer.HeldBuffers;
import io.mptcplb.stack.flow.PortAllocator;
import io.mptcplb.stack.ip.FrameDispatcher;
import io.mptcplb.stack.ip.IpLayer;
import io.mptcplb.stack.ip.NetPort;
import io.mptcplb.stack.ip.PortRole;
import io.mptcplb.stack.mptcp.Announcement;
import io.mptcplb.stack.mptcp.MptcpPolicy;
import io.mptcplb.stack.mptcp.MptcpSettings;
import io.mptcplb.stack.mptcp.MptcpStack;
import io.mptcplb.stack.random.KeySource;
import io.mptcplb.stack.tcp.ExtensionFactory;
import io.mptcplb.stack.tcp.Listener;
import io.mptcplb.stack.tcp.TcpStack;
import java.util.ArrayList;
import java.util.List;

/**
 * One worker's whole protocol side: everything between received frames and frames to send. The
 * worker loop drives it with real ports, simulations and the warm-up with ports in memory.
 *
 * <p>Call order of a duty cycle, all with the same time: {@link #onFrame} for every frame polled,
 * {@link #expire}, {@link #output}, then flush the ports. {@link #nextDeadlineNanos} says how long
 * the worker may sleep afterwards.
 */
public final class LoadBalancer {
    /** Frames to poll from a port at a time. */
    public static final int BURST_FRAMES = WorkerSizes.BURST_FRAMES;

    private static final int SOURCE_PORT_FIRST = 16_384;
    private static final int SOURCE_PORT_LAST = 65_535;
    private static final int DESTINATIONS_SPARE = 16;

    private final LbConfig config;
    private final int worker;
    private final IpLayer ip;
    private final HeldBuffers buffers;
    private final TcpStack tcp;
    private final MptcpStack mptcp;
    private final FrameDispatcher dispatcher;
    private final Pool[] pools;
    private final VirtualServer[] servers;
    private final Sessions sessions;

    /**
     * Builds the tables of one worker; all its memory but the packets is allocated here.
     *
     * @param config what it serves
     * @param worker its number, from 0, below the configuration's worker count
     * @param ports one queue of every port, in the configuration's order
     * @param pool where the ports' frames come from
     * @param keys secure randomness of this worker alone
     * @param nowNanos when its time begins
     */
    public LoadBalancer(
            LbConfig config,
            int worker,
            FrameIo[] ports,
            BufferPool pool,
            KeySource keys,
            long nowNanos) {
        this.config = config;
        this.worker = worker;
        WorkerSizes sizes = new WorkerSizes(config);
        ip = new IpLayer(pool, keys, sizes.ip(), nowNanos);
        for (int i = 0; i < ports.length; i++) {
            addPort(config.ports().get(i), ports[i]);
        }
        buffers =
                new HeldBuffers(
                        pool,
                        2 * sizes.sessions(),
                        sizes.directionBuffers(pool),
                        sizes.workerBuffers(pool, ports));
        MptcpSettings multipath = sizes.mptcp(worker, workerBits());
        tcp =
                new TcpStack(
                        sizes.tcp(),
                        ip,
                        buffers,
                        sourcePorts(keys),
                        keys,
                        multipath.connections(),
                        nowNanos);
        mptcp = new MptcpStack(multipath, tcp, keys);
        dispatcher = new FrameDispatcher(ip, tcp.input(), nowNanos);
        pools = new Pool[config.pools().size()];
        for (int i = 0; i < pools.length; i++) {
            pools[i] = new Pool(config.pools().get(i));
        }
        servers = new VirtualServer[config.virtualServers().size()];
        for (int i = 0; i < servers.length; i++) {
            VirtualServerConfig server = config.virtualServers().get(i);
            int share = sizes.share(server.maxConnections());
            servers[i] = new VirtualServer(server, pool(server.pool()), share);
        }
        sessions =
                new Sessions(
                        sizes.sessions(),
                        buffers,
                        new TcpBackendConnector(tcp),
                        servers,
                        ip.phases());
        for (int i = 0; i < servers.length; i++) {
            listen(i);
        }
    }

    // ---- set-up

    private void addPort(PortConfig port, FrameIo io) {
        int mtuBytes =
                port.device().mtuBytes() > 0
                        ? port.device().mtuBytes()
                        : io.capabilities().mtuBytes();
        NetPort added = ip.addPort(port.name(), io, role(port), mtuBytes);
        for (IpPrefix prefix : port.addresses()) {
            IpAddress address = prefix.address();
            added.addAddress(address.hi(), address.lo(), prefix.bits());
        }
        for (RouteConfig route : port.routes()) {
            IpAddress network = route.destination().address();
            IpAddress gateway = route.gateway();
            added.addGatewayRoute(
                    network.hi(),
                    network.lo(),
                    route.destination().bits(),
                    gateway.hi(),
                    gateway.lo());
        }
    }

    private static PortRole role(PortConfig port) {
        return switch (port.role()) {
            case CLIENT -> PortRole.CLIENT;
            case BACKEND -> PortRole.BACKEND;
            case BOTH -> PortRole.BOTH;
        };
    }

    private PortAllocator sourcePorts(KeySource keys) {
        int destinations = DESTINATIONS_SPARE;
        for (PoolConfig pool : config.pools()) {
            destinations += pool.backends().size();
        }
        return new PortAllocator(
                SOURCE_PORT_FIRST, SOURCE_PORT_LAST, workerBits(), worker, destinations, keys);
    }

    /** Bits that tell the workers apart, in tokens and in source ports. */
    private int workerBits() {
        int workers = config.workers().count();
        return Integer.SIZE - Integer.numberOfLeadingZeros(workers - 1);
    }

    private Pool pool(String name) {
        for (Pool pool : pools) {
            if (pool.name().equals(name)) {
                return pool;
            }
        }
        throw new IllegalArgumentException("no pool is named " + name);
    }

    private void listen(int index) {
        VirtualServerConfig server = servers[index].config();
        ExtensionFactory factory = mptcp.server(policy(server.mptcp()));
        for (IpAddress address : server.addresses()) {
            addListener(address, server.port(), index, factory);
        }
        for (AdvertiseConfig entry : server.mptcp().advertise()) {
            ip.addVip(entry.address().hi(), entry.address().lo(), true);
        }
    }

    private MptcpPolicy policy(MptcpConfig wanted) {
        List<Announcement> announcements = new ArrayList<>();
        for (AdvertiseConfig entry : wanted.advertise()) {
            IpAddress address = entry.address();
            announcements.add(
                    new Announcement(entry.id(), address.hi(), address.lo(), entry.tcpPort()));
        }
        long backupPorts = 0;
        for (int i = 0; i < config.ports().size(); i++) {
            if (wanted.backupPorts().contains(config.ports().get(i).name())) {
                backupPorts |= 1L << i;
            }
        }
        return new MptcpPolicy(
                wanted.enabled(),
                wanted.checksumRequired(),
                !wanted.joinInitialAddress(),
                wanted.maxSubflows(),
                announcements,
                backupPorts);
    }

    private void addListener(IpAddress address, int port, int index, ExtensionFactory factory) {
        boolean added = ip.addVip(address.hi(), address.lo(), true);
        added &=
                tcp.listen(
                        new Listener(address.hi(), address.lo(), port, index, factory, sessions));
        if (!added) {
            throw new IllegalArgumentException(
                    "too many virtual addresses: " + address + " port " + port);
        }
    }

    // ---- getters

    public LbConfig config() {
        return config;
    }

    /** This worker's number. */
    public int worker() {
        return worker;
    }

    public IpLayer ip() {
        return ip;
    }

    public TcpStack tcp() {
        return tcp;
    }

    public MptcpStack mptcp() {
        return mptcp;
    }

    public HeldBuffers buffers() {
        return buffers;
    }

    public Sessions sessions() {
        return sessions;
    }

    /** Virtual servers in the configuration's order. */
    public List<VirtualServer> virtualServers() {
        return List.of(servers);
    }

    /** Pools in the configuration's order. */
    public List<Pool> pools() {
        return List.of(pools);
    }

    // ---- the cycle

    /** Takes a frame, and its buffers with it, that arrived on a port of the configuration. */
    public void onFrame(int portIndex, long m, long nowNanos) {
        dispatcher.onFrame(portIndex, m, nowNanos);
    }

    /** Fires at most {@code timersMax} due timers; returns the work done. */
    public int expire(long nowNanos, int timersMax) {
        return tcp.expire(nowNanos, timersMax) + ip.onTick(nowNanos);
    }

    /** Lets everything that has something to send put it into the ports; returns the work done. */
    public int output(long nowNanos) {
        return tcp.output(nowNanos) + sessions.reap();
    }

    /** What can wait for a cycle that found nothing else to do; returns the work done. */
    public int idle() {
        return mptcp.idle();
    }

    /** When {@link #expire} is due, {@code Long.MAX_VALUE} when nothing is. */
    public long nextDeadlineNanos() {
        return Math.min(tcp.nextDeadlineNanos(), ip.nextDeadlineNanos());
    }

    // ---- commands

    /**
     * Acts on a port's link and on what its device has become: paths without a link are left at
     * once, what is queued is cut for the MTU there is. True when neighbours are to be told, by
     * {@link #announce}.
     */
    public boolean onDevice(int portIndex, boolean linkUp, long nowNanos) {
        NetPort port = ip.port(portIndex);
        boolean another = port.lookAtDevice();
        boolean turned = linkUp != port.linkUp();
        if (turned) {
            port.setLinkUp(linkUp);
        }
        if (another || turned) {
            tcp.onPortChanged(portIndex, nowNanos);
        }
        return linkUp && (another || turned);
    }

    /**
     * Tells every link where our addresses are; once the ports are open, and when a link returns.
     */
    public void announce(long nowNanos) {
        ip.announce(nowNanos);
    }

    /**
     * The worker ends: resets every session. One more {@link #output} and a flush tell the peers.
     */
    public void close(long nowNanos) {
        sessions.abortAll(nowNanos);
        sessions.reap();
        ip.close();
    }
}
