package io.mptcplb.wire;

import io.mptcplb.frame.Mem;

/**
 * An ARP packet for IPv4 on Ethernet (RFC 826).
 *
 * <pre>
 *   0      2      4    5    6    8            14          18           24          28
 *   | 1    | 0800 | 6  | 4  | op | sender MAC | sender IP | target MAC | target IP |
 * </pre>
 */
public final class ArpView {
    public static final int BYTES = 28;
    public static final int REQUEST = 1;
    public static final int REPLY = 2;

    private static final int HARDWARE_ETHERNET = 1;
    private static final int LENGTHS_6_4 = 0x0604;
    private static final long LOW_48 = 0xffff_ffff_ffffL;

    private long start;

    /** NONE, TRUNCATED or BAD_ARP. */
    public DropReason wrap(long address, int length) {
        if (length < BYTES) {
            return DropReason.TRUNCATED;
        }
        start = address;
        boolean ours =
                Mem.u16(address) == HARDWARE_ETHERNET
                        && Mem.u16(address + 2) == EthernetView.TYPE_IPV4
                        && Mem.u16(address + 4) == LENGTHS_6_4
                        && (operation() == REQUEST || operation() == REPLY)
                        && !EthernetView.isGroup(senderMac());
        return ours ? DropReason.NONE : DropReason.BAD_ARP;
    }

    public int operation() {
        return Mem.u16(start + 6);
    }

    public long senderMac() {
        return Mem.u64(start + 6) & LOW_48;
    }

    public int senderIp() {
        return Mem.u32(start + 14);
    }

    public long targetMac() {
        return Mem.u64(start + 16) & LOW_48;
    }

    public int targetIp() {
        return Mem.u32(start + 24);
    }

    /** Writes a whole packet of {@link #BYTES}; returns the address behind it. */
    public static long write(
            long at, int operation, long senderMac, int senderIp, long targetMac, int targetIp) {
        Mem.setU16(at, HARDWARE_ETHERNET);
        Mem.setU16(at + 2, EthernetView.TYPE_IPV4);
        Mem.setU16(at + 4, LENGTHS_6_4);
        Mem.setU16(at + 6, operation);
        Mem.setU16(at + 8, (int) (senderMac >>> 32));
        Mem.setU32(at + 10, (int) senderMac);
        Mem.setU32(at + 14, senderIp);
        Mem.setU16(at + 18, (int) (targetMac >>> 32));
        Mem.setU32(at + 20, (int) targetMac);
        Mem.setU32(at + 24, targetIp);
        return at + BYTES;
    }
}
