package io.mptcplb.wire;

/**
 * Reads a frame the way a stack does: each view wraps once, and then every accessor is called. The
 * sum of all of them keeps the compiler from leaving any out.
 */
final class FrameReader {
    final EthernetView ethernet = new EthernetView();
    final ArpView arp = new ArpView();
    final Ipv4View ipv4 = new Ipv4View();
    final Ipv6View ipv6 = new Ipv6View();
    final IcmpView icmp = new IcmpView();
    final IcmpQuoteView quote = new IcmpQuoteView();
    final NeighbourView neighbour = new NeighbourView();
    final TcpView tcp = new TcpView();
    final TcpOptions options = new TcpOptions();

    /** Whether a wrong TCP or ICMP checksum ends the reading. */
    boolean verifyL4 = true;

    long sum;
    private long frameEnd;

    DropReason read(long address, int length) {
        DropReason reason = ethernet.wrap(address, length);
        if (reason.isDrop()) {
            return reason;
        }
        frameEnd = address + length;
        requireInside(ethernet.payload(), ethernet.payloadBytes());
        sum += ethernet.dst() + ethernet.src() + ethernet.vlanTci() + ethernet.headerBytes();
        return switch (ethernet.etherType()) {
            case EthernetView.TYPE_ARP -> readArp();
            case EthernetView.TYPE_IPV4 -> readIpv4();
            case EthernetView.TYPE_IPV6 -> readIpv6();
            default -> DropReason.UNKNOWN_ETHERTYPE;
        };
    }

    /** What a view calls its payload lies inside the frame, whoever reads it later. */
    private void requireInside(long address, int bytes) {
        if (bytes < 0 || address + bytes > frameEnd) {
            throw new IndexOutOfBoundsException(
                    bytes + " bytes, " + (frameEnd - address) + " left");
        }
    }

    private DropReason readArp() {
        DropReason reason = arp.wrap(ethernet.payload(), ethernet.payloadBytes());
        if (!reason.isDrop()) {
            sum += arp.operation() + arp.senderMac() + arp.senderIp() + arp.targetMac();
            sum += arp.targetIp();
        }
        return reason;
    }

    private DropReason readIpv4() {
        DropReason reason = ipv4.wrap(ethernet.payload(), ethernet.payloadBytes());
        if (reason.isDrop()) {
            return reason;
        }
        requireInside(ipv4.payload(), ipv4.payloadBytes());
        sum += ipv4.dscp() + ipv4.ecn() + ipv4.id() + ipv4.ttl() + ipv4.src() + ipv4.dst();
        sum += ipv4.srcLo() + ipv4.dstLo() + ipv4.headerBytes() + ipv4.totalBytes();
        sum += ipv4.dontFragment() ? 1 : 0;
        int bytes = ipv4.payloadBytes();
        int protocol = ipv4.protocol();
        if (protocol == IpProtocol.ICMP) {
            return readIcmp(ipv4.payload(), bytes, 0, false);
        }
        int pseudo = Checksum.pseudo(false, 0, ipv4.srcLo(), 0, ipv4.dstLo(), protocol, bytes);
        return protocol == IpProtocol.TCP
                ? readTcp(ipv4.payload(), bytes, pseudo)
                : DropReason.UNKNOWN_PROTOCOL;
    }

    private DropReason readIpv6() {
        DropReason reason = ipv6.wrap(ethernet.payload(), ethernet.payloadBytes());
        if (reason.isDrop()) {
            return reason;
        }
        requireInside(ipv6.payload(), ipv6.payloadBytes());
        sum += ipv6.dscp() + ipv6.ecn() + ipv6.flowLabel() + ipv6.hopLimit();
        sum += ipv6.headerBytes() + ipv6.totalBytes();
        int bytes = ipv6.payloadBytes();
        int protocol = ipv6.protocol();
        int pseudo =
                Checksum.pseudo(
                        true,
                        ipv6.srcHi(),
                        ipv6.srcLo(),
                        ipv6.dstHi(),
                        ipv6.dstLo(),
                        protocol,
                        bytes);
        return switch (protocol) {
            case IpProtocol.TCP -> readTcp(ipv6.payload(), bytes, pseudo);
            case IpProtocol.ICMPV6 -> readIcmp(ipv6.payload(), bytes, pseudo, true);
            default -> DropReason.UNKNOWN_PROTOCOL;
        };
    }

    private DropReason readIcmp(long address, int bytes, int pseudo, boolean isIpv6) {
        DropReason reason = icmp.wrap(address, bytes, pseudo);
        boolean ignored = reason == DropReason.BAD_ICMP_CHECKSUM && !verifyL4;
        if (reason.isDrop() && !ignored) {
            return reason;
        }
        if (!ignored) {
            requireInside(icmp.body(), icmp.bodyBytes());
            sum += icmp.type() + icmp.code() + icmp.echoId() + icmp.echoSequence();
            sum += icmp.v4Mtu() + icmp.v6Mtu() + icmp.bodyBytes() + icmp.messageBytes();
        }
        int type = io.mptcplb.frame.Mem.u8(address);
        boolean discovery =
                type == IcmpView.V6_NEIGHBOUR_SOLICITATION
                        || type == IcmpView.V6_NEIGHBOUR_ADVERTISEMENT;
        if (isIpv6 && discovery) {
            return readNeighbour(address, bytes);
        }
        boolean error = isIpv6 ? type < 128 : type == 3 || type == 11 || type == 12;
        return error
                ? readQuote(address + IcmpView.HEADER_BYTES, bytes - IcmpView.HEADER_BYTES, isIpv6)
                : DropReason.NONE;
    }

    private DropReason readNeighbour(long address, int bytes) {
        DropReason reason = neighbour.wrap(address, bytes, ipv6.hopLimit());
        if (!reason.isDrop()) {
            sum += neighbour.flags() + neighbour.targetHi() + neighbour.targetLo();
            sum += neighbour.linkAddress() + (neighbour.isSolicitation() ? 1 : 0);
        }
        return reason;
    }

    private DropReason readQuote(long address, int bytes, boolean isIpv6) {
        DropReason reason = quote.wrap(address, bytes, isIpv6);
        if (!reason.isDrop()) {
            sum += quote.srcHi() + quote.srcLo() + quote.dstHi() + quote.dstLo();
            sum += quote.srcPort() + quote.dstPort() + quote.seq();
        }
        return reason;
    }

    private DropReason readTcp(long address, int bytes, int pseudo) {
        DropReason reason = tcp.wrap(address, bytes);
        if (reason.isDrop()) {
            return reason;
        }
        if (verifyL4 && !Checksum.intact(Checksum.add(pseudo, Checksum.sum(address, bytes)))) {
            return DropReason.BAD_TCP_CHECKSUM;
        }
        requireInside(tcp.optionsAddress(), tcp.optionsBytes());
        requireInside(tcp.payload(), tcp.payloadBytes());
        sum += tcp.srcPort() + tcp.dstPort() + tcp.seq() + tcp.ack() + tcp.flags() + tcp.window();
        sum += tcp.checksum() + tcp.urgent() + tcp.payload() + tcp.sequenceBytes();
        sum += Checksum.sum(tcp.payload(), tcp.payloadBytes());
        options.parse(tcp.optionsAddress(), tcp.optionsBytes());
        sum += options.mss + options.windowShift + options.tsVal + options.sackCount;
        sum += options.mptcp.present + options.mptcp.dsn + options.mptcp.dataAck;
        return DropReason.NONE;
    }
}
