package io.mptcplb.wire;

import io.mptcplb.frame.Mem;

/**
 * An Ethernet II header, with at most one 802.1Q tag.
 *
 * <pre>
 *   0          6          12      14
 *   | dst (48) | src (48) | type  | payload
 *   | dst (48) | src (48) | 8100  | TCI (16) | type | payload
 * </pre>
 */
public final class EthernetView {
    public static final int HEADER_BYTES = 14;
    public static final int VLAN_TAG_BYTES = 4;
    public static final int TYPE_IPV4 = 0x0800;
    public static final int TYPE_ARP = 0x0806;
    public static final int TYPE_VLAN = 0x8100;
    public static final int TYPE_IPV6 = 0x86dd;
    public static final long BROADCAST = 0xffff_ffff_ffffL;

    private static final long LOW_48 = 0xffff_ffff_ffffL;
    private static final long GROUP_BIT = 1L << 40;

    private long start;
    private int frameBytes;
    private int headerBytes;
    private int type;
    private int tci;

    /** NONE or TRUNCATED. {@code length} is what lies in one piece from {@code address}. */
    public DropReason wrap(long address, int length) {
        if (length < HEADER_BYTES) {
            return DropReason.TRUNCATED;
        }
        start = address;
        frameBytes = length;
        headerBytes = HEADER_BYTES;
        type = Mem.u16(address + 12);
        tci = -1;
        if (type == TYPE_VLAN) {
            if (length < HEADER_BYTES + VLAN_TAG_BYTES) {
                return DropReason.TRUNCATED;
            }
            tci = Mem.u16(address + 14);
            type = Mem.u16(address + 16);
            headerBytes = HEADER_BYTES + VLAN_TAG_BYTES;
        }
        return DropReason.NONE;
    }

    /** Destination in the low 48 bits. */
    public long dst() {
        return Mem.u64(start) >>> 16;
    }

    /** Source in the low 48 bits. */
    public long src() {
        return Mem.u64(start + 4) & LOW_48;
    }

    /** EtherType behind the tag, if there is one. */
    public int etherType() {
        return type;
    }

    /** Priority, DEI and VLAN id as on the wire; -1 without a tag. */
    public int vlanTci() {
        return tci;
    }

    public int headerBytes() {
        return headerBytes;
    }

    public long payload() {
        return start + headerBytes;
    }

    public int payloadBytes() {
        return frameBytes - headerBytes;
    }

    /** True for broadcast and multicast addresses. */
    public static boolean isGroup(long mac) {
        return (mac & GROUP_BIT) != 0;
    }

    /** Writes an untagged header; returns where the payload goes. */
    public static long write(long at, long dst, long src, int etherType) {
        Mem.setU64(at, dst << 16 | (src & LOW_48) >>> 32);
        Mem.setU32(at + 8, (int) src);
        Mem.setU16(at + 12, etherType);
        return at + HEADER_BYTES;
    }
}
