package io.mptcplb.stack.ip;

import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.GatherFrame;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.wire.ArpView;
import io.mptcplb.wire.Checksum;
import io.mptcplb.wire.DropReason;
import io.mptcplb.wire.EthernetView;
import io.mptcplb.wire.IcmpView;
import io.mptcplb.wire.IpAddresses;
import io.mptcplb.wire.IpProtocol;
import io.mptcplb.wire.Ipv6View;
import io.mptcplb.wire.NeighbourView;

/**
 * Builds and sends what we say of ourselves and ask of others on a link: ARP (RFC 826, 5227) and
 * neighbour discovery (RFC 4861).
 */
final class ControlFrames {
    /** Stands for "not known": the question goes to all. */
    static final long NO_MAC = -1;

    private static final int ND_BYTES =
            NeighbourView.HEADER_BYTES + NeighbourView.LINK_OPTION_BYTES;
    private static final int ND_HOP_LIMIT = 255;
    private static final long ALL_NODES_HI = 0xff02L << 48;
    private static final long ALL_NODES_LO = 1;

    private final BufferPool pool;
    private final GatherFrame frame = new GatherFrame();

    ControlFrames(BufferPool pool) {
        this.pool = pool;
    }

    static boolean isAllNodes(long hi, long lo) {
        return hi == ALL_NODES_HI && lo == ALL_NODES_LO;
    }

    /**
     * Asks who has an address: the station {@code mac}, or all of them when it is {@link #NO_MAC}.
     */
    void solicit(NetPort port, long hi, long lo, long mac) {
        port.countSolicitation();
        int source = port.sourceFor(hi, lo);
        if (IpAddresses.isV4(hi, lo)) {
            // Without an address of ours it is an ARP probe (RFC 5227 s1.1), answered as well.
            int senderIp = source < 0 ? 0 : IpAddresses.v4Of(port.addressLo(source));
            long to = mac == NO_MAC ? EthernetView.BROADCAST : mac;
            sendArp(port, to, ArpView.REQUEST, senderIp, 0, IpAddresses.v4Of(lo));
        } else if (source < 0) {
            port.countDrop(DropReason.NO_ROUTE); // RFC 4861 s7.2.2: no question without a source
        } else {
            solicitV6(port, source, hi, lo, mac);
        }
    }

    private void solicitV6(NetPort port, int source, long hi, long lo, long mac) {
        long srcHi = port.addressHi(source);
        long srcLo = port.addressLo(source);
        boolean all = mac == NO_MAC;
        long dstHi = all ? IpAddresses.solicitedNodeHi() : hi;
        long dstLo = all ? IpAddresses.solicitedNodeLo(lo) : lo;
        long at = begin(port, all ? IpAddresses.multicastMac(dstLo) : mac);
        if (at != 0) {
            Ipv6View.writeAddresses(at, srcHi, srcLo, dstHi, dstLo);
            finishNeighbour(port, at, IcmpView.V6_NEIGHBOUR_SOLICITATION, 0, hi, lo);
        }
    }

    /** Answers the ARP question of a station. */
    void answerArp(NetPort port, int ourIp, long askerMac, int askerIp) {
        port.countAnswer();
        sendArp(port, askerMac, ArpView.REPLY, ourIp, askerMac, askerIp);
    }

    /** Answers a solicitation to the station that asked. */
    void advertise(NetPort port, long hi, long lo, long askerMac, long askerHi, long askerLo) {
        port.countAnswer();
        long at = begin(port, askerMac);
        if (at != 0) {
            Ipv6View.writeAddresses(at, hi, lo, askerHi, askerLo);
            int flags = NeighbourView.FLAG_SOLICITED | NeighbourView.FLAG_OVERRIDE;
            finishNeighbour(port, at, IcmpView.V6_NEIGHBOUR_ADVERTISEMENT, flags, hi, lo);
        }
    }

    /**
     * Tells all stations that an address is at our MAC: an ARP announcement, or an unsolicited NA.
     */
    void announce(NetPort port, long hi, long lo) {
        if (IpAddresses.isV4(hi, lo)) {
            // RFC 5227 s2.3: a request in which sender and target are the address announced.
            int ip = IpAddresses.v4Of(lo);
            sendArp(port, EthernetView.BROADCAST, ArpView.REQUEST, ip, 0, ip);
            return;
        }
        long at = begin(port, IpAddresses.multicastMac(ALL_NODES_LO));
        if (at != 0) {
            Ipv6View.writeAddresses(at, hi, lo, ALL_NODES_HI, ALL_NODES_LO);
            int flags = NeighbourView.FLAG_OVERRIDE;
            finishNeighbour(port, at, IcmpView.V6_NEIGHBOUR_ADVERTISEMENT, flags, hi, lo);
        }
    }

    private void sendArp(
            NetPort port, long dstMac, int operation, int senderIp, long targetMac, int targetIp) {
        long m = pool.alloc();
        if (m == 0) {
            port.countDrop(DropReason.MEMORY_PRESSURE);
            return;
        }
        long mac = port.macAddress();
        long at = EthernetView.write(Mbuf.data(m), dstMac, mac, EthernetView.TYPE_ARP);
        ArpView.write(at, operation, mac, senderIp, targetMac, targetIp);
        Mbuf.setLength(m, EthernetView.HEADER_BYTES + ArpView.BYTES);
        send(port, m);
    }

    /** Starts an ND frame in {@link #frame}; returns where the IPv6 header goes, or 0. */
    private long begin(NetPort port, long dstMac) {
        long m = pool.alloc();
        if (m == 0) {
            port.countDrop(DropReason.MEMORY_PRESSURE);
            return 0;
        }
        Mbuf.setLength(m, EthernetView.HEADER_BYTES + Ipv6View.HEADER_BYTES + ND_BYTES);
        frame.begin(m);
        return EthernetView.write(Mbuf.data(m), dstMac, port.macAddress(), EthernetView.TYPE_IPV6);
    }

    /** Writes the message behind an IPv6 header whose addresses stand already, and sends it. */
    private void finishNeighbour(
            NetPort port, long ip, int type, int flags, long targetHi, long targetLo) {
        Ipv6View.write(ip, ND_BYTES, 0, 0, IpProtocol.ICMPV6, ND_HOP_LIMIT);
        // The addresses are summed where they stand: 32 bytes behind the header's first 8.
        int addresses = Checksum.sum(ip + 8, 32);
        int pseudo = Checksum.add(addresses, Checksum.add(ND_BYTES, IpProtocol.ICMPV6));
        long at = ip + Ipv6View.HEADER_BYTES;
        NeighbourView.write(at, type, flags, targetHi, targetLo, port.macAddress(), pseudo);
        port.transmit(frame);
    }

    /** Sends a buffer that holds a whole frame. */
    void send(NetPort port, long m) {
        frame.begin(m);
        port.transmit(frame);
    }
}
