package io.mptcplb.sim;

import io.mptcplb.frame.Steering;
import io.mptcplb.stack.buffer.HeldBuffers;
import io.mptcplb.stack.flow.PortAllocator;
import io.mptcplb.stack.ip.FrameDispatcher;
import io.mptcplb.stack.ip.IpLayer;
import io.mptcplb.stack.ip.IpLimits;
import io.mptcplb.stack.ip.NetPort;
import io.mptcplb.stack.ip.PortRole;
import io.mptcplb.stack.mptcp.MptcpSettings;
import io.mptcplb.stack.mptcp.MptcpStack;
import io.mptcplb.stack.random.ChaChaKeySource;
import io.mptcplb.stack.random.KeySource;
import io.mptcplb.stack.random.Prng;
import io.mptcplb.stack.tcp.TcpSettings;
import io.mptcplb.stack.tcp.TcpStack;
import io.mptcplb.wire.IpAddress;

/** A host with MPTCP over as many ports as it has been given. */
public final class MptcpHost implements Protocol {
    private static final int TIMERS_PER_CYCLE = 1024;
    private static final int CONNECTIONS = 32;

    private final IpLayer ip;
    private final TcpStack tcp;
    private final MptcpStack mptcp;
    private final HeldBuffers buffers;
    private final FrameDispatcher dispatcher;

    /**
     * @param addresses one for each of the host's ports: IPv4 in a /24 or IPv6 in a /64
     */
    public MptcpHost(
            World world,
            SimHost host,
            TcpSettings settings,
            int budgetBuffers,
            IpAddress... addresses) {
        byte[] seed = new byte[ChaChaKeySource.SEED_BYTES];
        new Prng(world.prng().nextLong()).fill(seed, 0, seed.length);
        KeySource keys = new ChaChaKeySource(seed);
        buffers =
                new HeldBuffers(
                        host.pool(),
                        settings.endpoints(),
                        budgetBuffers,
                        host.pool().capacity() * 3 / 4);
        ip = new IpLayer(host.pool(), keys, IpLimits.standard(), world.nowNanos());
        for (int i = 0; i < addresses.length; i++) {
            String name = host.name() + i;
            NetPort port = ip.addPort(name, host.port(i).memoryPort(), PortRole.BOTH, 1500);
            port.addAddress(addresses[i].hi(), addresses[i].lo(), Families.linkBits(addresses[i]));
        }
        PortAllocator ports = new PortAllocator(32_768, 60_999, Steering.ONE, 0, 64, keys);
        tcp = new TcpStack(settings, ip, buffers, ports, keys, CONNECTIONS, world.nowNanos());
        mptcp = new MptcpStack(MptcpSettings.defaults(CONNECTIONS), tcp, keys);
        dispatcher = new FrameDispatcher(ip, tcp.input(), world.nowNanos());
        host.run(this);
    }

    public TcpStack tcp() {
        return tcp;
    }

    public MptcpStack mptcp() {
        return mptcp;
    }

    public IpLayer ip() {
        return ip;
    }

    public HeldBuffers buffers() {
        return buffers;
    }

    @Override
    public void onFrame(int portIndex, long m, long nowNanos) {
        dispatcher.onFrame(portIndex, m, nowNanos);
    }

    @Override
    public void cycle(long nowNanos) {
        ip.onTick(nowNanos);
        tcp.expire(nowNanos, TIMERS_PER_CYCLE);
        tcp.output(nowNanos);
        mptcp.idle();
    }

    @Override
    public long nextDeadlineNanos() {
        return Math.min(ip.nextDeadlineNanos(), tcp.nextDeadlineNanos());
    }
}
