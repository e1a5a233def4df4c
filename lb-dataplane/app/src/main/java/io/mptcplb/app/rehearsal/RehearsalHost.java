package io.mptcplb.app.rehearsal;

import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.FrameIo;
import io.mptcplb.frame.Steering;
import io.mptcplb.stack.buffer.HeldBuffers;
import io.mptcplb.stack.flow.PortAllocator;
import io.mptcplb.stack.ip.FrameDispatcher;
import io.mptcplb.stack.ip.IpLayer;
import io.mptcplb.stack.ip.IpLimits;
import io.mptcplb.stack.ip.NetPort;
import io.mptcplb.stack.ip.PortRole;
import io.mptcplb.stack.mptcp.MptcpConnection;
import io.mptcplb.stack.mptcp.MptcpPolicy;
import io.mptcplb.stack.mptcp.MptcpSettings;
import io.mptcplb.stack.mptcp.MptcpStack;
import io.mptcplb.stack.random.KeySource;
import io.mptcplb.stack.tcp.Acceptor;
import io.mptcplb.stack.tcp.Listener;
import io.mptcplb.stack.tcp.PlainStream;
import io.mptcplb.stack.tcp.TcpSettings;
import io.mptcplb.stack.tcp.TcpStack;
import io.mptcplb.wire.IpAddresses;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client or a backend of the rehearsal: our own stack at the other end of the cable. */
public final class RehearsalHost implements AutoCloseable {
    private static final int BUDGET_BUFFERS = 1_024;
    private static final int ENDPOINTS = 512;
    private static final int CONNECTIONS = 64;
    private static final int PREFIX_BITS = 24;
    private static final int BURST = 32;
    private static final int TIMERS_MAX = 256;
    private static final IpLimits IP_LIMITS = new IpLimits(2, 8, 8, 16, 64, 1_000);

    private final List<FrameIo> ports;
    private final int[] addresses;
    private final HeldBuffers buffers;
    private final IpLayer ip;
    private final TcpStack tcp;
    private final MptcpStack mptcp;
    private final FrameDispatcher dispatcher;
    private final long[] burst = new long[BURST];

    /**
     * @param pool shared by all machines, as they share the thread
     * @param ports whose owner lives longer
     * @param addresses IPv4, one for each of the ports, each in a /24
     */
    public RehearsalHost(
            BufferPool pool, KeySource keys, long nowNanos, List<FrameIo> ports, int... addresses) {
        this.ports = List.copyOf(ports);
        this.addresses = addresses.clone();
        ip = new IpLayer(pool, keys, IP_LIMITS, nowNanos);
        for (int i = 0; i < addresses.length; i++) {
            NetPort added = ip.addPort("port" + i, ports.get(i), PortRole.BOTH, Cabling.MTU_BYTES);
            added.addAddress(0, IpAddresses.v4(addresses[i]), PREFIX_BITS);
            // Each of its networks leads to all others through the box, the first host of it.
            int gateway = (addresses[i] & -1 << Integer.SIZE - PREFIX_BITS) + 1;
            added.addGatewayRoute(0, IpAddresses.v4(0), 0, 0, IpAddresses.v4(gateway));
        }
        buffers = new HeldBuffers(pool, ENDPOINTS, BUDGET_BUFFERS, pool.capacity() / 4);
        PortAllocator sourcePorts = new PortAllocator(1_024, 65_535, Steering.ONE, 0, 16, keys);
        TcpSettings settings = TcpSettings.defaults(ENDPOINTS);
        tcp = new TcpStack(settings, ip, buffers, sourcePorts, keys, CONNECTIONS, nowNanos);
        mptcp = new MptcpStack(MptcpSettings.defaults(CONNECTIONS), tcp, keys);
        dispatcher = new FrameDispatcher(ip, tcp.input(), nowNanos);
    }

    public HeldBuffers buffers() {
        return buffers;
    }

    /** Takes plain TCP connections to its first address. */
    public void listen(int tcpPort, Acceptor acceptor) {
        tcp.listen(
                new Listener(
                        0,
                        IpAddresses.v4(addresses[0]),
                        tcpPort,
                        (endpoint, syn, listener, nowNanos) ->
                                tcp.plain(endpoint).accept(listener.acceptor()),
                        acceptor));
    }

    /** Opens a plain TCP connection; false when there is no way or no room. */
    public boolean connect(RehearsalPeer peer, int address, int tcpPort, long nowNanos) {
        PlainStream stream = tcp.prepare(0, IpAddresses.v4(address), tcpPort, nowNanos);
        if (stream == null) {
            return false;
        }
        peer.use(stream, nowNanos);
        stream.connect(Cabling.MTU_BYTES, nowNanos);
        return true;
    }

    /** Opens an MPTCP connection; null when there is no way or no room. */
    public @Nullable MptcpConnection connectMultipath(
            RehearsalPeer peer, int address, int tcpPort, long nowNanos) {
        MptcpConnection connection =
                mptcp.prepare(
                        MptcpPolicy.defaults(), 0, IpAddresses.v4(address), tcpPort, nowNanos);
        if (connection != null) {
            peer.use(connection, nowNanos);
            connection.connect(nowNanos);
        }
        return connection;
    }

    /** Adds a subflow from its second port; false while the connection takes none. */
    public boolean join(MptcpConnection connection, long nowNanos) {
        return mptcp.join(connection, 1, 0, IpAddresses.v4(addresses[1]), 1, false, nowNanos);
    }

    /** One duty cycle; returns the work done. */
    public int cycle(long nowNanos) {
        int work = 0;
        for (int i = 0; i < ports.size(); i++) {
            int count = ports.get(i).poll(burst);
            while (count > 0) {
                for (int f = 0; f < count; f++) {
                    dispatcher.onFrame(i, burst[f], nowNanos);
                }
                work += count;
                count = ports.get(i).poll(burst);
            }
        }
        work += ip.onTick(nowNanos) + tcp.expire(nowNanos, TIMERS_MAX) + tcp.output(nowNanos);
        for (FrameIo port : ports) {
            work += port.flush();
        }
        return work + mptcp.idle();
    }

    public long nextDeadlineNanos() {
        return Math.min(ip.nextDeadlineNanos(), tcp.nextDeadlineNanos());
    }

    @Override
    public void close() {
        ip.close();
    }
}
