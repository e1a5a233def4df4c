package io.mptcplb.proxy;

import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.IpPrefix;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.PortConfig;
import io.mptcplb.contract.RouteConfig;
import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.FrameIo;
import io.mptcplb.stack.buffer.HeldBuffers;
import io.mptcplb.stack.flow.PortAllocator;
import io.mptcplb.stack.ip.Crew;
import io.mptcplb.stack.ip.FrameDispatcher;
import io.mptcplb.stack.ip.IpLayer;
import io.mptcplb.stack.ip.NetPort;
import io.mptcplb.stack.ip.PortRole;
import io.mptcplb.stack.mptcp.MptcpSettings;
import io.mptcplb.stack.mptcp.MptcpStack;
import io.mptcplb.stack.random.KeySource;
import io.mptcplb.stack.tcp.Listener;
import io.mptcplb.stack.tcp.TcpStack;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One worker's whole protocol side: everything between received frames and frames to send. The
 * worker loop drives it with real ports, simulations and the warm-up with ports in memory.
 *
 * <p>Call order of a duty cycle, all with the same time: {@link #onFrame} for every frame polled,
 * {@link #expire}, {@link #runPolicy}, {@link #output}, then flush the ports. {@link
 * #nextDeadlineNanos} says how long the worker may sleep afterwards.
 */
public final class LoadBalancer {
    /** Frames to poll from a port at a time. */
    public static final int BURST_FRAMES = WorkerSizes.BURST_FRAMES;

    private static final int SOURCE_PORT_FIRST = 16_384;

    private final Crew crew;
    private final IpLayer ip;
    private final HeldBuffers buffers;
    private final TcpStack tcp;
    private final MptcpStack mptcp;
    private final FrameDispatcher dispatcher;
    private final Sessions sessions;
    private Revision revision;
    private boolean policyPending;

    /**
     * Builds the tables of one worker; all its memory but the packets is allocated here.
     *
     * @param config what it serves
     * @param crew its place among the configuration's workers
     * @param ports one queue of every port, in the configuration's order
     * @param pool where the ports' frames come from
     * @param keys secure randomness of this worker alone
     * @param nowNanos when its time begins
     */
    public LoadBalancer(
            LbConfig config,
            Crew crew,
            FrameIo[] ports,
            BufferPool pool,
            KeySource keys,
            long nowNanos) {
        this.crew = crew;
        WorkerSizes sizes = new WorkerSizes(config);
        ip = new IpLayer(pool, keys, sizes.ip(), crew, nowNanos);
        for (int i = 0; i < ports.length; i++) {
            addPort(config.ports().get(i), ports[i]);
        }
        buffers =
                new HeldBuffers(
                        pool,
                        2 * sizes.sessions(),
                        sizes.directionBuffers(pool),
                        sizes.workerBuffers(pool, ports));
        MptcpSettings multipath = sizes.mptcp(crew.worker());
        tcp =
                new TcpStack(
                        sizes.tcp(),
                        ip,
                        buffers,
                        sourcePorts(config, sizes.destinationsMax(), keys),
                        keys,
                        multipath.connections(),
                        nowNanos);
        mptcp = new MptcpStack(multipath, tcp, keys);
        dispatcher = new FrameDispatcher(ip, tcp.input(), nowNanos);
        sessions =
                new Sessions(
                        sizes.sessions(),
                        buffers,
                        new TcpBackendConnector(tcp),
                        crew.worker(),
                        ip.phases());
        revision = new Revisions(config, sizes, mptcp, sessions).first(config);
        enforce(revision.change());
    }

    // ---- set-up

    private void addPort(PortConfig port, FrameIo io) {
        int mtuBytes =
                port.device().mtuBytes() > 0
                        ? port.device().mtuBytes()
                        : io.capabilities().mtuBytes();
        NetPort added = ip.addPort(port.name(), io, role(port), mtuBytes);
        if (port.sharesKernelAddress()) {
            added.shareWithKernel(PortConfig.SHARED_TCP_PORT_FIRST);
        }
        for (IpPrefix prefix : port.addresses()) {
            IpAddress address = prefix.address();
            added.addAddress(address.hi(), address.lo(), prefix.bits());
        }
        for (RouteConfig route : port.routes()) {
            IpAddress network = route.destination().address();
            IpAddress gateway = route.gateway();
            int bits = route.destination().bits();
            if (route.isOnLink()) {
                added.addOnLinkRoute(network.hi(), network.lo(), bits);
            } else {
                added.addGatewayRoute(network.hi(), network.lo(), bits, gateway.hi(), gateway.lo());
            }
        }
    }

    private static PortRole role(PortConfig port) {
        return switch (port.role()) {
            case CLIENT -> PortRole.CLIENT;
            case BACKEND -> PortRole.BACKEND;
            case BOTH -> PortRole.BOTH;
        };
    }

    private PortAllocator sourcePorts(LbConfig config, int destinations, KeySource keys) {
        boolean shared = false;
        for (PortConfig port : config.ports()) {
            shared |= port.sharesKernelAddress();
        }
        int first = shared ? PortConfig.SHARED_TCP_PORT_FIRST : SOURCE_PORT_FIRST;
        return new PortAllocator(
                first,
                PortConfig.TCP_PORT_LAST,
                crew.steering(),
                crew.worker(),
                destinations,
                keys);
    }

    /** Subflows of a worker that may be at home with one and the same other worker. */
    public static int flowsElsewhereMax(LbConfig config) {
        return new WorkerSizes(config).flowsElsewhere();
    }

    // ---- getters

    /** What is in force. Before the worker runs for any thread, then for the worker alone. */
    public Revision revision() {
        return revision;
    }

    /** This worker's number. */
    public int worker() {
        return crew.worker();
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
        return revision.virtualServers();
    }

    /** Pools in the configuration's order. */
    public List<Pool> pools() {
        return revision.pools();
    }

    // ---- the cycle

    /** Takes a frame, and its buffers with it, that arrived on a port of the configuration. */
    public void onFrame(int portIndex, long m, long nowNanos) {
        dispatcher.onFrame(portIndex, m, nowNanos);
    }

    /** Takes a frame, and its buffers with it, that another worker was given. */
    public void onHandedOver(int portIndex, long m, boolean settled, long nowNanos) {
        dispatcher.onHandedOver(portIndex, m, settled, nowNanos);
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

    /**
     * Lets at most {@code sessionsMax} live sessions follow what has changed; returns the work
     * done. Before {@link #output}, which sends what they have to tell.
     */
    public int runPolicy(long nowNanos, int sessionsMax) {
        if (!sessions.walking() && !policyPending) {
            return 0;
        }
        int visited = sessions.walk(nowNanos, sessionsMax);
        if (!sessions.walking() && policyPending) {
            policyPending = false;
            sessions.events().onPolicySettled(revision.config().generation(), nowNanos);
        }
        return visited + 1;
    }

    // ---- commands

    /**
     * Goes over to the next revision, made from the one in force: new clients at once, live ones in
     * {@link #runPolicy}. Between two bursts.
     */
    public void apply(Revision next, long nowNanos) {
        revision = next;
        enforce(next.change());
        if (crew.speaksForAll()) {
            ip.announceNew(nowNanos);
        }
        policyPending = true;
        sessions.startWalk();
    }

    private void enforce(Change change) {
        for (int i = 0; i < change.backends.length; i++) {
            change.backends[i].become(change.backendConfigs[i]);
        }
        for (int i = 0; i < change.pools.length; i++) {
            change.pools[i].become(change.poolSettings[i]);
        }
        for (Listener listener : change.closed) {
            tcp.unlisten(listener);
        }
        for (IpAddress vip : change.vipsGone) {
            ip.removeVip(vip.hi(), vip.lo());
        }
        for (int i = 0; i < change.vipsSet.length; i++) {
            IpAddress vip = change.vipsSet[i];
            ip.addVip(vip.hi(), vip.lo(), change.vipsAnnounced[i]);
        }
        for (int i = 0; i < change.servers.length; i++) {
            ServerSetting setting = change.serverSettings[i];
            change.servers[i].become(setting);
            for (int j = 0; j < setting.listeners().size(); j++) {
                setting.listeners().get(j).open(!setting.draining());
            }
        }
        for (Listener listener : change.opened) {
            tcp.listen(listener);
        }
        ip.passStraysToNobody();
        for (IpAddress box : change.passStraysTo) {
            ip.passStraysTo(box.hi(), box.lo());
        }
    }

    /** The carrier of a port has come, or gone: its subflows count as stalled at once, or not. */
    public void linkChanged(int portIndex, boolean up, long nowNanos) {
        ip.port(portIndex).setLinkUp(up);
        sessions.startWalk();
        if (crew.speaksForAll()) {
            sessions.events().onPortLink(portIndex, up, nowNanos);
        }
        if (up) {
            announce(nowNanos);
        }
    }

    /**
     * Takes over what a port's device has become: what is queued is cut for the MTU there is, and
     * neighbours learn the hardware address.
     */
    public void lookAtDevice(int portIndex, long nowNanos) {
        if (ip.port(portIndex).lookAtDevice()) {
            tcp.onPortMtu(portIndex, nowNanos);
            announce(nowNanos);
        }
    }

    /** Who is told what becomes of clients from now on; null for nobody. */
    public void events(@Nullable BalancerEvents listener) {
        sessions.events(listener);
        mptcp.events(listener);
    }

    /**
     * Tells what is true now, a bounded number of sessions at a time, by the same events as what
     * becomes true meanwhile.
     *
     * @param from 0 at first, then what the last call returned
     * @return where to go on; negative when all was told
     */
    public int snapshot(int from, int sessionsMax, BalancerEvents to, long nowNanos) {
        return sessions.tell(from, sessionsMax, to, nowNanos);
    }

    /**
     * Tells every link where our addresses are; once the ports are open, and when a link returns.
     */
    public void announce(long nowNanos) {
        if (crew.speaksForAll()) {
            ip.announce(nowNanos);
        }
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
