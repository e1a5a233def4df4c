package io.mptcplb.stack.mptcp;

import io.mptcplb.frame.ArenaBufferPool;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import io.mptcplb.frame.MemoryPort;
import io.mptcplb.stack.buffer.HeldBuffers;
import io.mptcplb.stack.buffer.Payload;
import io.mptcplb.stack.buffer.StreamQueue;
import io.mptcplb.stack.flow.PortAllocator;
import io.mptcplb.stack.ip.Crew;
import io.mptcplb.stack.ip.FrameDispatcher;
import io.mptcplb.stack.ip.IpLayer;
import io.mptcplb.stack.ip.IpLimits;
import io.mptcplb.stack.ip.NetPort;
import io.mptcplb.stack.ip.PortRole;
import io.mptcplb.stack.random.ChaChaKeySource;
import io.mptcplb.stack.tcp.CloseCause;
import io.mptcplb.stack.tcp.Listener;
import io.mptcplb.stack.tcp.Stream;
import io.mptcplb.stack.tcp.StreamListener;
import io.mptcplb.stack.tcp.TcpSettings;
import io.mptcplb.stack.tcp.TcpStack;
import io.mptcplb.wire.IpAddresses;
import org.jspecify.annotations.Nullable;

/**
 * A server with two ports and one virtual server, and the application behind it, which keeps what
 * it receives. {@link TestPeer} plays the client, segment by segment.
 */
final class Bench implements StreamListener, AutoCloseable {
    static final long SECOND = 1_000_000_000L;
    static final long MILLI = 1_000_000L;
    static final int VIP = 0xcb007101; // 203.0.113.1
    static final int OTHER_VIP = 0xcb007102;
    static final int VIP_PORT = 443;
    static final int[] SERVER = {0xc6120001, 0xc6120101}; // 198.18.0.1, 198.18.1.1
    private static final int TIMERS = 1024;

    /** Where a frame from the wire arrives. */
    interface Arrival {
        void onFrame(int port, long m, long nowNanos);
    }

    final ArenaBufferPool pool;
    final MemoryPort[] cables = new MemoryPort[2];
    final IpLayer ip;
    final HeldBuffers buffers;
    final TcpStack tcp;
    final MptcpStack mptcp;
    final FrameDispatcher dispatcher;
    Arrival arrival;
    final StreamQueue received;
    final StreamQueue source;
    @Nullable Stream stream;
    @Nullable CloseCause cause;
    int accepted;
    long now = 100 * SECOND;
    private final int receiveBudget;
    private final int sendBudget;

    /** What is in force; live connections follow when told to. */
    PolicySource policy;

    Bench(MptcpPolicy policy) {
        this(policy, MptcpSettings.defaults(4));
    }

    Bench(MptcpPolicy policy, MptcpSettings settings) {
        this(policy, settings, new ArenaBufferPool(1024, Mbuf.DEFAULT_ROOM_BYTES), Crew.ALONE);
    }

    /** One of several workers, which share a pool. */
    Bench(MptcpPolicy policy, MptcpSettings settings, ArenaBufferPool pool, Crew crew) {
        this.pool = pool;
        this.policy = policy;
        ChaChaKeySource keys = new ChaChaKeySource(new byte[ChaChaKeySource.SEED_BYTES]);
        ip = new IpLayer(pool, keys, IpLimits.standard(), crew, now);
        for (int i = 0; i < cables.length; i++) {
            cables[i] = new MemoryPort(pool, serverMac(i), MemoryPort.plain(1500), 256);
            NetPort port = ip.addPort("isp" + i, cables[i], PortRole.BOTH, 1500);
            port.addAddress(0, IpAddresses.v4(SERVER[i]), 24);
        }
        ip.addVip(0, IpAddresses.v4(VIP), false);
        ip.addVip(0, IpAddresses.v4(OTHER_VIP), false);
        buffers = new HeldBuffers(pool, 8, 256, 768);
        PortAllocator ports =
                new PortAllocator(32_768, 60_999, crew.steering(), crew.worker(), 16, keys);
        TcpSettings limits = TcpSettings.defaults(32);
        tcp = new TcpStack(limits, ip, buffers, ports, keys, settings.connections(), now);
        mptcp = new MptcpStack(settings, tcp, keys);
        dispatcher = new FrameDispatcher(ip, tcp.input(), now);
        arrival = dispatcher::onFrame;
        received = new StreamQueue(buffers);
        source = new StreamQueue(buffers);
        receiveBudget = buffers.openBudget();
        sendBudget = buffers.openBudget();
        tcp.listen(
                new Listener(
                        0,
                        IpAddresses.v4(VIP),
                        VIP_PORT,
                        mptcp.server((hi, lo) -> this.policy.policyFor(hi, lo)),
                        this::accept));
    }

    static long serverMac(int port) {
        return 1L << 41 | 0x100 | port;
    }

    static long clientMac(int port) {
        return 1L << 41 | 0x200 | port;
    }

    private void accept(Stream newStream, Listener listener, long nowNanos) {
        accepted++;
        stream = newStream;
        newStream.attach(this, received, source, receiveBudget);
    }

    /** The application sends so many bytes, each its own position. */
    void write(int bytes) {
        for (int left = bytes; left > 0; ) {
            int piece = Math.min(left, 1400);
            long m = pool.alloc();
            for (int i = 0; i < piece; i++) {
                Mem.setU8(Mbuf.data(m) + i, (int) source.endOffset() + i);
            }
            Mbuf.setLength(m, piece);
            Payload.clear(m);
            buffers.adopt(m, sendBudget);
            source.append(m);
            left -= piece;
        }
        if (stream != null) {
            stream.sourceChanged(now);
        }
        cycle();
    }

    /** What the application has received, as text. */
    String text() {
        StringBuilder text = new StringBuilder();
        for (long at = 0; at < received.endOffset(); at++) {
            long m = received.bufferAt(at);
            text.append((char) Mem.u8(Mbuf.data(m) + at - Payload.offset(m)));
        }
        return text.toString();
    }

    /** Timers and output, as a worker does it after a burst. */
    void cycle() {
        ip.onTick(now);
        tcp.expire(now, TIMERS);
        tcp.output(now);
        for (MemoryPort cable : cables) {
            cable.flush();
        }
    }

    void pass(long nanos) {
        long end = now + nanos;
        while (now < end) {
            now = Math.min(end, now + 10 * MILLI);
            cycle();
        }
    }

    MptcpConnection connection() {
        return mptcp.connection(0);
    }

    @Override
    public void onConnected(Stream of, long nowNanos) {}

    @Override
    public void onReceived(Stream of, long nowNanos) {}

    @Override
    public void onReleased(Stream of, long nowNanos) {}

    @Override
    public void onTimer(Stream of, long nowNanos) {}

    @Override
    public void onClosed(Stream of, CloseCause why, long nowNanos) {
        cause = why;
        stream = null;
    }

    @Override
    public void close() {
        for (MemoryPort cable : cables) {
            cable.clear();
        }
        pool.close();
    }
}
