package io.mptcplb.sim;

import io.mptcplb.frame.Steering;
import io.mptcplb.stack.buffer.HeldBuffers;
import io.mptcplb.stack.flow.PortAllocator;
import io.mptcplb.stack.ip.FrameDispatcher;
import io.mptcplb.stack.ip.IpLayer;
import io.mptcplb.stack.ip.IpLimits;
import io.mptcplb.stack.ip.NetPort;
import io.mptcplb.stack.ip.PortRole;
import io.mptcplb.stack.random.ChaChaKeySource;
import io.mptcplb.stack.random.KeySource;
import io.mptcplb.stack.random.Prng;
import io.mptcplb.stack.tcp.TcpSettings;
import io.mptcplb.stack.tcp.TcpStack;
import io.mptcplb.wire.IpAddress;

/** A host that runs nothing but TCP: a plain client, or a backend. */
public final class TcpHost implements Protocol {
    private static final int TIMERS_PER_CYCLE = 1024;

    private final IpLayer ip;
    private final TcpStack tcp;
    private final HeldBuffers buffers;
    private final FrameDispatcher dispatcher;

    /**
     * @param address IPv4 in a /24 or IPv6 in a /64
     */
    public TcpHost(
            World world, SimHost host, IpAddress address, TcpSettings settings, int budgetBuffers) {
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
        NetPort port = ip.addPort(host.name(), host.port(0).memoryPort(), PortRole.BOTH, 1500);
        port.addAddress(address.hi(), address.lo(), Families.linkBits(address));
        PortAllocator ports = new PortAllocator(32_768, 60_999, Steering.ONE, 0, 64, keys);
        tcp = new TcpStack(settings, ip, buffers, ports, keys, 0, world.nowNanos());
        dispatcher = new FrameDispatcher(ip, tcp.input(), world.nowNanos());
        host.run(this);
    }

    public TcpStack tcp() {
        return tcp;
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
    }

    @Override
    public long nextDeadlineNanos() {
        return Math.min(ip.nextDeadlineNanos(), tcp.nextDeadlineNanos());
    }
}
