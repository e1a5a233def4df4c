package io.mptcplb.dpdk.packet;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;

/**
 * The IEEE 802.1Q tag of a port's frames. The kernel takes tags out of frames that it receives and
 * tells them beside; in frames to send they are inline.
 */
final class VlanTag {
    private static final int BYTES = 4;
    private static final int ETHERNET_BYTES = 14;

    /** Both hardware addresses, which stay in front of the tag. */
    private static final int ADDRESS_BYTES = 12;

    private static final int PROTOCOL = 0x8100;

    /** Of the tag's control information; above it are priority and drop eligibility. */
    private static final int ID_MASK = 0xfff;

    private final int id;

    /**
     * @param id 1 to 4,094, or 0 for frames without a tag
     */
    VlanTag(int id) {
        this.id = id;
    }

    /**
     * Whether a frame is of this VLAN. One with id 0 is of none: its tag tells a priority only.
     *
     * @param tci what the frame's tag says, or -1 without one
     */
    boolean isOurs(int tci) {
        return id == (tci < 0 ? 0 : tci & ID_MASK);
    }

    /** Bytes before the network header of what {@link #push} leaves. */
    int linkBytes() {
        return id == 0 ? ETHERNET_BYTES : ETHERNET_BYTES + BYTES;
    }

    /** Puts the tag into a frame that begins at {@code m}'s data, by means of its headroom. */
    void push(long m) {
        if (id == 0) {
            return;
        }
        long from = Mbuf.data(m);
        Mbuf.trimFront(m, -BYTES);
        long to = Mbuf.data(m);
        Mem.setU64(to, Mem.u64(from));
        Mem.setU32(to + 8, Mem.u32(from + 8));
        Mem.setU16(to + ADDRESS_BYTES, PROTOCOL);
        Mem.setU16(to + ADDRESS_BYTES + 2, id);
    }
}
