package io.mptcplb.stack.ip;

import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import io.mptcplb.wire.ArpView;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.EthernetView;
import io.mptcplb.wire.IpAddresses;
import io.mptcplb.wire.IpProtocol;
import io.mptcplb.wire.Ipv4View;
import io.mptcplb.wire.Ipv6View;
import io.mptcplb.wire.TcpView;

/**
 * The first hop of every received frame: looks at Ethernet and IP once, answers what is answered
 * here, hands TCP on, and refuses the rest by name. A frame costs bounded work whatever it holds.
 *
 * <p>Frames may be chains as ports with receive offload deliver them; all headers must lie in the
 * first buffer.
 */
public final class FrameDispatcher {
    private static final int VLAN_ID_MASK = 0xfff;

    private final IpLayer ip;
    private final BufferPool pool;
    private final SegmentInput segments;
    private final ArpInput arpInput;
    private final IcmpInput icmpInput;
    private final EthernetView ethernet = new EthernetView();
    private final ArpView arp = new ArpView();
    private final Ipv4View ipv4 = new Ipv4View();
    private final Ipv6View ipv6 = new Ipv6View();
    private final IpFacts facts = new IpFacts();

    /** The frame at hand is somebody else's now: TCP's, or the port's as an answer. */
    private boolean handedOn;

    /** A dispatcher whose time begins at {@code nowNanos}. */
    public FrameDispatcher(IpLayer ip, SegmentInput segments, long nowNanos) {
        this.ip = ip;
        this.segments = segments;
        pool = ip.pool();
        arpInput = new ArpInput(ip);
        icmpInput = new IcmpInput(ip, segments, nowNanos);
    }

    /** Takes one frame, and its buffers with it, that arrived on a port. */
    public void onFrame(int portIndex, long m, long nowNanos) {
        ip.port(portIndex).countReceived(Mbuf.pktLen(m));
        dispatch(portIndex, m, false, nowNanos);
    }

    /**
     * Takes a frame that another worker was given, which has counted it, as if it had come in here.
     *
     * @param settled it goes no further
     */
    public void onHandedOver(int portIndex, long m, boolean settled, long nowNanos) {
        dispatch(portIndex, m, settled, nowNanos);
    }

    private void dispatch(int portIndex, long m, boolean settled, long nowNanos) {
        NetPort port = ip.port(portIndex);
        handedOn = false;
        facts.settled = settled;
        DropReason reason = ethernet.wrap(Mbuf.data(m), Mbuf.dataLen(m));
        if (!reason.isDrop()) {
            reason = onEthernet(port, m, nowNanos);
        }
        if (reason.isDrop()) {
            port.countDrop(reason);
        }
        if (!handedOn) {
            pool.releaseChain(m);
        }
    }

    private DropReason onEthernet(NetPort port, long m, long nowNanos) {
        int strippedTci = (Mbuf.olFlags(m) & Mbuf.RX_VLAN_STRIPPED) != 0 ? Mbuf.vlanTci(m) : 0;
        int tci = ethernet.vlanTci() < 0 ? strippedTci : ethernet.vlanTci();
        if ((tci & VLAN_ID_MASK) != 0) {
            return DropReason.UNKNOWN_VLAN;
        }
        boolean toGroup = EthernetView.isGroup(ethernet.dst());
        if (!toGroup && ethernet.dst() != port.macAddress()) {
            return DropReason.NOT_OUR_MAC;
        }
        if (EthernetView.isGroup(ethernet.src())) {
            return DropReason.BAD_SOURCE_ADDRESS;
        }
        int headerBytes = ethernet.headerBytes();
        return switch (ethernet.etherType()) {
            case EthernetView.TYPE_IPV4 ->
                    toGroup ? DropReason.NOT_FOR_US : onIpv4(port, m, headerBytes, nowNanos);
            case EthernetView.TYPE_IPV6 -> onIpv6(port, m, headerBytes, toGroup, nowNanos);
            case EthernetView.TYPE_ARP -> onArp(port, toGroup, nowNanos);
            default -> DropReason.UNKNOWN_ETHERTYPE;
        };
    }

    private DropReason onArp(NetPort port, boolean toGroup, long nowNanos) {
        DropReason reason = arp.wrap(ethernet.payload(), ethernet.payloadBytes());
        return reason.isDrop() ? reason : arpInput.onArp(port, arp, toGroup, nowNanos);
    }

    private DropReason onIpv4(NetPort port, long m, int linkBytes, long nowNanos) {
        int packetBytes = Mbuf.pktLen(m) - linkBytes;
        DropReason reason = ipv4.wrap(ethernet.payload(), ethernet.payloadBytes(), packetBytes);
        if (reason.isDrop()) {
            return reason;
        }
        long src = ipv4.srcLo();
        long dst = ipv4.dstLo();
        if (!port.accepts(0, dst)) {
            return DropReason.NOT_FOR_US;
        }
        if (src == dst || !mayBeAnswered(0, src)) {
            return DropReason.BAD_SOURCE_ADDRESS;
        }
        facts.set(0, dst, 0, src, false);
        facts.ecn = ipv4.ecn();
        facts.linkBytes = linkBytes;
        facts.l4Bytes = ipv4.payloadBytes();
        if (!cutTo(m, linkBytes + ipv4.totalBytes())) {
            return DropReason.TRUNCATED;
        }
        return switch (ipv4.protocol()) {
            case IpProtocol.TCP -> onTcp(port, m, linkBytes + ipv4.headerBytes(), nowNanos);
            case IpProtocol.ICMP -> onIcmp(port, m, linkBytes + ipv4.headerBytes(), 0, nowNanos);
            default -> unknownProtocol(port);
        };
    }

    private DropReason onIpv6(NetPort port, long m, int linkBytes, boolean toGroup, long nowNanos) {
        int packetBytes = Mbuf.pktLen(m) - linkBytes;
        DropReason reason = ipv6.wrap(ethernet.payload(), ethernet.payloadBytes(), packetBytes);
        if (reason.isDrop()) {
            return reason;
        }
        boolean multicast = IpAddresses.isMulticast(ipv6.dstHi(), ipv6.dstLo());
        boolean discovery = ipv6.protocol() == IpProtocol.ICMPV6;
        if (toGroup || multicast ? !(toGroup && multicast && discovery) : !forUs(port)) {
            return DropReason.NOT_FOR_US;
        }
        boolean same = ipv6.srcHi() == ipv6.dstHi() && ipv6.srcLo() == ipv6.dstLo();
        // A station that looks for its own address asks from ::, which is no one to answer else.
        boolean probe = discovery && (ipv6.srcHi() | ipv6.srcLo()) == 0;
        if (same || !probe && !mayBeAnsweredV6(ipv6.srcHi(), ipv6.srcLo())) {
            return DropReason.BAD_SOURCE_ADDRESS;
        }
        facts.set(ipv6.dstHi(), ipv6.dstLo(), ipv6.srcHi(), ipv6.srcLo(), true);
        facts.ecn = ipv6.ecn();
        facts.linkBytes = linkBytes;
        facts.l4Bytes = ipv6.payloadBytes();
        if (!cutTo(m, linkBytes + ipv6.totalBytes())) {
            return DropReason.TRUNCATED;
        }
        int l4Offset = linkBytes + ipv6.headerBytes();
        return switch (ipv6.protocol()) {
            case IpProtocol.TCP -> onTcp(port, m, l4Offset, nowNanos);
            case IpProtocol.ICMPV6 -> onIcmp(port, m, l4Offset, ipv6.hopLimit(), nowNanos);
            default -> unknownProtocol(port);
        };
    }

    /** The kernel speaks more than we do. */
    private static DropReason unknownProtocol(NetPort port) {
        return port.sharedWithKernel() ? DropReason.NOT_FOR_US : DropReason.UNKNOWN_PROTOCOL;
    }

    private DropReason onTcp(NetPort port, long m, int l4Offset, long nowNanos) {
        if (Mbuf.dataLen(m) < l4Offset + TcpView.HEADER_BYTES) {
            return DropReason.TRUNCATED;
        }
        if (!port.takes(Mem.u16(Mbuf.data(m) + l4Offset + TcpView.DST_PORT_OFFSET))) {
            return DropReason.NOT_FOR_US;
        }
        Mbuf.trimFront(m, l4Offset);
        facts.lowerBytes = l4Offset;
        handedOn = true;
        segments.onSegment(port, m, facts, nowNanos);
        return DropReason.NONE;
    }

    private DropReason onIcmp(NetPort port, long m, int l4Offset, int hopLimit, long nowNanos) {
        long srcMac = ethernet.src();
        Mbuf.trimFront(m, l4Offset);
        facts.lowerBytes = l4Offset;
        DropReason reason = icmpInput.onIcmp(port, m, facts, srcMac, hopLimit, nowNanos);
        handedOn = icmpInput.tookFrame();
        return reason;
    }

    /** IPv4 must not come in IPv6's clothes: it would pass for the other flow (RFC 4942 s2.2). */
    private boolean forUs(NetPort port) {
        long hi = ipv6.dstHi();
        long lo = ipv6.dstLo();
        return !IpAddresses.isV4(hi, lo) && port.accepts(hi, lo);
    }

    private static boolean mayBeAnsweredV6(long hi, long lo) {
        return !IpAddresses.isV4(hi, lo) && mayBeAnswered(hi, lo);
    }

    /** RFC 1122 s3.2.1.3: who says so of himself cannot be answered. */
    private static boolean mayBeAnswered(long hi, long lo) {
        if (IpAddresses.isV4(hi, lo)) {
            int address = IpAddresses.v4Of(lo);
            // 0.0.0.0/8, 127.0.0.0/8, and from 224.0.0.0 on groups and reserved ones.
            int network = address >>> 24;
            return network != 0 && network != 127 && network < 224;
        }
        return !IpAddresses.isUnspecified(hi, lo)
                && !IpAddresses.isLoopback(hi, lo)
                && !IpAddresses.isMulticast(hi, lo);
    }

    /**
     * Cuts off what the link put behind the packet. False when the chain is shorter than it says.
     */
    private boolean cutTo(long m, int bytes) {
        if (Mbuf.pktLen(m) == bytes) {
            return true;
        }
        int left = bytes;
        int buffers = 1;
        long last = m;
        while (left > Mbuf.dataLen(last)) {
            left -= Mbuf.dataLen(last);
            last = Mbuf.next(last);
            buffers++;
            if (last == 0) {
                return false;
            }
        }
        long rest = Mbuf.next(last);
        Mbuf.setDataLen(last, left);
        if (rest != 0) {
            Mbuf.setNext(last, 0);
            Mbuf.setNbSegs(m, buffers);
            pool.releaseChain(rest);
        }
        Mbuf.setPktLen(m, bytes);
        return true;
    }
}
