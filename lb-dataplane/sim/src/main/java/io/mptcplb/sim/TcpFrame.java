package io.mptcplb.sim;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Reads and edits an Ethernet frame with TCP behind IPv4, or behind IPv6 without extension headers,
 * for middleboxes; checksums are made good by {@link #seal}.
 */
public final class TcpFrame {
    static final int ETHERNET = 14;

    /** No path of IPv6 takes less (RFC 8200 s5). */
    static final int IPV6_MTU_MIN = 1280;

    private static final int TCP = 6;
    private static final int ICMPV6 = 58;
    private static final int IPV4_TYPE = 0x0800;
    private static final int IPV6_TYPE = 0x86dd;
    private static final int IPV6_BYTES = 40;

    private final ByteBuffer bytes;
    private final boolean ipv6;
    private final int tcp;

    private TcpFrame(byte[] frame) {
        bytes = ByteBuffer.wrap(frame);
        ipv6 = etherType(frame) == IPV6_TYPE;
        tcp = ETHERNET + (ipv6 ? IPV6_BYTES : 4 * (frame[ETHERNET] & 15));
    }

    public static boolean isTcp(byte[] frame) {
        if (frame.length < ETHERNET + 40) {
            return false;
        }
        return switch (etherType(frame)) {
            case IPV4_TYPE -> frame[ETHERNET + 9] == TCP;
            case IPV6_TYPE ->
                    frame[ETHERNET + 6] == TCP && frame.length >= ETHERNET + IPV6_BYTES + 20;
            default -> false;
        };
    }

    private static int etherType(byte[] frame) {
        return (frame[12] & 0xff) << 8 | frame[13] & 0xff;
    }

    public boolean ipv6() {
        return ipv6;
    }

    public static TcpFrame of(byte[] frame) {
        return new TcpFrame(frame);
    }

    public byte[] array() {
        return bytes.array();
    }

    public int seq() {
        return bytes.getInt(tcp + 4);
    }

    public void seq(int seq) {
        bytes.putInt(tcp + 4, seq);
    }

    public int ack() {
        return bytes.getInt(tcp + 8);
    }

    public int flags() {
        return bytes.get(tcp + 13) & 0xff;
    }

    public void flags(int flags) {
        bytes.put(tcp + 13, (byte) flags);
    }

    public int window() {
        return bytes.getShort(tcp + 14) & 0xffff;
    }

    public int headerBytes() {
        return (bytes.get(tcp + 12) >> 4 & 15) * 4;
    }

    /** Where the TCP header starts in the frame. */
    public int start() {
        return tcp;
    }

    /** Where the payload starts in the frame. */
    public int payloadStart() {
        return tcp + headerBytes();
    }

    public int payloadBytes() {
        return ETHERNET + packetBytes() - payloadStart();
    }

    /** IP packet length. */
    public int packetBytes() {
        return ipv6
                ? IPV6_BYTES + (bytes.getShort(ETHERNET + 4) & 0xffff)
                : bytes.getShort(ETHERNET + 2) & 0xffff;
    }

    private void packetBytes(int value) {
        bytes.putShort(ETHERNET + (ipv6 ? 4 : 2), (short) (ipv6 ? value - IPV6_BYTES : value));
    }

    /** A segment with a part of the payload and the same header; its checksums are good. */
    public byte[] part(int from, int to) {
        int start = payloadStart();
        byte[] part = new byte[start + to - from];
        System.arraycopy(array(), 0, part, 0, start);
        System.arraycopy(array(), start + from, part, start, to - from);
        TcpFrame cut = new TcpFrame(part);
        cut.packetBytes(part.length - ETHERNET);
        cut.bytes.putInt(tcp + 4, seq() + from);
        cut.seal();
        return part;
    }

    int checksum() {
        return bytes.getShort(tcp + 16) & 0xffff;
    }

    /** Folded sum of the pseudo-header over the whole segment, not complemented. */
    int pseudoSum() {
        int length = ETHERNET + packetBytes() - tcp;
        int addresses = ETHERNET + (ipv6 ? 8 : 12);
        return sum(bytes, addresses, addresses + (ipv6 ? 32 : 8), TCP + length);
    }

    /** Makes IP and TCP checksums good after an edit. */
    public void seal() {
        if (!ipv6) {
            bytes.putShort(ETHERNET + 10, (short) 0);
            bytes.putShort(ETHERNET + 10, (short) ~sum(bytes, ETHERNET, tcp, 0));
        }
        int length = ETHERNET + packetBytes() - tcp;
        bytes.putShort(tcp + 16, (short) 0);
        bytes.putShort(tcp + 16, (short) ~sum(bytes, tcp, tcp + length, pseudoSum()));
    }

    /**
     * What the path says to this frame's sender when it passes less: "fragmentation needed" (RFC
     * 1191 s4) or "packet too big" (RFC 4443 s3.2).
     */
    public byte[] tooBig(int mtuBytes) {
        return ipv6 ? packetTooBig(mtuBytes) : fragmentationNeeded(mtuBytes);
    }

    /** An answer from the frame's receiver to its sender, with so many bytes of IP and more. */
    private byte[] answer(int type, int packetBytes) {
        byte[] in = array();
        byte[] frame = new byte[ETHERNET + packetBytes];
        System.arraycopy(in, 6, frame, 0, 6);
        System.arraycopy(in, 0, frame, 6, 6);
        frame[12] = (byte) (type >> 8);
        frame[13] = (byte) type;
        return frame;
    }

    private byte[] packetTooBig(int mtuBytes) {
        int quoted = Math.min(packetBytes(), IPV6_MTU_MIN - IPV6_BYTES - 8);
        byte[] frame = answer(IPV6_TYPE, IPV6_BYTES + 8 + quoted);
        ByteBuffer icmp = ByteBuffer.wrap(frame);
        icmp.put(ETHERNET, (byte) 0x60);
        icmp.putShort(ETHERNET + 4, (short) (8 + quoted));
        icmp.put(ETHERNET + 6, (byte) ICMPV6);
        icmp.put(ETHERNET + 7, (byte) 64);
        System.arraycopy(array(), ETHERNET + 24, frame, ETHERNET + 8, 16);
        System.arraycopy(array(), ETHERNET + 8, frame, ETHERNET + 24, 16);
        int body = ETHERNET + IPV6_BYTES;
        icmp.put(body, (byte) 2);
        icmp.putInt(body + 4, mtuBytes);
        System.arraycopy(array(), ETHERNET, frame, body + 8, quoted);
        int pseudo = sum(icmp, ETHERNET + 8, body, ICMPV6 + 8 + quoted);
        icmp.putShort(body + 2, (short) ~sum(icmp, body, frame.length, pseudo));
        return frame;
    }

    private byte[] fragmentationNeeded(int mtuBytes) {
        int quoted = Math.min(packetBytes(), 20 + 28);
        byte[] frame = answer(IPV4_TYPE, 20 + 8 + quoted);
        ByteBuffer icmp = ByteBuffer.wrap(frame);
        icmp.putShort(ETHERNET, (short) 0x4500);
        icmp.putShort(ETHERNET + 2, (short) (20 + 8 + quoted));
        icmp.put(ETHERNET + 8, (byte) 64);
        icmp.put(ETHERNET + 9, (byte) 1);
        System.arraycopy(array(), ETHERNET + 16, frame, ETHERNET + 12, 4);
        System.arraycopy(array(), ETHERNET + 12, frame, ETHERNET + 16, 4);
        icmp.putShort(ETHERNET + 10, (short) ~sum(icmp, ETHERNET, ETHERNET + 20, 0));
        int body = ETHERNET + 20;
        icmp.putShort(body, (short) 0x0304);
        icmp.putShort(body + 6, (short) mtuBytes);
        System.arraycopy(array(), ETHERNET, frame, body + 8, quoted);
        icmp.putShort(body + 2, (short) ~sum(icmp, body, frame.length, 0));
        return frame;
    }

    private static int sum(ByteBuffer of, int from, int to, int start) {
        int sum = start;
        for (int i = from; i < to; i++) {
            sum += (of.get(i) & 0xff) << ((i - from & 1) == 0 ? 8 : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }

    /** A copy that can be changed without changing this one. */
    public TcpFrame copy() {
        return new TcpFrame(Arrays.copyOf(array(), array().length));
    }
}
