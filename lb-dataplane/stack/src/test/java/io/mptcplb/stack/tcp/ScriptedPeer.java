package io.mptcplb.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.frame.ArenaBufferPool;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import io.mptcplb.frame.MemoryPort;
import io.mptcplb.frame.Steering;
import io.mptcplb.stack.buffer.HeldBuffers;
import io.mptcplb.stack.buffer.Payload;
import io.mptcplb.stack.buffer.StreamQueue;
import io.mptcplb.stack.flow.PortAllocator;
import io.mptcplb.stack.ip.FrameDispatcher;
import io.mptcplb.stack.ip.IpLayer;
import io.mptcplb.stack.ip.IpLimits;
import io.mptcplb.stack.ip.NetPort;
import io.mptcplb.stack.ip.PortRole;
import io.mptcplb.stack.random.ChaChaKeySource;
import io.mptcplb.wire.ArpView;
import io.mptcplb.wire.Checksum;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.EthernetView;
import io.mptcplb.wire.IpAddresses;
import io.mptcplb.wire.IpProtocol;
import io.mptcplb.wire.Ipv4View;
import io.mptcplb.wire.OptionWriter;
import io.mptcplb.wire.TcpOptions;
import io.mptcplb.wire.TcpView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One server endpoint under test, and a peer that says exactly what the test tells it to. Peer
 * sequence numbers count from {@link #ISS}, ours from {@link #iss}; both as offsets from the SYN in
 * {@link #in} and {@link Out}.
 */
final class ScriptedPeer implements StreamListener, AutoCloseable {
    static final long MILLI = 1_000_000L;
    static final int ISS = 1_000_000;
    static final int PORT = 5001;
    private static final int PEER_PORT = 40_000;
    private static final int US = 0xc0000201; // 192.0.2.1
    private static final int PEER = 0xc0000207; // 192.0.2.7
    private static final long OUR_MAC = 0x02_00_00_00_00_01L;
    private static final long PEER_MAC = 0x02_00_00_00_00_07L;

    /** A segment of ours; sequence and acknowledgement numbers relative to the SYNs. */
    record Out(
            int flags, int seq, int ack, int window, int payloadBytes, int mss, List<int[]> sack) {
        boolean has(int flag) {
            return (flags & flag) != 0;
        }
    }

    final ArenaBufferPool pool = new ArenaBufferPool(512, Mbuf.DEFAULT_ROOM_BYTES);
    final HeldBuffers buffers = new HeldBuffers(pool, 4, 128, 384);
    final MemoryPort cable = new MemoryPort(pool, OUR_MAC, MemoryPort.plain(1500), 256);
    final IpLayer ip;
    final TcpStack stack;
    final NetPort port;
    final StreamQueue received = new StreamQueue(buffers);
    final StreamQueue source = new StreamQueue(buffers);
    final int receiveBudget = buffers.openBudget();
    final int sendBudget = buffers.openBudget();
    private final FrameDispatcher dispatcher;
    @Nullable Stream stream;
    @Nullable CloseCause cause;
    long now = 5_000 * MILLI;
    int iss;
    boolean withSack = true;
    boolean withTimestamps;
    boolean damaged;

    /** The timestamp of ours that the peer echoes: of the last segment that {@link #out} took. */
    int echo;

    /** Flags of the last segment that {@link #drain} took. */
    int lastFlags;

    private int sackLeft;
    private int sackRight;

    ScriptedPeer() {
        this(Integer.MAX_VALUE);
    }

    /** Over a port whose queue takes so much payload at once. */
    ScriptedPeer(int queueBytes) {
        cable.rxWindowBytes(queueBytes);
        ChaChaKeySource keys = new ChaChaKeySource(new byte[ChaChaKeySource.SEED_BYTES]);
        ip = new IpLayer(pool, keys, IpLimits.standard(), now);
        port = ip.addPort("p", cable, PortRole.BOTH, 1500);
        port.addAddress(0, IpAddresses.v4(US), 24);
        PortAllocator ports = new PortAllocator(32_768, 60_999, Steering.ONE, 0, 4, keys);
        stack = new TcpStack(TcpSettings.defaults(16), ip, buffers, ports, keys, 0, now);
        dispatcher = new FrameDispatcher(ip, stack.input(), now);
        stack.listen(
                new Listener(
                        0,
                        IpAddresses.v4(US),
                        PORT,
                        (tcp, syn, listener, at) -> stack.plain(tcp).accept(listener.acceptor()),
                        this::onAccepted));
        learnPeer();
    }

    /** A peer whose handshake is done; our next byte is 1, the peer's is 1. */
    static ScriptedPeer established() {
        ScriptedPeer peer = new ScriptedPeer();
        peer.handshake();
        return peer;
    }

    /** One segment that was acknowledged so much later; the sender that measured it. */
    TcpSender afterARoundTrip(long nanos) {
        write(1460);
        drain();
        pass(nanos);
        in(TcpView.ACK, 1, 1461, 0);
        return ((PlainStream) stream()).tcp().sender();
    }

    void handshake() {
        in(TcpView.SYN, 0, 0, 0);
        Out answer = out();
        assertTrue(answer.has(TcpView.SYN) && answer.has(TcpView.ACK), "SYN/ACK");
        pass(20 * MILLI);
        in(TcpView.ACK, 1, 1, 0);
        assertTrue(stream != null, "accepted");
        assertSilent();
    }

    private void onAccepted(Stream accepted, Listener listener, long nowNanos) {
        stream = accepted;
        accepted.attach(this, received, source, receiveBudget);
    }

    /** ARP: the peer asks for us, so that its hardware address is known. */
    private void learnPeer() {
        long m = pool.alloc();
        EthernetView.write(Mbuf.data(m), 0xffff_ffff_ffffL, PEER_MAC, EthernetView.TYPE_ARP);
        ArpView.write(
                Mbuf.data(m) + EthernetView.HEADER_BYTES, ArpView.REQUEST, PEER_MAC, PEER, 0, US);
        Mbuf.setLength(m, 60);
        dispatcher.onFrame(0, m, now);
        cycle();
        cable.flush();
        assertTrue(cable.dropSent(), "the ARP reply");
    }

    // ---- what the peer sends

    void in(int flags, int seq, int ack, int payloadBytes) {
        in(flags, seq, ack, payloadBytes, 65_535);
    }

    void in(int flags, int seq, int ack, int payloadBytes, int window) {
        long m = pool.alloc();
        long at = Mbuf.data(m);
        long tcp = at + EthernetView.HEADER_BYTES + Ipv4View.HEADER_BYTES;
        boolean syn = (flags & TcpView.SYN) != 0;
        long to =
                TcpView.write(
                        tcp,
                        PEER_PORT,
                        PORT,
                        ISS + seq,
                        (flags & TcpView.ACK) != 0 ? iss + ack : 0,
                        0,
                        window);
        if (syn) {
            to = OptionWriter.mss(to, 1460);
            to = withSack ? OptionWriter.sackPermitted(to) : to;
        }
        if (withTimestamps) {
            to = OptionWriter.timestamps(to, (int) (now / MILLI), echo);
        }
        if (!syn && sackLeft != 0) {
            to =
                    OptionWriter.sackBlock(
                            OptionWriter.sackHeader(to, 1), iss + sackLeft, iss + sackRight);
        }
        TcpView.setOffsetAndFlags(tcp, TcpView.offsetAndFlags((int) (to - tcp), flags));
        for (int i = 0; i < payloadBytes; i++) {
            Mem.setU8(to + i, seq + i);
        }
        finish(m, at, tcp, (int) (to - tcp) + payloadBytes);
    }

    private void finish(long m, long at, long tcp, int l4Bytes) {
        int sum =
                Checksum.pseudo(
                        false,
                        0,
                        IpAddresses.v4(PEER),
                        0,
                        IpAddresses.v4(US),
                        IpProtocol.TCP,
                        l4Bytes);
        TcpView.setChecksum(
                tcp, Checksum.complement(Checksum.add(sum, Checksum.sum(tcp, l4Bytes))));
        if (damaged) {
            Mem.setU8(tcp + l4Bytes - 1, Mem.u8(tcp + l4Bytes - 1) ^ 4);
        }
        EthernetView.write(at, OUR_MAC, PEER_MAC, EthernetView.TYPE_IPV4);
        Ipv4View.write(
                at + EthernetView.HEADER_BYTES,
                Ipv4View.HEADER_BYTES + l4Bytes,
                0,
                64,
                IpProtocol.TCP,
                PEER,
                US);
        Mbuf.setLength(m, EthernetView.HEADER_BYTES + Ipv4View.HEADER_BYTES + l4Bytes);
        dispatcher.onFrame(0, m, now);
        cycle();
    }

    /** An acknowledgement with one SACK block. */
    void sack(int ack, int left, int right) {
        sackLeft = left;
        sackRight = right;
        in(TcpView.ACK, 1, ack, 0);
        sackLeft = 0;
    }

    /** Lets time pass, timers included. */
    void pass(long nanos) {
        long end = now + nanos;
        while (now < end) {
            now = Math.min(end, now + MILLI);
            cycle();
        }
    }

    private void cycle() {
        ip.onTick(now);
        stack.expire(now, 100);
        stack.output(now);
    }

    // ---- what the application does

    void write(int bytes) {
        int left = bytes;
        while (left > 0) {
            long m = pool.alloc();
            int piece = Math.min(left, 1460);
            Mbuf.setLength(m, piece);
            Payload.clear(m);
            buffers.adopt(m, sendBudget);
            source.append(m);
            left -= piece;
        }
        stream().sourceChanged(now);
        cycle();
    }

    void finish() {
        source.finish();
        stream().sourceChanged(now);
        cycle();
    }

    void read() {
        received.releaseTo(received.endOffset());
        stream().windowMayHaveGrown(now);
        cycle();
    }

    Stream stream() {
        assertTrue(stream != null, "no stream");
        return stream;
    }

    // ---- what we sent

    /** Our next segment; fails when there is none. */
    Out out() {
        long m = nextSegment();
        assertTrue(m != 0, "nothing was sent");
        long tcp = Mbuf.data(m) + EthernetView.HEADER_BYTES + Ipv4View.HEADER_BYTES;
        int total = Mem.u16(Mbuf.data(m) + EthernetView.HEADER_BYTES + 2) - Ipv4View.HEADER_BYTES;
        TcpView view = new TcpView();
        assertEquals(DropReason.NONE, view.wrap(tcp, total));
        int sum =
                Checksum.pseudo(
                        false,
                        0,
                        IpAddresses.v4(US),
                        0,
                        IpAddresses.v4(PEER),
                        IpProtocol.TCP,
                        total);
        assertTrue(Checksum.intact(Checksum.add(sum, Checksum.sum(tcp, total))), "our checksum");
        TcpOptions options = new TcpOptions();
        options.parse(view.optionsAddress(), view.optionsBytes());
        if (view.has(TcpView.SYN)) {
            iss = view.seq();
        }
        echo = options.hasTimestamp ? options.tsVal : echo;
        List<int[]> sack = new ArrayList<>();
        for (int i = 0; i < options.sackCount; i++) {
            sack.add(new int[] {options.sackLeft[i] - ISS, options.sackRight[i] - ISS});
        }
        Out out =
                new Out(
                        view.flags(),
                        view.seq() - iss,
                        view.ack() - ISS,
                        view.window(),
                        view.payloadBytes(),
                        options.mss,
                        sack);
        pool.releaseChain(m);
        return out;
    }

    /** Skips ARP: neighbours are somebody else's test. */
    private long nextSegment() {
        cable.flush();
        long m = cable.takeSent();
        while (m != 0 && Mem.u16(Mbuf.data(m) + 12) != EthernetView.TYPE_IPV4) {
            pool.releaseChain(m);
            m = cable.takeSent();
        }
        return m;
    }

    void assertSilent() {
        assertEquals(0, drain(), "nothing is to be sent");
    }

    /** Takes all that was sent; returns how many segments. */
    int drain() {
        int count = 0;
        for (long m = nextSegment(); m != 0; m = nextSegment()) {
            lastFlags =
                    Mem.u8(Mbuf.data(m) + EthernetView.HEADER_BYTES + Ipv4View.HEADER_BYTES + 13);
            pool.releaseChain(m);
            count++;
        }
        return count;
    }

    long dropped(DropReason reason) {
        return port.drops(reason);
    }

    // ---- StreamListener

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
    }

    @Override
    public void close() {
        if (stream != null && cause == null) {
            stream.abort(now);
        }
        received.clear();
        source.clear();
        pass(90_000 * MILLI);
        cable.clear();
        ip.close();
        assertEquals(pool.capacity(), pool.available(), "every buffer is back");
        assertEquals(0, stack.records().inUse(), "every record is back");
        assertEquals(16, stack.freeEndpoints(), "every endpoint is back");
        pool.close();
    }
}
