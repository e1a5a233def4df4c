package io.mptcplb.stack.ip;

import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.GatherFrame;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import io.mptcplb.wire.Checksum;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.EthernetView;
import io.mptcplb.wire.IcmpQuoteView;
import io.mptcplb.wire.IcmpView;
import io.mptcplb.wire.IpAddresses;
import io.mptcplb.wire.IpProtocol;
import io.mptcplb.wire.Ipv4View;
import io.mptcplb.wire.Ipv6View;

/**
 * ICMP (RFC 792) and ICMPv6 (RFC 4443): echo is answered with the frame it came in, errors are
 * handed to TCP, neighbour discovery goes to {@link NeighbourInput}.
 */
final class IcmpInput {
    private static final int HOP_LIMIT = 64;

    // Codes of destination unreachable: RFC 792 and RFC 1812 s5.2.7.1; RFC 4443 s3.1.
    private static final int V4_PROTOCOL = 2;
    private static final int V4_PORT = 3;
    private static final int V4_NETWORK_PROHIBITED = 9;
    private static final int V4_HOST_PROHIBITED = 10;
    private static final int V4_PROHIBITED = 13;
    private static final int V6_PROHIBITED = 1;
    private static final int V6_PORT = 4;
    private static final int V6_SOURCE_POLICY = 5;
    private static final int V6_REJECT = 6;

    private final BufferPool pool;
    private final SegmentInput segments;
    private final NeighbourInput neighbourInput;
    private final RateLimit[] echoLimits;
    private final IcmpView icmp = new IcmpView();
    private final IcmpQuoteView quoted = new IcmpQuoteView();
    private final IcmpQuote quote = new IcmpQuote();
    private final IpFacts quotedFacts = new IpFacts();
    private final GatherFrame reply = new GatherFrame();
    private boolean tookFrame;

    IcmpInput(IpLayer ip, SegmentInput segments, long nowNanos) {
        this.segments = segments;
        pool = ip.pool();
        neighbourInput = new NeighbourInput(ip);
        echoLimits = new RateLimit[ip.limits().portsMax()];
        for (int i = 0; i < echoLimits.length; i++) {
            echoLimits[i] = new RateLimit(ip.limits().echoRepliesPerSecond(), nowNanos);
        }
    }

    /**
     * Serves one message, at which the buffer's data starts.
     *
     * @param facts of the IP header; a v6 source may be unspecified, a v6 destination a group
     * @param srcMac the station that sent the frame
     * @param hopLimit of the IPv6 header
     * @return NONE when it was of use
     */
    DropReason onIcmp(
            NetPort port, long m, IpFacts facts, long srcMac, int hopLimit, long nowNanos) {
        tookFrame = false;
        long at = Mbuf.data(m);
        if (Mbuf.dataLen(m) < IcmpView.HEADER_BYTES) {
            return DropReason.TRUNCATED;
        }
        int type = Mem.u8(at);
        if (Mbuf.nbSegs(m) == 1) {
            DropReason reason = icmp.wrap(at, facts.l4Bytes, pseudoSum(facts));
            if (reason.isDrop()) {
                return reason;
            }
        } else if (type != echoRequest(facts)) {
            return DropReason.BAD_ICMP; // no honest one is longer than a buffer
        }
        if (facts.ipv6 && neighbourInput.serves(type)) {
            return neighbourInput.onNeighbour(port, at, facts, srcMac, hopLimit, nowNanos);
        }
        if (IpAddresses.isMulticast(facts.localHi, facts.localLo)) {
            return DropReason.NOT_FOR_US;
        }
        if (IpAddresses.isUnspecified(facts.remoteHi, facts.remoteLo)) {
            return DropReason.BAD_SOURCE_ADDRESS;
        }
        if (type == echoRequest(facts)) {
            return port.sharedWithKernel()
                    ? DropReason.NOT_FOR_US
                    : onEcho(port, m, facts, srcMac, nowNanos);
        }
        return onError(port, m, facts, nowNanos);
    }

    /** True when the last message went back as its own answer, or on to another worker. */
    boolean tookFrame() {
        return tookFrame;
    }

    private static int echoRequest(IpFacts facts) {
        return facts.ipv6 ? IcmpView.V6_ECHO_REQUEST : IcmpView.V4_ECHO_REQUEST;
    }

    private static int pseudoSum(IpFacts facts) {
        return facts.ipv6
                ? Checksum.pseudo(
                        true,
                        facts.remoteHi,
                        facts.remoteLo,
                        facts.localHi,
                        facts.localLo,
                        IpProtocol.ICMPV6,
                        facts.l4Bytes)
                : 0;
    }

    /**
     * Sends the request back as its reply: new headers, one changed byte, and the checksum by
     * arithmetic, so that what the sender's checksum did not fit then does not fit now. Further
     * buffers of a chain go along as slices.
     */
    private DropReason onEcho(NetPort port, long m, IpFacts facts, long srcMac, long nowNanos) {
        if (!echoLimits[port.index()].pass(nowNanos)) {
            return DropReason.ICMP_RATE_LIMITED;
        }
        IcmpView.turnEchoRequestIntoReply(Mbuf.data(m));
        long rest = detachRest(m);
        putIpHeader(m, facts);
        long at = IpLayer.prepend(m, EthernetView.HEADER_BYTES);
        int etherType = facts.ipv6 ? EthernetView.TYPE_IPV6 : EthernetView.TYPE_IPV4;
        EthernetView.write(at, srcMac, port.macAddress(), etherType);
        Mbuf.setOlFlags(m, 0);
        Mbuf.setTxOffload(m, 0, 0, 0, 0);
        reply.begin(m);
        boolean whole = true;
        for (long next = rest; next != 0 && whole; next = Mbuf.next(next)) {
            whole = reply.add(next, Mbuf.dataOff(next), Mbuf.dataLen(next));
        }
        tookFrame = whole;
        if (whole) {
            port.countEcho();
            port.transmit(reply);
        }
        pool.releaseChain(rest);
        return whole ? DropReason.NONE : DropReason.BAD_ICMP;
    }

    /** Makes the first buffer a frame of its own; returns the others, which are then ours, or 0. */
    private static long detachRest(long m) {
        long rest = Mbuf.next(m);
        Mbuf.setNext(m, 0);
        Mbuf.setNbSegs(m, 1);
        Mbuf.setPktLen(m, Mbuf.dataLen(m));
        return rest;
    }

    private static void putIpHeader(long m, IpFacts facts) {
        if (facts.ipv6) {
            long at = IpLayer.prepend(m, Ipv6View.HEADER_BYTES);
            Ipv6View.write(at, facts.l4Bytes, 0, 0, IpProtocol.ICMPV6, HOP_LIMIT);
            Ipv6View.writeAddresses(
                    at, facts.localHi, facts.localLo, facts.remoteHi, facts.remoteLo);
            return;
        }
        long at = IpLayer.prepend(m, Ipv4View.HEADER_BYTES);
        int local = IpAddresses.v4Of(facts.localLo);
        int remote = IpAddresses.v4Of(facts.remoteLo);
        int packetBytes = Ipv4View.HEADER_BYTES + facts.l4Bytes;
        Ipv4View.write(at, packetBytes, 0, HOP_LIMIT, IpProtocol.ICMP, local, remote);
    }

    /** RFC 5927 s4: only what quotes a segment of ours is passed on; TCP checks the rest. */
    private DropReason onError(NetPort port, long m, IpFacts facts, long nowNanos) {
        boolean known = facts.ipv6 ? classifyV6() : classifyV4();
        if (!known) {
            return port.sharedWithKernel() ? DropReason.NOT_FOR_US : DropReason.BAD_ICMP;
        }
        DropReason reason = readQuote(port, facts);
        quotedFacts.settled = facts.settled;
        int localPort = quote.localPort;
        int remotePort = quote.remotePort;
        tookFrame =
                !reason.isDrop()
                        && segments.passOn(
                                port, m, quotedFacts, localPort, remotePort, facts.lowerBytes);
        if (tookFrame) {
            return DropReason.NONE;
        }
        port.countIcmpError();
        return reason.isDrop() ? reason : segments.onIcmpError(port, quotedFacts, quote, nowNanos);
    }

    private DropReason readQuote(NetPort port, IpFacts facts) {
        DropReason reason = quoted.wrap(icmp.body(), icmp.bodyBytes(), facts.ipv6);
        if (reason.isDrop()) {
            return reason;
        }
        if (quoted.srcHi() != facts.localHi || quoted.srcLo() != facts.localLo) {
            return DropReason.ICMP_UNKNOWN_FLOW; // an error goes to whom it quotes
        }
        if (!port.takes(quoted.srcPort())) {
            return DropReason.NOT_FOR_US;
        }
        if (facts.ipv6 && IpAddresses.isV4(quoted.dstHi(), quoted.dstLo())) {
            return DropReason.BAD_ICMP;
        }
        quotedFacts.set(facts.localHi, facts.localLo, quoted.dstHi(), quoted.dstLo(), facts.ipv6);
        quote.localPort = quoted.srcPort();
        quote.remotePort = quoted.dstPort();
        quote.seq = quoted.seq();
        return DropReason.NONE;
    }

    private boolean classifyV4() {
        quote.mtuBytes = 0;
        switch (icmp.type()) {
            case IcmpView.V4_UNREACHABLE -> {
                quote.kind =
                        switch (icmp.code()) {
                            case V4_PROTOCOL, V4_PORT -> IcmpError.PORT_UNREACHABLE;
                            case IcmpView.V4_CODE_TOO_BIG -> IcmpError.TOO_BIG;
                            case V4_NETWORK_PROHIBITED, V4_HOST_PROHIBITED, V4_PROHIBITED ->
                                    IcmpError.PROHIBITED;
                            default -> IcmpError.HOST_UNREACHABLE;
                        };
                if (quote.kind == IcmpError.TOO_BIG) {
                    quote.mtuBytes = icmp.v4Mtu();
                }
            }
            case IcmpView.V4_TIME_EXCEEDED -> quote.kind = IcmpError.TIME_EXCEEDED;
            case IcmpView.V4_PARAMETER_PROBLEM -> quote.kind = IcmpError.PARAMETER_PROBLEM;
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean classifyV6() {
        quote.mtuBytes = 0;
        switch (icmp.type()) {
            case IcmpView.V6_UNREACHABLE ->
                    quote.kind =
                            switch (icmp.code()) {
                                case V6_PORT -> IcmpError.PORT_UNREACHABLE;
                                case V6_PROHIBITED, V6_SOURCE_POLICY, V6_REJECT ->
                                        IcmpError.PROHIBITED;
                                default -> IcmpError.HOST_UNREACHABLE;
                            };
            case IcmpView.V6_TOO_BIG -> {
                quote.kind = IcmpError.TOO_BIG;
                quote.mtuBytes = (int) Math.min(icmp.v6Mtu(), Integer.MAX_VALUE);
            }
            case IcmpView.V6_TIME_EXCEEDED -> quote.kind = IcmpError.TIME_EXCEEDED;
            case IcmpView.V6_PARAMETER_PROBLEM -> quote.kind = IcmpError.PARAMETER_PROBLEM;
            default -> {
                return false;
            }
        }
        return true;
    }
}
