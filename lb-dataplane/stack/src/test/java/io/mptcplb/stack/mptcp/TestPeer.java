package io.mptcplb.stack.mptcp;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import io.mptcplb.stack.random.Prng;
import io.mptcplb.wire.ArpView;
import io.mptcplb.wire.Checksum;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.EthernetView;
import io.mptcplb.wire.IpAddresses;
import io.mptcplb.wire.IpProtocol;
import io.mptcplb.wire.Ipv4View;
import io.mptcplb.wire.MptcpOptions;
import io.mptcplb.wire.OptionWriter;
import io.mptcplb.wire.TcpOptions;
import io.mptcplb.wire.TcpView;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongUnaryOperator;

/** One client subflow whose every segment the test writes, and whose every answer it reads. */
final class TestPeer {
    /** Nothing in the option space. */
    static final LongUnaryOperator NO_OPTIONS = at -> at;

    private static final int WINDOW = 60_000;
    private static int ports = 40_000;

    /** A segment that the server has sent. */
    static final class Reply {
        final TcpOptions options = new TcpOptions();
        int flags;
        int seq;
        int ack;
        int window;
        byte[] payload = new byte[0];

        MptcpOptions mptcp() {
            return options.mptcp;
        }

        boolean has(int mptcpOption) {
            return options.mptcp.has(mptcpOption);
        }

        boolean is(int flag) {
            return (flags & flag) != 0;
        }
    }

    private final Bench bench;
    private final int port;
    private final int address;
    private final Deque<Reply> replies = new ArrayDeque<>();
    private final Prng prng = new Prng(ports);
    int server = Bench.VIP;
    int serverPort = Bench.VIP_PORT;
    final int localPort = ports++;
    final int iss = 1000;
    int seq = iss;
    int window = WINDOW;

    /** Whether its join offers SACK. */
    boolean withSack;

    int ack;
    long key = prng.nextLong();
    long serverKey;
    int nonce = prng.nextInt();
    int serverNonce;

    TestPeer(Bench bench, int port) {
        this.bench = bench;
        this.port = port;
        address = Bench.SERVER[port] + 9;
    }

    // ---- writing

    /** One segment from {@link #seq}; the bench then runs a cycle. */
    TestPeer send(int flags, LongUnaryOperator options, String payload) {
        sendAt(seq, flags, options, payload);
        seq += payload.length() + ((flags & (TcpView.SYN | TcpView.FIN)) != 0 ? 1 : 0);
        return this;
    }

    void sendAt(int at, int flags, LongUnaryOperator options, String payload) {
        byte[] bytes = payload.getBytes(StandardCharsets.ISO_8859_1);
        long m = bench.pool.alloc();
        long ethernet = Mbuf.data(m);
        long ip =
                EthernetView.write(
                        ethernet,
                        Bench.serverMac(port),
                        Bench.clientMac(port),
                        EthernetView.TYPE_IPV4);
        long tcp = ip + Ipv4View.HEADER_BYTES;
        long end = options.applyAsLong(tcp + TcpView.HEADER_BYTES);
        int headerBytes = (int) (end - tcp);
        int offsetAndFlags = TcpView.offsetAndFlags(headerBytes, flags);
        TcpView.write(tcp, localPort, serverPort, at, ack, offsetAndFlags, window);
        Mem.copyIn(bytes, 0, end, bytes.length);
        int l4 = headerBytes + bytes.length;
        Ipv4View.write(ip, Ipv4View.HEADER_BYTES + l4, 0, 64, IpProtocol.TCP, address, server);
        int sum =
                Checksum.pseudo(
                        false,
                        0,
                        IpAddresses.v4(address),
                        0,
                        IpAddresses.v4(server),
                        IpProtocol.TCP,
                        l4);
        TcpView.setChecksum(tcp, Checksum.complement(Checksum.add(sum, Checksum.sum(tcp, l4))));
        Mbuf.setLength(m, (int) (end + bytes.length - ethernet));
        bench.arrival.onFrame(port, m, bench.now);
        bench.cycle();
    }

    static LongUnaryOperator capableSyn(int version, int flags) {
        return at -> OptionWriter.mpCapableSyn(OptionWriter.mss(at, 1460), version, flags);
    }

    LongUnaryOperator capableAck() {
        return at -> OptionWriter.mpCapableAck(at, 1, 1, key, serverKey);
    }

    LongUnaryOperator capableData(int bytes) {
        return at -> OptionWriter.mpCapableData(at, 1, 1, key, serverKey, bytes);
    }

    /** DATA_ACK of so many bytes of the server's, in 8 octets. */
    LongUnaryOperator dataAck(long bytes) {
        long number = initialDsn(serverKey) + 1 + bytes;
        int flags = OptionWriter.DSS_DATA_ACK | OptionWriter.DSS_DATA_ACK_8;
        return at -> OptionWriter.dss(at, flags, number, 0, 0, 0, 0);
    }

    /**
     * A mapping of the bytes at {@code offset} of our stream onto {@link #seq}, all in 8 octets.
     */
    LongUnaryOperator map(long offset, int bytes) {
        return map(offset, seq - iss, bytes, 0);
    }

    LongUnaryOperator map(long offset, int ssn, int bytes, int moreFlags) {
        int flags =
                OptionWriter.DSS_DATA_ACK
                        | OptionWriter.DSS_DATA_ACK_8
                        | OptionWriter.DSS_MAPPING
                        | OptionWriter.DSS_DSN_8
                        | moreFlags;
        long dsn = initialDsn(key) + 1 + offset;
        long acked = initialDsn(serverKey) + 1;
        return at -> OptionWriter.dss(at, flags, acked, dsn, ssn, bytes, 0x1234);
    }

    LongUnaryOperator fastclose(long receiversKey) {
        return at -> OptionWriter.mpFastclose(at, receiversKey);
    }

    // ---- whole handshakes

    /** MP_CAPABLE up to and with the third ACK. */
    TestPeer establish() {
        send(TcpView.SYN, capableSyn(1, 1), "");
        Reply answer = expect(TcpView.SYN);
        serverKey = answer.mptcp().sendersKey;
        ack = answer.seq + 1;
        return send(TcpView.ACK, capableAck(), "");
    }

    private long joinOptions(long at) {
        long next = OptionWriter.mss(at, 1460);
        return withSack ? OptionWriter.sackPermitted(next) : next;
    }

    /** A second subflow of {@code first}'s connection, up to the SYN/ACK. */
    Reply joinSyn(TestPeer first, int token) {
        key = first.key;
        serverKey = first.serverKey;
        send(
                TcpView.SYN,
                at -> OptionWriter.mpJoinSyn(joinOptions(at), false, 7, token, nonce),
                "");
        Reply answer = next();
        if (answer.is(TcpView.SYN)) {
            serverNonce = answer.mptcp().joinNonce;
            ack = answer.seq + 1;
        }
        return answer;
    }

    /** A join that nobody will answer. */
    void joinSynUnanswered(TestPeer of, int token) {
        send(
                TcpView.SYN,
                at -> OptionWriter.mpJoinSyn(joinOptions(at), false, 7, token, nonce),
                "");
    }

    /** The third ACK of a join. */
    TestPeer joinAck(int spoil) {
        byte[] mac = hmac(key, serverKey, pair(nonce, serverNonce));
        ByteBuffer of = ByteBuffer.wrap(mac);
        long high = of.getLong() ^ spoil;
        long middle = of.getLong();
        int low = of.getInt();
        return send(TcpView.ACK, at -> OptionWriter.mpJoinAck(at, high, middle, low), "");
    }

    TestPeer join(TestPeer first) {
        joinSyn(first, token(first.serverKey));
        joinAck(0);
        Reply fourth = expect(TcpView.ACK);
        assertTrue(fourth.has(MptcpOptions.DSS) && fourth.mptcp().hasDataAck, "fourth ACK");
        return this;
    }

    static byte[] pair(int first, int second) {
        return ByteBuffer.allocate(8).putInt(first).putInt(second).array();
    }

    /** By the platform's HMAC, which the stack does not use. */
    static byte[] hmac(long firstKey, long secondKey, byte[] message) {
        return Oracle.hmac(
                ByteBuffer.allocate(16).putLong(firstKey).putLong(secondKey).array(), message);
    }

    static int token(long key) {
        return ByteBuffer.wrap(Oracle.sha256(key)).getInt();
    }

    static long initialDsn(long key) {
        return ByteBuffer.wrap(Oracle.sha256(key)).getLong(24);
    }

    // ---- reading

    /** The next segment for us; fails when there is none. */
    Reply next() {
        collect();
        Reply reply = replies.poll();
        assertTrue(reply != null, "the server said nothing");
        return reply;
    }

    /** The next segment, which must have this flag. */
    Reply expect(int flag) {
        Reply reply = next();
        assertTrue(reply.is(flag), "flags " + Integer.toHexString(reply.flags));
        return reply;
    }

    /** The first segment with this MPTCP option; what came before it is dropped. */
    Reply expectOption(int option) {
        Reply reply = next();
        while (!reply.has(option)) {
            reply = next();
        }
        return reply;
    }

    boolean quiet() {
        collect();
        return replies.isEmpty();
    }

    /** Forgets what the server has sent so far. */
    TestPeer clear() {
        collect();
        replies.clear();
        return this;
    }

    private void collect() {
        for (long m = bench.cables[port].takeSent(); m != 0; m = bench.cables[port].takeSent()) {
            read(m);
            bench.pool.releaseChain(m);
        }
    }

    private void read(long m) {
        long at = Mbuf.data(m);
        if (Mem.u16(at + 12) == EthernetView.TYPE_ARP) {
            answerArp(at + EthernetView.HEADER_BYTES);
            return;
        }
        long ip = at + EthernetView.HEADER_BYTES;
        long tcp = ip + Ipv4View.HEADER_BYTES;
        if (Mem.u16(tcp + 2) != localPort) {
            return;
        }
        int l4 = Mem.u16(ip + 2) - Ipv4View.HEADER_BYTES;
        TcpView view = new TcpView();
        assertTrue(view.wrap(tcp, l4) == DropReason.NONE, "a good TCP header");
        Reply reply = new Reply();
        reply.flags = view.flags();
        reply.seq = view.seq();
        reply.ack = view.ack();
        reply.window = view.window();
        reply.options.parse(view.optionsAddress(), view.optionsBytes());
        reply.payload = new byte[view.payloadBytes()];
        Mem.copyOut(view.payload(), reply.payload, 0, reply.payload.length);
        assertTrue(reply.options.malformed == 0 && reply.mptcp().malformed == 0, "good options");
        replies.add(reply);
    }

    private void answerArp(long question) {
        long m = bench.pool.alloc();
        long at =
                EthernetView.write(
                        Mbuf.data(m),
                        Bench.serverMac(port),
                        Bench.clientMac(port),
                        EthernetView.TYPE_ARP);
        ArpView.write(
                at,
                ArpView.REPLY,
                Bench.clientMac(port),
                Mem.u32(question + 24),
                Bench.serverMac(port),
                Mem.u32(question + 14));
        Mbuf.setLength(m, EthernetView.HEADER_BYTES + ArpView.BYTES);
        bench.dispatcher.onFrame(port, m, bench.now);
        bench.cycle();
    }
}
