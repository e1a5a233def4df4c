package io.mptcplb.wire;

import io.mptcplb.frame.Mem;

/**
 * A neighbour solicitation or advertisement (RFC 4861 s4.3, s4.4): an ICMPv6 message whose checksum
 * {@link IcmpView} has verified.
 *
 * <pre>
 *   0      1      2          4       8             24
 *   | type | code | checksum | flags | target (128) | options
 * </pre>
 */
public final class NeighbourView {
    public static final int HEADER_BYTES = 24;

    /** An Ethernet link-layer address option. */
    public static final int LINK_OPTION_BYTES = 8;

    public static final int FLAG_ROUTER = 0x80;
    public static final int FLAG_SOLICITED = 0x40;
    public static final int FLAG_OVERRIDE = 0x20;

    private static final int OPTION_SOURCE = 1;
    private static final int OPTION_TARGET = 2;
    private static final int OPTIONS_MAX = 16;
    private static final int HOP_LIMIT = 255;
    private static final long LOW_48 = 0xffff_ffff_ffffL;

    private long start;
    private long linkAddress;

    /**
     * The checks of RFC 4861 s7.1.1 and s7.1.2 that the message itself allows.
     *
     * @param hopLimit of the IPv6 header: anything but 255 came through a router
     * @return NONE, TRUNCATED, TTL_EXPIRED or BAD_NEIGHBOUR_MESSAGE
     */
    public DropReason wrap(long address, int length, int hopLimit) {
        if (length < HEADER_BYTES) {
            return DropReason.TRUNCATED;
        }
        if (hopLimit != HOP_LIMIT) {
            return DropReason.TTL_EXPIRED;
        }
        start = address;
        boolean known = isSolicitation() || Mem.u8(address) == IcmpView.V6_NEIGHBOUR_ADVERTISEMENT;
        boolean toMany = targetHi() >>> 56 == 0xff;
        if (!known || Mem.u8(address + 1) != 0 || toMany) {
            return DropReason.BAD_NEIGHBOUR_MESSAGE;
        }
        return findLinkAddress(length) ? DropReason.NONE : DropReason.BAD_NEIGHBOUR_MESSAGE;
    }

    private boolean findLinkAddress(int length) {
        int wanted = isSolicitation() ? OPTION_SOURCE : OPTION_TARGET;
        linkAddress = -1;
        int at = HEADER_BYTES;
        for (int i = 0; i < OPTIONS_MAX && at + LINK_OPTION_BYTES <= length; i++) {
            int bytes = Mem.u8(start + at + 1) * 8;
            if (bytes == 0 || at + bytes > length) {
                return false;
            }
            if (Mem.u8(start + at) == wanted && bytes == LINK_OPTION_BYTES && linkAddress < 0) {
                linkAddress = Mem.u64(start + at) & LOW_48;
            }
            at += bytes;
        }
        return at == length;
    }

    /** True for a solicitation, false for an advertisement. */
    public boolean isSolicitation() {
        return Mem.u8(start) == IcmpView.V6_NEIGHBOUR_SOLICITATION;
    }

    /** FLAG_ROUTER, FLAG_SOLICITED, FLAG_OVERRIDE; 0 in a solicitation. */
    public int flags() {
        return Mem.u8(start + 4);
    }

    public long targetHi() {
        return Mem.u64(start + 8);
    }

    public long targetLo() {
        return Mem.u64(start + 16);
    }

    /** MAC of the sender (solicitation) or target (advertisement); -1 when absent. */
    public long linkAddress() {
        return linkAddress;
    }

    /**
     * Writes a message of {@link #HEADER_BYTES} + {@link #LINK_OPTION_BYTES} with our own MAC in
     * the option that fits the type; returns the address behind it.
     *
     * @param flags 0 in a solicitation
     * @param pseudoSum {@link Checksum#pseudo} over 32 bytes of ICMPv6
     */
    public static long write(
            long at, int type, int flags, long targetHi, long targetLo, long mac, int pseudoSum) {
        Mem.setU64(at + 8, targetHi);
        Mem.setU64(at + 16, targetLo);
        boolean solicits = type == IcmpView.V6_NEIGHBOUR_SOLICITATION;
        int option = solicits ? OPTION_SOURCE : OPTION_TARGET;
        Mem.setU64(at + 24, (long) option << 56 | 1L << 48 | (mac & LOW_48));
        int bodyBytes = HEADER_BYTES + LINK_OPTION_BYTES - IcmpView.HEADER_BYTES;
        return IcmpView.write(at, type, 0, flags << 24, bodyBytes, pseudoSum);
    }
}
