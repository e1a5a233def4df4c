package io.mptcplb.bench.lab;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A frame in a middlebox's hands: finds TCP over IPv4 in it and rewrites its MPTCP options. It
 * shares no code with the stack under test on purpose. One thread; reused from frame to frame.
 */
public final class TcpFrame {
    public static final int FIN = 0x01;
    public static final int SYN = 0x02;
    public static final int RST = 0x04;
    public static final int PSH = 0x08;
    public static final int ACK = 0x10;

    public static final int MP_CAPABLE = 0;
    public static final int MP_JOIN = 1;
    public static final int DSS = 2;
    public static final int ADD_ADDR = 3;
    public static final int REMOVE_ADDR = 4;
    public static final int MP_PRIO = 5;
    public static final int MP_FAIL = 6;
    public static final int MP_FASTCLOSE = 7;
    public static final int MP_TCPRST = 8;
    private static final int ANY = -1;

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int IP = 14;
    private static final int ETHERTYPE_IPV4 = 0x0800;
    private static final int PROTOCOL_TCP = 6;
    private static final int TCP_HEADER_BYTES = 20;
    private static final int CHECKSUM_OFFSET = 16;
    private static final int KIND_END = 0;
    private static final int KIND_NOP = 1;
    private static final int KIND_MPTCP = 30;

    private MemorySegment frame = MemorySegment.NULL;
    private int tcp;
    private int payload;
    private int end;

    /** False if the frame is no whole TCP segment over IPv4: nothing else may be asked then. */
    public boolean wrap(MemorySegment newFrame, int bytes) {
        frame = newFrame;
        if (bytes < IP + 20 + TCP_HEADER_BYTES
                || (frame.get(SHORT, 12) & 0xffff) != ETHERTYPE_IPV4
                || u8(IP + 9) != PROTOCOL_TCP) {
            return false;
        }
        tcp = IP + (u8(IP) & 0xf) * 4;
        end = IP + (frame.get(SHORT, IP + 2) & 0xffff);
        if (tcp + TCP_HEADER_BYTES > end || end > bytes) {
            return false;
        }
        payload = tcp + (u8(tcp + 12) >>> 4) * 4;
        return payload <= end;
    }

    public int flags() {
        return u8(tcp + 13);
    }

    /** True if exactly these of SYN, ACK, FIN and RST are set. */
    public boolean isExactly(int wanted) {
        return (flags() & (SYN | ACK | FIN | RST)) == wanted;
    }

    public int seq() {
        return frame.get(INT, tcp + 4);
    }

    public int sourcePort() {
        return frame.get(SHORT, tcp) & 0xffff;
    }

    public int payloadBytes() {
        return end - payload;
    }

    /** Any MPTCP option. */
    public boolean hasMptcp() {
        return find(ANY) >= 0;
    }

    public boolean hasMptcp(int subtype) {
        return find(subtype) >= 0;
    }

    /** Overwrites every MPTCP option with NOPs, as TCPOPTSTRIP does; the checksum follows. */
    public boolean removeMptcp() {
        return remove(ANY);
    }

    /** The same for the options of one subtype. */
    public boolean removeMptcp(int subtype) {
        return remove(subtype);
    }

    /**
     * Changes bits of a byte of the first option of the subtype; the checksum follows.
     *
     * @param offset in the option: 0 is its kind, 1 its length, 2 its subtype
     */
    public boolean flipInMptcp(int subtype, int offset, int bits) {
        int at = find(subtype);
        if (at < 0) {
            return false;
        }
        frame.set(JAVA_BYTE, at + offset, (byte) (u8(at + offset) ^ bits));
        fixChecksum();
        return true;
    }

    /** Changes bits of a byte of the payload; the checksum follows, so that TCP believes it. */
    public void flipInPayload(int offset, int bits) {
        frame.set(JAVA_BYTE, payload + offset, (byte) (u8(payload + offset) ^ bits));
        fixChecksum();
    }

    private boolean remove(int subtype) {
        boolean found = false;
        for (int at = find(subtype); at >= 0; at = find(subtype)) {
            found = true;
            int bytes = u8(at + 1);
            frame.asSlice(at, bytes).fill((byte) KIND_NOP);
        }
        if (found) {
            fixChecksum();
        }
        return found;
    }

    /** Where the first such option starts, or -1. */
    private int find(int subtype) {
        int at = tcp + TCP_HEADER_BYTES;
        while (at < payload && u8(at) != KIND_END) {
            if (u8(at) == KIND_NOP) {
                at++;
                continue;
            }
            int bytes = at + 1 < payload ? u8(at + 1) : 0;
            if (bytes < 2 || at + bytes > payload) {
                return -1;
            }
            if (u8(at) == KIND_MPTCP && (subtype == ANY || u8(at + 2) >>> 4 == subtype)) {
                return at;
            }
            at += bytes;
        }
        return -1;
    }

    private void fixChecksum() {
        frame.set(SHORT, tcp + CHECKSUM_OFFSET, (short) 0);
        long sum = (long) PROTOCOL_TCP + end - tcp;
        for (int at = IP + 12; at < IP + 20; at += 2) {
            sum += frame.get(SHORT, at) & 0xffff;
        }
        for (int at = tcp; at < end; at += 2) {
            sum += at + 1 < end ? frame.get(SHORT, at) & 0xffff : u8(at) << 8;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        frame.set(SHORT, tcp + CHECKSUM_OFFSET, (short) ~sum);
    }

    private int u8(long at) {
        return frame.get(JAVA_BYTE, at) & 0xff;
    }
}
