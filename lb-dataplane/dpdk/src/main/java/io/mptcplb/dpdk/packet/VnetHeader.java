package io.mptcplb.dpdk.packet;

import io.mptcplb.dpdk.PortDrop;
import io.mptcplb.frame.GatherFrame;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import org.jspecify.annotations.Nullable;

/**
 * The header that the kernel puts before each frame of a socket with PACKET_VNET_HDR, and expects
 * before each frame to send: {@code struct virtio_net_hdr} (VIRTIO 1.2 s5.1.6) in the machine's
 * byte order, without the field for merged buffers.
 *
 * <pre>
 *    0       1          2         4          6            8
 *   | flags | gso_type | hdr_len | gso_size | csum_start | csum_offset |
 * </pre>
 */
final class VnetHeader {
    static final int BYTES = 10;

    private static final int FLAGS = 0;
    private static final int GSO_TYPE = 1;
    private static final int HEADER_LENGTH = 2;
    private static final int GSO_SIZE = 4;
    private static final int CHECKSUM_START = 6;
    private static final int CHECKSUM_OFFSET = 8;

    /** The checksum field holds a pseudo-header sum only: the frame has not seen a wire yet. */
    static final int NEEDS_CHECKSUM = 1;

    /** Whoever had the frame before has verified the checksum. */
    static final int CHECKSUM_VALID = 2;

    static final int GSO_NONE = 0;
    static final int GSO_TCP4 = 1;
    static final int GSO_UDP = 3;
    static final int GSO_TCP6 = 4;
    static final int GSO_UDP_L4 = 5;

    /** The first segment alone carries CWR (RFC 3168 s6.1.2). */
    static final int GSO_ECN = 0x80;

    private static final int CHECKSUM_BYTES = 2;
    private static final int ETHERNET_BYTES = 14;
    private static final int TCP_CHECKSUM_OFFSET = 16;
    private static final int TCP_FLAGS_OFFSET = 13;
    private static final int TCP_CWR = 0x80;

    private VnetHeader() {}

    // ---- receive

    /**
     * Why the header at {@code at} cannot be that of a frame of {@code frameBytes}, or null. What
     * passes may be believed by {@link #tell}: it points nowhere outside of the frame.
     */
    static @Nullable PortDrop refusal(long at, int frameBytes) {
        if ((Mem.u8(at + FLAGS) & NEEDS_CHECKSUM) != 0) {
            int start = Mem.hostU16(at + CHECKSUM_START);
            int end = start + Mem.hostU16(at + CHECKSUM_OFFSET) + CHECKSUM_BYTES;
            if (start < ETHERNET_BYTES || end > frameBytes) {
                return PortDrop.RX_CHECKSUM_PLACE;
            }
        }
        int kind = Mem.u8(at + GSO_TYPE) & ~GSO_ECN;
        if (kind == GSO_NONE) {
            return null;
        }
        if (kind != GSO_TCP4 && kind != GSO_TCP6 && kind != GSO_UDP && kind != GSO_UDP_L4) {
            return PortDrop.RX_SEGMENT_KIND;
        }
        if (Mem.hostU16(at + GSO_SIZE) == 0) {
            return PortDrop.RX_SEGMENT_SIZE;
        }
        return Mem.hostU16(at + HEADER_LENGTH) > frameBytes ? PortDrop.RX_HEADER_LENGTH : null;
    }

    /** Tells the first buffer of a frame what a header says that was not refused. */
    static void tell(long at, long m) {
        int flags = Mem.u8(at + FLAGS);
        long facts = 0;
        if ((flags & NEEDS_CHECKSUM) != 0) {
            facts = Mbuf.RX_L4_PARTIAL;
        } else if ((flags & CHECKSUM_VALID) != 0) {
            facts = Mbuf.RX_L4_GOOD;
        }
        if ((Mem.u8(at + GSO_TYPE) & ~GSO_ECN) != GSO_NONE) {
            facts |= Mbuf.RX_LRO;
            Mbuf.setTxOffload(m, 0, 0, 0, Mem.hostU16(at + GSO_SIZE));
        }
        Mbuf.setOlFlags(m, facts);
    }

    /**
     * Does what {@link #NEEDS_CHECKSUM} asks for, and says nothing about the checksum then, as of a
     * frame from a wire. One that is still to be cut stays as it is.
     *
     * @param at a header that {@link #refusal} lets pass, the frame behind it
     */
    static void finishChecksum(long at, int frameBytes) {
        if ((Mem.u8(at + FLAGS) & NEEDS_CHECKSUM) == 0 || Mem.u8(at + GSO_TYPE) != GSO_NONE) {
            return;
        }
        long frame = at + BYTES;
        int start = Mem.hostU16(at + CHECKSUM_START);
        int sum = 0;
        for (int i = start; i < frameBytes; i += 2) {
            int low = i + 1 < frameBytes ? Mem.u8(frame + i + 1) : 0;
            sum += Mem.u8(frame + i) << 8 | low;
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        sum = (sum & 0xffff) + (sum >>> 16);
        long field = frame + start + Mem.hostU16(at + CHECKSUM_OFFSET);
        Mem.setU8(field, ~sum >> 8 & 0xff);
        Mem.setU8(field + 1, ~sum & 0xff);
        Mem.setU8(at + FLAGS, 0);
    }

    // ---- send

    /**
     * Writes what the kernel is to finish: nothing, the TCP checksum from the pseudo-header sum
     * over the true length, or that and the segments.
     *
     * @param linkBytes of the Ethernet header, its tag included
     * @param mtuBytes of the device: the kernel does not cut segments that exceed it, nor says so
     */
    static void write(long at, GatherFrame frame, int linkBytes, int mtuBytes) {
        int headerBytes = Mbuf.dataLen(frame.header());
        int segmentBytes = frame.segmentBytes();
        Mem.setHostU64(at, 0);
        Mem.setHostU16(at + CHECKSUM_OFFSET, 0);
        // What must be in one piece; the kernel spreads the rest over pages.
        Mem.setHostU16(at + HEADER_LENGTH, headerBytes);
        if (segmentBytes == 0 && !frame.checksumPartial()) {
            return;
        }
        int l4 = linkBytes + frame.l3Bytes();
        Mem.setU8(at + FLAGS, NEEDS_CHECKSUM);
        Mem.setHostU16(at + CHECKSUM_START, l4);
        Mem.setHostU16(at + CHECKSUM_OFFSET, TCP_CHECKSUM_OFFSET);
        int most = mtuBytes - frame.l3Bytes() - frame.l4Bytes();
        int cut = Math.max(1, Math.min(segmentBytes, most));
        if (segmentBytes > 0 && frame.payloadBytes() + headerBytes > l4 + frame.l4Bytes() + cut) {
            boolean cwr =
                    (Mem.u8(Mbuf.data(frame.header()) + l4 + TCP_FLAGS_OFFSET) & TCP_CWR) != 0;
            int kind = frame.ipv6() ? GSO_TCP6 : GSO_TCP4;
            Mem.setU8(at + GSO_TYPE, cwr ? kind | GSO_ECN : kind);
            Mem.setHostU16(at + GSO_SIZE, cut);
        }
    }
}
