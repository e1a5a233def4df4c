package io.mptcplb.stack.ip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.frame.ArenaBufferPool;
import io.mptcplb.frame.GatherFrame;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import io.mptcplb.frame.MemoryPort;
import io.mptcplb.stack.random.ChaChaKeySource;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A client port (index 0) and a backend port (index 1) on memory cables, with addresses, gateways
 * and VIPs, and a recorder in TCP's place. {@link #close} fails when a buffer is missing.
 */
final class IpFixture implements SegmentInput, AutoCloseable {
    static final long SECOND = 1_000_000_000L;
    static final long OUR_MAC = 0x02_00_00_00_00_01L;
    static final long BACKEND_MAC = 0x02_00_00_00_00_02L;
    static final long PEER_MAC = 0x02_00_00_00_0a_01L;
    static final long OTHER_MAC = 0x02_00_00_00_0a_02L;
    static final long BROADCAST = 0xffff_ffff_ffffL;

    static final String OUR_IP = "192.0.2.1";
    static final String PEER_IP = "192.0.2.7";
    static final String GATEWAY = "192.0.2.254";
    static final String FAR_IP = "203.0.113.200";
    static final String VIP = "192.0.2.100";
    static final String FAR_VIP = "203.0.113.10";
    static final String QUIET_VIP = "192.0.2.101";
    static final String OUR_IP6 = "2001:db8:1::1";
    static final String PEER_IP6 = "2001:db8:1::7";
    static final String GATEWAY6 = "2001:db8:1::fe";
    static final String FAR_IP6 = "2001:db8:f::1";
    static final String VIP6 = "2001:db8:1::100";
    static final String BACKEND_OUR_IP = "198.51.100.1";
    static final String BACKEND_IP = "198.51.100.20";

    /** What TCP was given. */
    record Segment(int port, String local, String remote, boolean ipv6, int ecn, byte[] bytes) {}

    /** What TCP was told. */
    record Error(
            IcmpError kind,
            String local,
            String remote,
            int localPort,
            int remotePort,
            int seq,
            int mtu) {}

    final ArenaBufferPool pool;
    final MemoryPort[] cables = new MemoryPort[2];
    final IpLayer ip;
    final FrameDispatcher dispatcher;
    final NetPort client;
    final NetPort backend;
    final GatherFrame frame = new GatherFrame();
    final List<Segment> segments = new ArrayList<>();
    final List<Error> errors = new ArrayList<>();
    boolean record = true;
    long lastFlags;
    int lastSegs;
    long now = 77 * SECOND;

    IpFixture() {
        this(new IpLimits(2, 64, 16, 32, 16, 100));
    }

    /** The client port's addresses are the kernel's, too, but for TCP ports from here on. */
    IpFixture(int sharedPortFirst) {
        this(new IpLimits(2, 64, 16, 32, 16, 100), sharedPortFirst);
    }

    IpFixture(IpLimits limits) {
        this(limits, 0);
    }

    private IpFixture(IpLimits limits, int sharedPortFirst) {
        pool = new ArenaBufferPool(2_048, Mbuf.DEFAULT_ROOM_BYTES);
        ChaChaKeySource keys = new ChaChaKeySource(new byte[ChaChaKeySource.SEED_BYTES]);
        ip = new IpLayer(pool, keys, limits, now);
        cables[0] = new MemoryPort(pool, OUR_MAC, MemoryPort.offloading(1_500), 128);
        cables[1] = new MemoryPort(pool, BACKEND_MAC, MemoryPort.plain(1_500), 128);
        client = ip.addPort("isp-a", cables[0], PortRole.CLIENT, 1_500);
        backend = ip.addPort("lan", cables[1], PortRole.BACKEND, 9_000);
        client.shareWithKernel(sharedPortFirst);
        address(client, OUR_IP, 24);
        address(client, OUR_IP6, 64);
        gateway(client, "0.0.0.0", 0, GATEWAY);
        gateway(client, "::", 0, GATEWAY6);
        address(backend, BACKEND_OUR_IP, 24);
        address(backend, "2001:db8:2::1", 64);
        assertTrue(
                vip(VIP, true) && vip(FAR_VIP, true) && vip(QUIET_VIP, false) && vip(VIP6, true));
        dispatcher = new FrameDispatcher(ip, this, now);
    }

    static IpAddress at(String text) {
        return IpAddress.parse(text);
    }

    static void address(NetPort port, String ip, int bits) {
        port.addAddress(at(ip).hi(), at(ip).lo(), bits);
    }

    static void gateway(NetPort port, String prefix, int bits, String via) {
        port.addGatewayRoute(at(prefix).hi(), at(prefix).lo(), bits, at(via).hi(), at(via).lo());
    }

    boolean vip(String vip, boolean answers) {
        return ip.addVip(at(vip).hi(), at(vip).lo(), answers);
    }

    /** Dispatches a frame that arrives on the client port. */
    void receive(byte[] bytes) {
        receive(0, load(bytes, bytes.length));
    }

    void receive(int port, long m) {
        dispatcher.onFrame(port, m, now);
        cables[0].flush();
        cables[1].flush();
    }

    /** A frame in buffers of at most {@code pieceBytes}. */
    long load(byte[] bytes, int pieceBytes) {
        long first = 0;
        long last = 0;
        for (int from = 0; from < bytes.length || first == 0; ) {
            long m = pool.alloc();
            int count = Math.min(Math.min(pieceBytes, bytes.length - from), Mbuf.tailroom(m));
            Mem.copyIn(bytes, from, Mbuf.data(m), count);
            Mbuf.setLength(m, count);
            from += count;
            if (first == 0) {
                first = m;
            } else {
                Mbuf.setNext(last, m);
                Mbuf.setNbSegs(first, Mbuf.nbSegs(first) + 1);
                Mbuf.setPktLen(first, Mbuf.pktLen(first) + count);
            }
            last = m;
        }
        return first;
    }

    /** The oldest frame sent on a port, or null. */
    byte[] sent(int port) {
        cables[port].flush();
        long m = cables[port].takeSent();
        if (m == 0) {
            return null;
        }
        byte[] bytes = unload(m);
        pool.releaseChain(m);
        return bytes;
    }

    byte[] sent() {
        return sent(0);
    }

    void drain() {
        cables[0].clear();
        cables[1].clear();
    }

    static byte[] unload(long m) {
        byte[] bytes = new byte[Mbuf.pktLen(m)];
        int at = 0;
        for (long buffer = m; buffer != 0; buffer = Mbuf.next(buffer)) {
            Mem.copyOut(Mbuf.data(buffer), bytes, at, Mbuf.dataLen(buffer));
            at += Mbuf.dataLen(buffer);
        }
        assertEquals(bytes.length, at, "lengths of the chain");
        return bytes;
    }

    Route route(String local, String remote) {
        Route route = new Route();
        assertTrue(
                ip.bind(
                        route,
                        0,
                        at(local).hi(),
                        at(local).lo(),
                        at(remote).hi(),
                        at(remote).lo()));
        return route;
    }

    /** Sends a bare TCP header over a route, as TCP does. */
    boolean send(Route route, int srcPort) {
        frame.begin(load(Bytes.tcp(srcPort, 80, 1, 0), 20));
        return send(route);
    }

    boolean send(Route route) {
        boolean taken = ip.send(route, frame, 0, now);
        cables[0].flush();
        cables[1].flush();
        return taken;
    }

    /** Lets time pass as the worker does: from deadline to deadline. */
    void passTime(long nanos) {
        long end = now + nanos;
        while (ip.nextDeadlineNanos() - end <= 0) {
            now = Math.max(now, ip.nextDeadlineNanos());
            ip.onTick(now);
        }
        now = end;
        ip.onTick(now);
        cables[0].flush();
        cables[1].flush();
    }

    NeighbourState state(String ipText) {
        NeighbourTable table = ip.neighbours(client);
        int entry = table.find(at(ipText).hi(), at(ipText).lo());
        return entry < 0 ? NeighbourState.FREE : table.state(entry);
    }

    long drops(DropReason reason) {
        return client.drops(reason);
    }

    /** Asserts that the frame was refused for this reason alone. */
    void assertRefused(DropReason reason, byte[] bytes) {
        assertRefused(reason, load(bytes, bytes.length));
    }

    void assertRefused(DropReason reason, long m) {
        long before = drops(reason);
        int available = pool.available() + Mbuf.nbSegs(m);
        receive(0, m);
        assertEquals(before + 1, drops(reason), reason.toString());
        assertEquals(List.of(), segments);
        assertEquals(0, cables[0].sentFrames(), "nothing is sent");
        assertEquals(available, pool.available(), "buffers");
    }

    @Override
    public void onSegment(NetPort port, long m, IpFacts facts, long nowNanos) {
        assertEquals(facts.l4Bytes(), Mbuf.pktLen(m));
        lastFlags = Mbuf.olFlags(m);
        lastSegs = Mbuf.nbSegs(m);
        if (record) {
            segments.add(
                    new Segment(
                            port.index(),
                            new IpAddress(facts.localHi(), facts.localLo()).toString(),
                            new IpAddress(facts.remoteHi(), facts.remoteLo()).toString(),
                            facts.ipv6(),
                            facts.ecn(),
                            unload(m)));
        }
        pool.releaseChain(m);
    }

    @Override
    public DropReason onIcmpError(NetPort port, IpFacts facts, IcmpQuote quote, long nowNanos) {
        if (record) {
            errors.add(
                    new Error(
                            quote.kind(),
                            new IpAddress(facts.localHi(), facts.localLo()).toString(),
                            new IpAddress(facts.remoteHi(), facts.remoteLo()).toString(),
                            quote.localPort(),
                            quote.remotePort(),
                            quote.seq(),
                            quote.mtuBytes()));
        }
        return quote.localPort() == 9 ? DropReason.ICMP_UNKNOWN_FLOW : DropReason.NONE;
    }

    @Override
    public void close() {
        ip.close();
        drain();
        assertEquals(pool.capacity(), pool.available(), "every buffer is back");
        pool.close();
    }
}
