package io.mptcplb.stack.ip;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * Packets as byte arrays, built and read straight from the RFCs' pictures and not by the views
 * under test.
 */
final class Bytes {
    static final int ARP = 0x0806;
    static final int IPV4 = 0x0800;
    static final int IPV6 = 0x86dd;

    private Bytes() {}

    static byte[] ip(String text) {
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    static byte[] ethernet(long dst, long src, int type, byte[] payload) {
        ByteBuffer out = ByteBuffer.allocate(14 + payload.length);
        mac(out, dst);
        mac(out, src);
        return out.putShort((short) type).put(payload).array();
    }

    static byte[] arp(
            int operation, long senderMac, String senderIp, long targetMac, String targetIp) {
        ByteBuffer out = ByteBuffer.allocate(28);
        out.putShort((short) 1).putShort((short) 0x0800).put((byte) 6).put((byte) 4);
        out.putShort((short) operation);
        mac(out, senderMac);
        out.put(ip(senderIp));
        mac(out, targetMac);
        return out.put(ip(targetIp)).array();
    }

    static byte[] ipv4(String src, String dst, int protocol, byte[] payload) {
        return ipv4(src, dst, protocol, new byte[0], 0, payload);
    }

    static byte[] ipv4(
            String src, String dst, int protocol, byte[] options, int fragment, byte[] payload) {
        int headerBytes = 20 + options.length;
        ByteBuffer out = ByteBuffer.allocate(headerBytes + payload.length);
        out.put((byte) (0x40 | headerBytes / 4)).put((byte) 0x02);
        out.putShort((short) out.capacity()).putShort((short) 7).putShort((short) fragment);
        out.put((byte) 61).put((byte) protocol).putShort((short) 0).put(ip(src)).put(ip(dst));
        out.put(options).put(payload);
        out.putShort(10, (short) ~sum(out.array(), 0, headerBytes, 0));
        return out.array();
    }

    static byte[] ipv6(String src, String dst, int nextHeader, int hopLimit, byte[] payload) {
        return ipv6(ip(src), ip(dst), nextHeader, hopLimit, payload);
    }

    static byte[] ipv6(byte[] src, byte[] dst, int nextHeader, int hopLimit, byte[] payload) {
        ByteBuffer out = ByteBuffer.allocate(40 + payload.length);
        out.putInt(0x6020_0000).putShort((short) payload.length);
        out.put((byte) nextHeader).put((byte) hopLimit).put(src).put(dst);
        return out.put(payload).array();
    }

    /** A bare TCP header with payload; the checksum is TCP's business and left 0. */
    static byte[] tcp(int srcPort, int dstPort, int seq, int payloadBytes) {
        ByteBuffer out = ByteBuffer.allocate(20 + payloadBytes);
        out.putShort((short) srcPort).putShort((short) dstPort).putInt(seq).putInt(0);
        out.putShort((short) 0x5010).putShort((short) 1000);
        for (int i = 0; i < payloadBytes; i++) {
            out.put(20 + i, (byte) i);
        }
        return out.array();
    }

    static byte[] icmp(int type, int code, int word, byte[] body) {
        ByteBuffer out = ByteBuffer.allocate(8 + body.length);
        out.put((byte) type).put((byte) code).putShort((short) 0).putInt(word).put(body);
        out.putShort(2, (short) ~sum(out.array(), 0, out.capacity(), 0));
        return out.array();
    }

    static byte[] icmpv6(String src, String dst, int type, int code, int word, byte[] body) {
        ByteBuffer out = ByteBuffer.allocate(8 + body.length);
        out.put((byte) type).put((byte) code).putShort((short) 0).putInt(word).put(body);
        int pseudo = pseudo(ip(src), ip(dst), 58, out.capacity());
        out.putShort(2, (short) ~sum(out.array(), 0, out.capacity(), pseudo));
        return out.array();
    }

    /** A solicitation (135) or advertisement (136); without its option when {@code mac} is -1. */
    static byte[] neighbour(String src, String dst, int type, int flags, String target, long mac) {
        ByteBuffer body = ByteBuffer.allocate(mac < 0 ? 16 : 24);
        body.put(ip(target));
        if (mac >= 0) {
            body.put((byte) (type == 135 ? 1 : 2)).put((byte) 1);
            mac(body, mac);
        }
        return icmpv6(src, dst, type, 0, flags << 24, body.array());
    }

    static int pseudo(byte[] src, byte[] dst, int protocol, int length) {
        ByteBuffer out = ByteBuffer.allocate(src.length + dst.length + 8);
        out.put(src).put(dst).putInt(length).putInt(protocol);
        return sum(out.array(), 0, out.capacity(), 0);
    }

    /** The folded sum, as RFC 1071 writes it. */
    static int sum(byte[] bytes, int from, int length, int start) {
        long sum = start;
        for (int i = 0; i < length; i++) {
            int value = bytes[from + i] & 0xff;
            sum += (i & 1) == 0 ? value << 8 : value;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) sum;
    }

    static void mac(ByteBuffer out, long mac) {
        out.putShort((short) (mac >>> 32)).putInt((int) mac);
    }

    static long mac(byte[] bytes, int at) {
        return ByteBuffer.wrap(bytes).getLong(at) >>> 16;
    }

    static int u8(byte[] bytes, int at) {
        return bytes[at] & 0xff;
    }

    static int u16(byte[] bytes, int at) {
        return ByteBuffer.wrap(bytes).getShort(at) & 0xffff;
    }

    static int u32(byte[] bytes, int at) {
        return ByteBuffer.wrap(bytes).getInt(at);
    }

    static byte[] slice(byte[] bytes, int from, int length) {
        return java.util.Arrays.copyOfRange(bytes, from, from + length);
    }
}
