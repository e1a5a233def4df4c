package io.mptcplb.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.frame.Mem;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ViewsTest {
    private static final long MAC_A = 0x3e0b_f060_56d8L;
    private static final long MAC_B = 0x2249_d697_d71dL;
    private static final int IP_A = 0xc000_0211;
    private static final int IP_B = 0xc000_0212;
    private static final long NET6 = 0x2001_0db8_0001_0000L;

    private final TestMemory memory = new TestMemory();
    private final FrameReader reader = new FrameReader();

    @AfterEach
    void close() {
        memory.close();
    }

    static List<GoldenFrames.Frame> frames() {
        return GoldenFrames.all();
    }

    private DropReason read(GoldenFrames.Frame frame) {
        return read(frame.bytes());
    }

    private DropReason read(byte[] bytes) {
        return reader.read(memory.place(bytes, bytes.length, 0), bytes.length);
    }

    @ParameterizedTest
    @MethodSource("frames")
    void goldenFrame_isAccepted(GoldenFrames.Frame frame) {
        assertEquals(DropReason.NONE, read(frame));
        assertEquals(0, reader.options.malformed + reader.options.mptcp.malformed);
    }

    /** Every prefix is refused by name, and no view reads a byte behind it. */
    @ParameterizedTest
    @MethodSource("frames")
    void everyPrefix_isTruncated(GoldenFrames.Frame frame) {
        byte[] bytes = frame.bytes();
        for (int count = 0; count < bytes.length; count++) {
            long at = memory.place(bytes, count, 0);
            assertEquals(DropReason.TRUNCATED, reader.read(at, count), "prefix " + count);
        }
    }

    @ParameterizedTest
    @MethodSource("frames")
    void linkLayerPadding_isNoPayload(GoldenFrames.Frame frame) {
        byte[] padded = Arrays.copyOf(frame.bytes(), frame.bytes().length + 18);
        assertEquals(DropReason.NONE, read(padded));
        assertEquals(0, reader.tcp.address() == 0 ? 0 : reader.tcp.payloadBytes());
    }

    /** Any one flipped bit of an IPv4, ICMP or TCP header is noticed by some check. */
    @ParameterizedTest
    @MethodSource("frames")
    void oneFlippedBitBehindEthernet_isNoticed(GoldenFrames.Frame frame) {
        if (frame.name().startsWith("arp")) {
            return; // ARP has no checksum
        }
        byte[] bytes = frame.bytes();
        boolean ipv6 = bytes[12] == (byte) 0x86;
        for (int bit = 14 * 8; bit < bytes.length * 8; bit++) {
            int at = bit / 8 - 14;
            if (ipv6 && at < 8) {
                continue; // IPv6 sums its addresses only
            }
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            assertNotEquals(DropReason.NONE, read(bytes), "bit " + bit);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
    }

    @Test
    void arpRequest_isReadAndWritten() {
        read(GoldenFrames.ARP_REQUEST);
        assertEquals(EthernetView.BROADCAST, reader.ethernet.dst());
        assertEquals(MAC_A, reader.ethernet.src());
        assertEquals(-1, reader.ethernet.vlanTci());
        assertEquals(ArpView.REQUEST, reader.arp.operation());
        assertEquals(MAC_A, reader.arp.senderMac());
        assertEquals(IP_A, reader.arp.senderIp());
        assertEquals(0, reader.arp.targetMac());
        assertEquals(IP_B, reader.arp.targetIp());
        long at = memory.expose(42, 0);
        long next = EthernetView.write(at, EthernetView.BROADCAST, MAC_A, EthernetView.TYPE_ARP);
        next = ArpView.write(next, ArpView.REQUEST, MAC_A, IP_A, 0, IP_B);
        assertEquals(GoldenFrames.ARP_REQUEST.hex(), TestMemory.hex(at, (int) (next - at)));
    }

    @Test
    void arpReply_isReadAndWritten() {
        read(GoldenFrames.ARP_REPLY);
        assertEquals(ArpView.REPLY, reader.arp.operation());
        assertEquals(MAC_B, reader.arp.senderMac());
        assertEquals(MAC_A, reader.arp.targetMac());
        long at = memory.expose(42, 0);
        long next = EthernetView.write(at, MAC_A, MAC_B, EthernetView.TYPE_ARP);
        next = ArpView.write(next, ArpView.REPLY, MAC_B, IP_B, MAC_A, IP_A);
        assertEquals(GoldenFrames.ARP_REPLY.hex(), TestMemory.hex(at, (int) (next - at)));
    }

    @ParameterizedTest
    @CsvSource({"14, 2", "16, 9", "18, 8", "19, 6", "20, 1", "21, 3", "21, 0", "22, 1"})
    void arpOfOtherKinds_isRefused(int offset, int value) {
        byte[] bytes = GoldenFrames.ARP_REQUEST.bytes();
        bytes[offset] = (byte) value;
        assertEquals(DropReason.BAD_ARP, read(bytes));
    }

    @Test
    void vlanTag_isRecognised() {
        byte[] inner = GoldenFrames.V4_SYN.bytes();
        long at = memory.expose(inner.length + 4, 0);
        long tag = EthernetView.write(at, MAC_B, MAC_A, EthernetView.TYPE_VLAN);
        Mem.setU16(tag, 0xa064);
        Mem.copyIn(inner, 12, tag + 2, inner.length - 12);
        assertEquals(DropReason.NONE, reader.read(at, inner.length + 4));
        assertEquals(0xa064, reader.ethernet.vlanTci());
        assertEquals(EthernetView.TYPE_IPV4, reader.ethernet.etherType());
        assertEquals(MAC_B, reader.ethernet.dst());
        assertEquals(18, reader.ethernet.headerBytes());
        for (int count = 0; count < inner.length + 4; count++) {
            assertEquals(DropReason.TRUNCATED, reader.read(at, count));
        }
    }

    @Test
    void secondVlanTag_isAnUnknownType() {
        byte[] bytes = TestMemory.bytes("2249d697d71d3e0bf06056d8 81000064 81000065 0800 4500");
        assertEquals(DropReason.UNKNOWN_ETHERTYPE, read(bytes));
    }

    @Test
    void ipv4Header_isReadAndWritten() {
        read(GoldenFrames.V4_SYN);
        Ipv4View ip = reader.ipv4;
        assertEquals(IP_A, ip.src());
        assertEquals(IP_B, ip.dst());
        assertEquals(IpAddresses.v4(IP_A), ip.srcLo());
        assertEquals(64, ip.ttl());
        assertEquals(IpProtocol.TCP, ip.protocol());
        assertEquals(64, ip.totalBytes());
        assertEquals(44, ip.payloadBytes());
        assertEquals(0x10a5, ip.id());
        assertTrue(ip.dontFragment());
        // An id of 0: that SYN/ACK is what our writer makes.
        long at = memory.expose(20, 0);
        Ipv4View.write(at, 76, 0, 64, IpProtocol.TCP, IP_B, 0xc000_0221);
        String header = GoldenFrames.V4_JOIN_SYN_ACK.hex().substring(28, 28 + 40);
        assertEquals(header, TestMemory.hex(at, 20));
    }

    @Test
    void ipv4DscpAndEcn_areSplit() {
        long at = memory.expose(20, 0);
        long next = Ipv4View.write(at, 20, 46 << 2 | 3, 1, IpProtocol.TCP, 1, 2);
        assertEquals(at + 20, next);
        assertEquals(DropReason.NONE, reader.ipv4.wrap(at, 20));
        assertTrue(reader.ipv4.dontFragment());
        Mem.setU16(at + 6, 0);
        assertFalse(reader.ipv4.dontFragment());
        assertEquals(46, reader.ipv4.dscp());
        assertEquals(3, reader.ipv4.ecn());
    }

    @ParameterizedTest
    @CsvSource({
        "0x65, 40, 0x4000, BAD_IP_VERSION",
        "0x44, 40, 0x4000, BAD_IP_HEADER",
        "0x45, 19, 0x4000, BAD_IP_HEADER",
        "0x45, 41, 0x4000, TRUNCATED",
        "0x4f, 60, 0x4000, TRUNCATED",
        "0x45, 40, 0x2000, FRAGMENT",
        "0x45, 40, 0x0001, FRAGMENT",
        "0x45, 40, 0x1fff, FRAGMENT",
        "0x45, 40, 0x0000, NONE",
        "0x45, 20, 0x4000, NONE",
    })
    void ipv4Faults_haveTheirNames(
            String versionAndLength, int totalBytes, String fragment, DropReason reason) {
        long at = memory.expose(40, 0);
        Ipv4View.write(at, totalBytes, 0, 64, IpProtocol.TCP, IP_A, IP_B);
        Mem.setU8(at, Integer.decode(versionAndLength));
        Mem.setU16(at + 6, Integer.decode(fragment));
        sumIpv4(at);
        assertEquals(reason, reader.ipv4.wrap(at, 40));
    }

    @ParameterizedTest
    @CsvSource({
        "01010101, NONE",
        "00ffffff, NONE",
        "94040000, NONE", // router alert
        "92029202, NONE",
        "83030400, SOURCE_ROUTED",
        "89030400, SOURCE_ROUTED",
        "01018303, SOURCE_ROUTED",
        "94000000, BAD_IP_HEADER",
        "94010000, BAD_IP_HEADER",
        "94050000, BAD_IP_HEADER",
        "01010194, BAD_IP_HEADER",
    })
    void ipv4Options_areWalked(String options, DropReason reason) {
        long at = memory.expose(24, 0);
        Ipv4View.write(at, 24, 0, 64, IpProtocol.TCP, IP_A, IP_B);
        Mem.setU8(at, 0x46);
        Mem.setU32(at + 20, Integer.parseUnsignedInt(options, 16));
        sumIpv4(at);
        assertEquals(reason, reader.ipv4.wrap(at, 24));
        if (reason == DropReason.NONE) {
            assertEquals(24, reader.ipv4.headerBytes());
            assertEquals(0, reader.ipv4.payloadBytes());
        }
    }

    private static void sumIpv4(long at) {
        Mem.setU16(at + 10, 0);
        int bytes = Math.min((Mem.u8(at) & 15) * 4, 24);
        if (bytes >= 20) {
            Mem.setU16(at + 10, Checksum.complement(Checksum.sum(at, bytes)));
        }
    }

    @Test
    void packetOfAChain_hasItsHeaderInTheFirstPiece() {
        long at = memory.expose(40, 0);
        Ipv4View.write(at, 9000, 0, 64, IpProtocol.TCP, IP_A, IP_B);
        assertEquals(DropReason.TRUNCATED, reader.ipv4.wrap(at, 40));
        assertEquals(DropReason.NONE, reader.ipv4.wrap(at, 40, 9000));
        assertEquals(8980, reader.ipv4.payloadBytes());
        TcpView.write(at + 20, 1, 2, 3, 4, TcpView.offsetAndFlags(20, TcpView.ACK), 5);
        assertEquals(DropReason.NONE, reader.tcp.wrap(at + 20, 20, 8980));
        assertEquals(8960, reader.tcp.payloadBytes());
        TcpView.setOffsetAndFlags(at + 20, TcpView.offsetAndFlags(24, TcpView.ACK));
        assertEquals(DropReason.TRUNCATED, reader.tcp.wrap(at + 20, 20, 8980));
    }

    @Test
    void ipv6Header_isReadAndWritten() {
        read(GoldenFrames.V6_SYN);
        Ipv6View ip = reader.ipv6;
        assertEquals(NET6, ip.srcHi());
        assertEquals(1, ip.srcLo());
        assertEquals(NET6, ip.dstHi());
        assertEquals(2, ip.dstLo());
        assertEquals(64, ip.hopLimit());
        assertEquals(0xb0a14, ip.flowLabel());
        assertEquals(IpProtocol.TCP, ip.protocol());
        assertEquals(44, ip.payloadBytes());
        long at = memory.expose(40, 0);
        Ipv6View.write(at, 44, 0, 0xb0a14, IpProtocol.TCP, 64);
        assertEquals(at + 40, Ipv6View.writeAddresses(at, NET6, 1, NET6, 2));
        assertEquals(GoldenFrames.V6_SYN.hex().substring(28, 28 + 80), TestMemory.hex(at, 40));
        Ipv6View.write(at, 0, 46 << 2 | 1, 0xf_ffff, IpProtocol.TCP, 255);
        assertEquals(DropReason.NONE, ip.wrap(at, 40));
        assertEquals(46, ip.dscp());
        assertEquals(1, ip.ecn());
        assertEquals(0xf_ffff, ip.flowLabel());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0600010400000000, NONE, 8", // hop-by-hop
        "60, 0600010400000000, NONE, 8", // destination options
        "60, 06010104000000000000000000000000, NONE, 16",
        "60, 0602010400000000000000000000000000000000, BAD_EXTENSION_HEADER, 0",
        "43, 0600000000000000, NONE, 8", // routing header that is through
        "43, 0600000100000000, SOURCE_ROUTED, 0",
        "44, 0600000012345678, NONE, 8", // atomic fragment
        "44, 0600000112345678, FRAGMENT, 0",
        "44, 0600000812345678, FRAGMENT, 0",
        "0, 0601010400000000, BAD_EXTENSION_HEADER, 0", // ends behind the packet
        "0, 3c0001040000000006000104000000, BAD_EXTENSION_HEADER, 0",
        "0, 3c000104000000002c000104000000000600000000000001, NONE, 24",
        "0, 0600050200000100, NONE, 8", // router alert, and PadN
        "60, 0600000000000000, NONE, 8", // Pad1 six times
        "60, 06001e04aabbccdd, NONE, 8", // unknown, may be skipped
        "60, 06005e04aabbccdd, BAD_EXTENSION_HEADER, 0", // unknown, 01: discard
        "60, 06009e04aabbccdd, BAD_EXTENSION_HEADER, 0", // 10: discard
        "0, 0600c20400010000, BAD_EXTENSION_HEADER, 0", // 11: a jumbogram
        "60, 0600010500000000, BAD_EXTENSION_HEADER, 0", // an option past its header
        "60, 0600010200000001, BAD_EXTENSION_HEADER, 0", // a length past its header
        "60, 0600010300000001, BAD_EXTENSION_HEADER, 0", // a type without a length
        "60, 0602000000000000000000000000000000000000000000000000, BAD_EXTENSION_HEADER, 0",
        "60, 00000104000000000600010400000000, BAD_EXTENSION_HEADER, 0", // not the first
        "59, '', NONE, 0",
        "6, '', NONE, 0",
    })
    void ipv6Extensions_areSkipped(int first, String hex, DropReason reason, int skipped) {
        byte[] extensions = TestMemory.bytes(hex);
        int bytes = 40 + extensions.length;
        long at = memory.expose(bytes, 0);
        Ipv6View.write(at, extensions.length, 0, 0, first, 64);
        Ipv6View.writeAddresses(at, NET6, 1, NET6, 2);
        Mem.copyIn(extensions, 0, at + 40, extensions.length);
        assertEquals(reason, reader.ipv6.wrap(at, bytes));
        if (reason == DropReason.NONE) {
            assertEquals(40 + skipped, reader.ipv6.headerBytes());
            assertEquals(at + 40 + skipped, reader.ipv6.payload());
            assertEquals(bytes, reader.ipv6.totalBytes());
        }
    }

    @Test
    void ipv6ExtensionChain_isBounded() {
        int bytes = 40 + 8 * 20;
        long at = memory.expose(bytes, 0);
        Mem.fill(at, bytes, 0);
        for (int header = 40; header < bytes; header += 8) {
            Mem.setU8(at + header, IpProtocol.DESTINATION_OPTIONS);
        }
        Ipv6View.write(at, 8 * 20, 0, 0, IpProtocol.DESTINATION_OPTIONS, 64);
        assertEquals(DropReason.BAD_EXTENSION_HEADER, reader.ipv6.wrap(at, bytes));
        int last = 40 + 8 * (Ipv6View.EXTENSION_HEADERS_MAX - 1);
        Mem.setU8(at + last, IpProtocol.TCP);
        assertEquals(DropReason.NONE, reader.ipv6.wrap(at, bytes));
        assertEquals(IpProtocol.TCP, reader.ipv6.protocol());
    }

    @Test
    void echoRequest_turnedInPlace_isTheKernelsReply() {
        for (boolean ipv6 : new boolean[] {false, true}) {
            var request = ipv6 ? GoldenFrames.V6_ECHO_REQUEST : GoldenFrames.V4_ECHO_REQUEST;
            var reply = ipv6 ? GoldenFrames.V6_ECHO_REPLY : GoldenFrames.V4_ECHO_REPLY;
            int headers = ipv6 ? 54 : 34;
            assertEquals(DropReason.NONE, read(request));
            assertEquals(0x1234, reader.icmp.echoId());
            assertEquals(7, reader.icmp.echoSequence());
            assertEquals(8, reader.icmp.bodyBytes());
            assertEquals(16, reader.icmp.messageBytes());
            assertEquals(0x6162_6364_6566_6768L, Mem.u64(reader.icmp.body()));
            byte[] bytes = request.bytes();
            long at = memory.place(bytes, bytes.length, 0);
            IcmpView.turnEchoRequestIntoReply(at + headers);
            String icmp = TestMemory.hex(at + headers, 16);
            assertEquals(reply.hex().substring(headers * 2), icmp);
        }
    }

    @Test
    void echoReply_isWritten() {
        long at = memory.expose(16, 0);
        Mem.setU64(at + 8, 0x6162_6364_6566_6768L);
        assertEquals(at + 16, IcmpView.write(at, IcmpView.V4_ECHO_REPLY, 0, 0x1234_0007, 8, 0));
        String golden = GoldenFrames.V4_ECHO_REPLY.hex();
        assertEquals(golden.substring(34 * 2), TestMemory.hex(at, 16));
    }

    @Test
    void quotedSegment_namesTheFlow() {
        read(GoldenFrames.V4_UNREACHABLE);
        assertEquals(IcmpView.V4_UNREACHABLE, reader.icmp.type());
        assertEquals(3, reader.icmp.code());
        assertEquals(IpAddresses.v4(IP_A), reader.quote.srcLo());
        assertEquals(IpAddresses.v4(IP_B), reader.quote.dstLo());
        assertEquals(0x8950, reader.quote.srcPort());
        assertEquals(7777, reader.quote.dstPort());
        assertEquals(0xfa4b_8a73, reader.quote.seq());
        read(GoldenFrames.V6_UNREACHABLE);
        assertEquals(IcmpView.V6_UNREACHABLE, reader.icmp.type());
        assertEquals(NET6, reader.quote.srcHi());
        assertEquals(1, reader.quote.srcLo());
        assertEquals(2, reader.quote.dstLo());
        assertEquals(0x829e, reader.quote.srcPort());
        assertEquals(0x5c5c_dbe8, reader.quote.seq());
    }

    @Test
    void quotedAddresses_areAllFour() {
        long at = memory.expose(48, 0);
        Ipv6View.write(at, 1000, 0, 0, IpProtocol.TCP, 1);
        Ipv6View.writeAddresses(at, 11, 12, 13, 14);
        Mem.setU64(at + 40, 0x0016_0017_0000_0018L);
        IcmpQuoteView quote = reader.quote;
        assertEquals(DropReason.NONE, quote.wrap(at, 48, true));
        assertEquals(11, quote.srcHi());
        assertEquals(12, quote.srcLo());
        assertEquals(13, quote.dstHi());
        assertEquals(14, quote.dstLo());
        assertEquals(22, quote.srcPort());
        assertEquals(23, quote.dstPort());
        assertEquals(24, quote.seq());
        assertEquals(DropReason.TRUNCATED, quote.wrap(at, 47, true));
        Ipv4View.write(at, 1000, 0, 1, IpProtocol.TCP, 15, 16);
        assertEquals(DropReason.NONE, quote.wrap(at, 48, false));
        assertEquals(0, quote.srcHi());
        assertEquals(IpAddresses.v4(15), quote.srcLo());
        assertEquals(0, quote.dstHi());
        assertEquals(IpAddresses.v4(16), quote.dstLo());
        Mem.setU16(at + 6, 0x2000);
        assertEquals(DropReason.NONE, quote.wrap(at, 48, false)); // the first fragment
        Mem.setU16(at + 6, 0x0001);
        assertEquals(DropReason.FRAGMENT, quote.wrap(at, 48, false));
    }

    @Test
    void quoteCutBehindTheSequenceNumber_isEnough() {
        byte[] bytes = GoldenFrames.V4_UNREACHABLE.bytes();
        int quote = 14 + 20 + 8;
        long at = memory.place(Arrays.copyOfRange(bytes, quote, quote + 28), 28, 0);
        assertEquals(DropReason.NONE, reader.quote.wrap(at, 28, false));
        assertEquals(0xfa4b_8a73, reader.quote.seq());
        assertEquals(DropReason.TRUNCATED, reader.quote.wrap(at, 27, false));
        Mem.setU8(at + 9, IpProtocol.UDP);
        assertEquals(DropReason.UNKNOWN_PROTOCOL, reader.quote.wrap(at, 28, false));
        Mem.setU8(at, 0x65);
        assertEquals(DropReason.BAD_ICMP, reader.quote.wrap(at, 28, false));
    }

    @Test
    void tooBig_hasItsMtu() {
        long at = memory.expose(36, 0);
        Mem.fill(at, 36, 0);
        IcmpView.write(at, IcmpView.V4_UNREACHABLE, IcmpView.V4_CODE_TOO_BIG, 1400, 28, 0);
        assertEquals(DropReason.NONE, reader.icmp.wrap(at, 36, 0));
        assertEquals(1400, reader.icmp.v4Mtu());
        IcmpView.write(at, IcmpView.V6_TOO_BIG, 0, 0xffff_fff0, 28, 77);
        assertEquals(DropReason.NONE, reader.icmp.wrap(at, 36, 77));
        assertEquals(0xffff_fff0L, reader.icmp.v6Mtu());
        assertEquals(DropReason.BAD_ICMP_CHECKSUM, reader.icmp.wrap(at, 36, 78));
    }

    @Test
    void neighbourMessages_areReadAndWritten() {
        read(GoldenFrames.V6_SOLICITATION);
        assertTrue(reader.neighbour.isSolicitation());
        assertEquals(NET6, reader.neighbour.targetHi());
        assertEquals(2, reader.neighbour.targetLo());
        assertEquals(MAC_A, reader.neighbour.linkAddress());
        assertEquals(IpAddresses.solicitedNodeHi(), reader.ipv6.dstHi());
        assertEquals(IpAddresses.solicitedNodeLo(2), reader.ipv6.dstLo());
        assertEquals(IpAddresses.multicastMac(reader.ipv6.dstLo()), reader.ethernet.dst());
        read(GoldenFrames.V6_ADVERTISEMENT);
        assertFalse(reader.neighbour.isSolicitation());
        assertEquals(MAC_B, reader.neighbour.linkAddress());
        int flags = NeighbourView.FLAG_SOLICITED | NeighbourView.FLAG_OVERRIDE;
        assertEquals(flags, reader.neighbour.flags());
        long at = memory.expose(32, 0);
        int pseudo = Checksum.pseudo(true, NET6, 2, NET6, 1, IpProtocol.ICMPV6, 32);
        int type = IcmpView.V6_NEIGHBOUR_ADVERTISEMENT;
        assertEquals(at + 32, NeighbourView.write(at, type, flags, NET6, 2, MAC_B, pseudo));
        String golden = GoldenFrames.V6_ADVERTISEMENT.hex();
        assertEquals(golden.substring(54 * 2), TestMemory.hex(at, 32));
    }

    @ParameterizedTest
    @CsvSource({
        "32, 254, 0, 135, TTL_EXPIRED",
        "32, 255, 1, 1, BAD_NEIGHBOUR_MESSAGE", // code
        "32, 255, 8, 255, BAD_NEIGHBOUR_MESSAGE", // target is a group
        "32, 255, 25, 0, BAD_NEIGHBOUR_MESSAGE", // option of length 0
        "32, 255, 25, 2, BAD_NEIGHBOUR_MESSAGE", // option past the end
        "28, 255, 0, 135, BAD_NEIGHBOUR_MESSAGE", // half an option
        "24, 255, 0, 135, NONE", // no option
        "32, 255, 24, 7, NONE", // another option
        "32, 255, 0, 137, BAD_NEIGHBOUR_MESSAGE", // redirect
        "23, 255, 0, 135, TRUNCATED",
    })
    void neighbourFaults_haveTheirNames(
            int length, int hopLimit, int offset, int value, DropReason reason) {
        byte[] bytes = GoldenFrames.V6_SOLICITATION.bytes();
        byte[] message = Arrays.copyOfRange(bytes, 54, bytes.length);
        message[offset] = (byte) value;
        long at = memory.place(message, length, 0);
        assertEquals(reason, reader.neighbour.wrap(at, length, hopLimit));
        if (reason == DropReason.NONE) {
            assertEquals(-1, reader.neighbour.linkAddress());
        }
    }

    @Test
    void linkAddressBehindOtherOptions_isFound() {
        byte[] bytes = GoldenFrames.V6_SOLICITATION.bytes();
        byte[] message = Arrays.copyOfRange(bytes, 54, bytes.length + 24);
        byte[] options = TestMemory.bytes("0e02" + "00".repeat(14) + "01010000000000aa");
        System.arraycopy(options, 0, message, 24, 24);
        System.arraycopy(message, 24 + 16, message, 48, 8);
        message[55] = (byte) 0xbb; // a second one: the first counts
        long at = memory.place(message, 56, 0);
        assertEquals(DropReason.NONE, reader.neighbour.wrap(at, 56, 255));
        assertEquals(0xaa, reader.neighbour.linkAddress());
    }

    /** 17 options of 8 bytes: one more than anybody needs, and the walk ends. */
    @Test
    void neighbourOptions_areBounded() {
        byte[] message = new byte[24 + 17 * 8];
        message[0] = (byte) IcmpView.V6_NEIGHBOUR_SOLICITATION;
        for (int i = 0; i < 17; i++) {
            message[24 + 8 * i + 1] = 1;
        }
        long at = memory.place(message, message.length, 0);
        NeighbourView view = reader.neighbour;
        assertEquals(DropReason.NONE, view.wrap(at, message.length - 8, 255));
        assertEquals(DropReason.BAD_NEIGHBOUR_MESSAGE, view.wrap(at, message.length, 255));
    }

    @Test
    void tcpHeader_isReadAndWritten() {
        read(GoldenFrames.V4_SYN);
        TcpView tcp = reader.tcp;
        assertEquals(0xaf2a, tcp.srcPort());
        assertEquals(8000, tcp.dstPort());
        assertEquals(0xeca0_e19e, tcp.seq());
        assertEquals(0, tcp.ack());
        assertEquals(TcpView.SYN, tcp.flags());
        assertTrue(tcp.has(TcpView.SYN));
        assertFalse(tcp.has(TcpView.SYN | TcpView.ACK));
        assertEquals(64240, tcp.window());
        assertEquals(44, tcp.headerBytes());
        assertEquals(24, tcp.optionsBytes());
        assertEquals(0, tcp.payloadBytes());
        assertEquals(1, tcp.sequenceBytes());
        long at = memory.expose(44, 0);
        int offsetAndFlags = TcpView.offsetAndFlags(44, TcpView.SYN);
        long next = TcpView.write(at, 0xaf2a, 8000, 0xeca0_e19e, 0, offsetAndFlags, 64240);
        next = GoldenOptions.named("linux capable syn").write().applyAsLong(next);
        assertEquals(at + 44, next);
        long src = IpAddresses.v4(IP_A);
        long dst = IpAddresses.v4(IP_B);
        int pseudo = Checksum.pseudo(false, 0, src, 0, dst, IpProtocol.TCP, 44);
        int sum = Checksum.add(pseudo, Checksum.sum(at, 44));
        TcpView.setChecksum(at, Checksum.complement(sum));
        assertEquals(GoldenFrames.V4_SYN.hex().substring(34 * 2), TestMemory.hex(at, 44));
    }

    @Test
    void segmentWithPayload_hasItsPlaceAndSequenceSpace() {
        long at = memory.expose(34, 0);
        int flags = TcpView.FIN | TcpView.PSH | TcpView.ACK | TcpView.URG;
        TcpView.write(at, 1, 2, 3, 0x0102_0304, TcpView.offsetAndFlags(24, flags), 5);
        TcpView.setChecksum(at, 0xabcd);
        Mem.setU16(at + 18, 77);
        TcpView tcp = reader.tcp;
        assertEquals(DropReason.NONE, tcp.wrap(at, 34));
        assertEquals(at, tcp.address());
        assertEquals(0x0102_0304, tcp.ack());
        assertEquals(0xabcd, tcp.checksum());
        assertEquals(77, tcp.urgent());
        assertEquals(at + 20, tcp.optionsAddress());
        assertEquals(at + 24, tcp.payload());
        assertEquals(10, tcp.payloadBytes());
        assertEquals(34, tcp.segmentBytes());
        assertEquals(11, tcp.sequenceBytes());
        TcpView.setOffsetAndFlags(at, TcpView.offsetAndFlags(24, TcpView.SYN | TcpView.FIN));
        assertEquals(12, tcp.sequenceBytes());
        TcpView.setOffsetAndFlags(at, TcpView.offsetAndFlags(24, TcpView.RST));
        assertEquals(10, tcp.sequenceBytes());
    }

    @ParameterizedTest
    @CsvSource({
        "0x40, 1, 2, BAD_DATA_OFFSET",
        "0x00, 1, 2, BAD_DATA_OFFSET",
        "0xf0, 1, 2, BAD_DATA_OFFSET",
        "0x60, 1, 2, NONE",
        "0x50, 0, 2, BAD_PORT",
        "0x50, 1, 0, BAD_PORT",
    })
    void tcpFaults_haveTheirNames(String offset, int src, int dst, DropReason reason) {
        long at = memory.expose(24, 0);
        TcpView.write(at, src, dst, 3, 4, TcpView.offsetAndFlags(20, TcpView.ACK), 5);
        Mem.setU8(at + 12, Integer.decode(offset));
        assertEquals(reason, reader.tcp.wrap(at, 24));
    }

    @Test
    void dropReasons_haveCodesAndSentences() {
        for (int code = 0; code < DropReason.count(); code++) {
            DropReason reason = DropReason.ofCode(code);
            assertEquals(code, reason.code());
            assertTrue(reason.sentence().endsWith("."), reason.name());
        }
        assertFalse(DropReason.NONE.isDrop());
        assertTrue(DropReason.TRUNCATED.isDrop());
    }
}
