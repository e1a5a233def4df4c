package io.mptcplb.dpdk.packet;

import io.mptcplb.dpdk.Frames;
import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.GatherFrame;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;

/**
 * TCP frames made by hand, to be finished by the port: headers with timestamps, the pseudo-header
 * sum in the checksum field, and a payload of known bytes in slices. And what came out of one.
 */
final class TcpSuperFrame {
    static final int TCP_BYTES = 32;
    static final int SEQ = 0x0102_0304;
    static final int SLICE_BYTES = 1400;
    static final int FIN = 1;
    static final int PSH = 8;
    static final int ACK = 0x10;
    static final int CWR = 0x80;

    private static final int ETHERNET_BYTES = 14;

    final boolean ipv6;
    final int l3Bytes;
    final int headerBytes;

    TcpSuperFrame(boolean ipv6) {
        this.ipv6 = ipv6;
        l3Bytes = ipv6 ? 40 : 20;
        headerBytes = ETHERNET_BYTES + l3Bytes + TCP_BYTES;
    }

    /** Begins the frame; returns the buffers of its slices, whose references are the caller's. */
    long[] begin(BufferPool pool, GatherFrame frame, int payloadBytes, int flags) {
        long header = Frames.of(pool, headerBytes, 9);
        long ip = Mbuf.data(header) + ETHERNET_BYTES;
        Mem.fill(Mbuf.data(header), headerBytes, 0);
        Mem.setU64(Mbuf.data(header), 0xffff_ffff_ffff_0200L);
        Mem.setU16(ip - 2, ipv6 ? 0x86dd : 0x0800);
        int l4Bytes = TCP_BYTES + payloadBytes;
        if (ipv6) {
            Mem.setU32(ip, 6 << 28);
            Mem.setU16(ip + 4, l4Bytes);
            Mem.setU8(ip + 6, 6);
            Mem.setU8(ip + 7, 64);
            Mem.setU64(ip + 8, 0x2001_0db8_0000_0000L);
            Mem.setU64(ip + 16, 1);
            Mem.setU64(ip + 24, 0x2001_0db8_0000_0000L);
            Mem.setU64(ip + 32, 2);
        } else {
            Mem.setU8(ip, 0x45);
            Mem.setU16(ip + 2, 20 + l4Bytes);
            Mem.setU16(ip + 6, 0x4000);
            Mem.setU8(ip + 8, 64);
            Mem.setU8(ip + 9, 6);
            Mem.setU32(ip + 12, 0xc612_0001);
            Mem.setU32(ip + 16, 0xc612_0002);
            Mem.setU16(ip + 10, ~sum(Frames.bytes(header), ETHERNET_BYTES, 20));
        }
        long tcp = ip + l3Bytes;
        Mem.setU16(tcp, 4000);
        Mem.setU16(tcp + 2, 5000);
        Mem.setU32(tcp + 4, SEQ);
        Mem.setU8(tcp + 12, TCP_BYTES / 4 << 4);
        Mem.setU8(tcp + 13, flags);
        Mem.setU16(tcp + 14, 1000);
        Mem.setU64(tcp + 20, 0x0101_080a_1122_3344L);
        Mem.setU32(tcp + 28, 0x5566_7788);
        Mem.setU16(tcp + 16, pseudo(Frames.bytes(header), l4Bytes));
        frame.begin(header);
        frame.layers(l3Bytes, TCP_BYTES, ipv6);
        frame.leaveChecksumToPort();
        long[] slices = new long[(payloadBytes + SLICE_BYTES - 1) / SLICE_BYTES];
        for (int i = 0; i < slices.length; i++) {
            int bytes = Math.min(SLICE_BYTES, payloadBytes - i * SLICE_BYTES);
            slices[i] = pool.alloc();
            for (int j = 0; j < bytes; j++) {
                Mem.setU8(Mbuf.data(slices[i]) + j, payload(i * SLICE_BYTES + j));
            }
            Mbuf.setLength(slices[i], bytes);
            frame.add(slices[i], Mbuf.dataOff(slices[i]), bytes);
        }
        return slices;
    }

    static int payload(int index) {
        return Frames.pattern(3, index);
    }

    // ---- of a frame that arrived

    int seq(byte[] frame) {
        int at = ETHERNET_BYTES + l3Bytes + 4;
        return u16(frame, at) << 16 | u16(frame, at + 2);
    }

    int flags(byte[] frame) {
        return frame[ETHERNET_BYTES + l3Bytes + 13] & 0xff;
    }

    int checksum(byte[] frame) {
        return u16(frame, ETHERNET_BYTES + l3Bytes + 16);
    }

    /** Of the frame's headers: the sum that is to be finished by whoever sends it. */
    int pseudo(byte[] frame, int l4Bytes) {
        int from = ETHERNET_BYTES + (ipv6 ? 8 : 12);
        return fold(sum(frame, from, ipv6 ? 32 : 8) + 6 + l4Bytes);
    }

    /** Both sums of the frame are good. */
    boolean intact(byte[] frame) {
        int l4Bytes = frame.length - ETHERNET_BYTES - l3Bytes;
        int l4 = fold(pseudo(frame, l4Bytes) + sum(frame, ETHERNET_BYTES + l3Bytes, l4Bytes));
        return l4 == 0xffff && (ipv6 || sum(frame, ETHERNET_BYTES, 20) == 0xffff);
    }

    private static int sum(byte[] bytes, int from, int count) {
        int sum = 0;
        for (int i = 0; i < count; i++) {
            int octet = bytes[from + i] & 0xff;
            sum += (i & 1) == 0 ? octet << 8 : octet;
        }
        return fold(sum);
    }

    private static int fold(int sum) {
        int once = (sum & 0xffff) + (sum >>> 16);
        return (once & 0xffff) + (once >>> 16);
    }

    private static int u16(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }
}
