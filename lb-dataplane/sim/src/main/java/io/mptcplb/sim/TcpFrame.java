package io.mptcplb.sim;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Reads and edits an Ethernet frame with IPv4 and TCP, for middleboxes; checksums are made good by
 * {@link #seal}.
 */
public final class TcpFrame {
    static final int ETHERNET = 14;
    private static final int TCP = 6;

    private final ByteBuffer bytes;
    private final int tcp;

    private TcpFrame(byte[] frame) {
        bytes = ByteBuffer.wrap(frame);
        tcp = ETHERNET + 4 * (frame[ETHERNET] & 15);
    }

    /** True for an IPv4 TCP frame. */
    public static boolean isTcp(byte[] frame) {
        return frame.length >= ETHERNET + 40
                && frame[12] == 0x08
                && frame[13] == 0x00
                && frame[ETHERNET + 9] == TCP;
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
        return ETHERNET + (bytes.getShort(ETHERNET + 2) & 0xffff) - payloadStart();
    }

    /** IP packet length. */
    public int packetBytes() {
        return bytes.getShort(ETHERNET + 2) & 0xffff;
    }

    /** A segment with a part of the payload and the same header; its checksums are good. */
    public byte[] part(int from, int to) {
        int start = payloadStart();
        byte[] part = new byte[start + to - from];
        System.arraycopy(array(), 0, part, 0, start);
        System.arraycopy(array(), start + from, part, start, to - from);
        TcpFrame cut = new TcpFrame(part);
        cut.bytes.putShort(ETHERNET + 2, (short) (part.length - ETHERNET));
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
        return sum(bytes, ETHERNET + 12, ETHERNET + 20, TCP + length);
    }

    /** Makes IP and TCP checksums good after an edit. */
    public void seal() {
        bytes.putShort(ETHERNET + 10, (short) 0);
        bytes.putShort(ETHERNET + 10, (short) ~sum(bytes, ETHERNET, tcp, 0));
        int length = ETHERNET + packetBytes() - tcp;
        bytes.putShort(tcp + 16, (short) 0);
        int pseudo = sum(bytes, ETHERNET + 12, ETHERNET + 20, TCP + length);
        bytes.putShort(tcp + 16, (short) ~sum(bytes, tcp, tcp + length, pseudo));
    }

    /** An ICMP "fragmentation needed" for this frame, from the path to its sender (RFC 1191 s4). */
    public byte[] fragmentationNeeded(int mtuBytes) {
        int quoted = Math.min(packetBytes(), 20 + 28);
        byte[] frame = new byte[ETHERNET + 20 + 8 + quoted];
        ByteBuffer icmp = ByteBuffer.wrap(frame);
        byte[] in = array();
        System.arraycopy(in, 6, frame, 0, 6);
        System.arraycopy(in, 0, frame, 6, 6);
        icmp.putShort(12, (short) 0x0800);
        icmp.putShort(ETHERNET, (short) 0x4500);
        icmp.putShort(ETHERNET + 2, (short) (frame.length - ETHERNET));
        icmp.put(ETHERNET + 8, (byte) 64);
        icmp.put(ETHERNET + 9, (byte) 1);
        System.arraycopy(in, ETHERNET + 16, frame, ETHERNET + 12, 4);
        System.arraycopy(in, ETHERNET + 12, frame, ETHERNET + 16, 4);
        icmp.putShort(ETHERNET + 10, (short) ~sum(icmp, ETHERNET, ETHERNET + 20, 0));
        int body = ETHERNET + 20;
        icmp.putShort(body, (short) 0x0304);
        icmp.putShort(body + 6, (short) mtuBytes);
        System.arraycopy(in, ETHERNET, frame, body + 8, quoted);
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
