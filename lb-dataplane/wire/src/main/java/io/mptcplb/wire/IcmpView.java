package io.mptcplb.wire;

import io.mptcplb.frame.Mem;

/**
 * An ICMP (RFC 792) or ICMPv6 (RFC 4443) message. Types differ between the two; which one it is,
 * the IP header said.
 *
 * <pre>
 *   0      1      2          4                        8
 *   | type | code | checksum | id, sequence or MTU    | quoted packet or echo data
 * </pre>
 */
public final class IcmpView {
    public static final int HEADER_BYTES = 8;

    public static final int V4_ECHO_REPLY = 0;
    public static final int V4_UNREACHABLE = 3;
    public static final int V4_ECHO_REQUEST = 8;
    public static final int V4_TIME_EXCEEDED = 11;
    public static final int V4_PARAMETER_PROBLEM = 12;

    /** Code of {@link #V4_UNREACHABLE}: fragmentation needed and DF set (RFC 1191). */
    public static final int V4_CODE_TOO_BIG = 4;

    public static final int V6_UNREACHABLE = 1;
    public static final int V6_TOO_BIG = 2;
    public static final int V6_TIME_EXCEEDED = 3;
    public static final int V6_PARAMETER_PROBLEM = 4;
    public static final int V6_ECHO_REQUEST = 128;
    public static final int V6_ECHO_REPLY = 129;
    public static final int V6_NEIGHBOUR_SOLICITATION = 135;
    public static final int V6_NEIGHBOUR_ADVERTISEMENT = 136;

    private long start;
    private int messageBytes;

    /**
     * Validates length and checksum.
     *
     * @param length the whole message in one piece
     * @param pseudoSum 0 for ICMP; the pseudo-header's sum for ICMPv6 ({@link Checksum#pseudo})
     * @return NONE, TRUNCATED or BAD_ICMP_CHECKSUM
     */
    public DropReason wrap(long address, int length, int pseudoSum) {
        if (length < HEADER_BYTES) {
            return DropReason.TRUNCATED;
        }
        if (!Checksum.intact(Checksum.add(pseudoSum, Checksum.sum(address, length)))) {
            return DropReason.BAD_ICMP_CHECKSUM;
        }
        start = address;
        messageBytes = length;
        return DropReason.NONE;
    }

    public int type() {
        return Mem.u8(start);
    }

    public int code() {
        return Mem.u8(start + 1);
    }

    /** The whole message, header included. */
    public int messageBytes() {
        return messageBytes;
    }

    public int echoId() {
        return Mem.u16(start + 4);
    }

    public int echoSequence() {
        return Mem.u16(start + 6);
    }

    /** Next-hop MTU of a {@link #V4_CODE_TOO_BIG} message; 0 from routers before RFC 1191. */
    public int v4Mtu() {
        return Mem.u16(start + 6);
    }

    /** MTU of a {@link #V6_TOO_BIG} message, unsigned 32 bits. */
    public long v6Mtu() {
        return Mem.u32(start + 4) & 0xffff_ffffL;
    }

    /** Echo data, or the packet that an error message quotes. */
    public long body() {
        return start + HEADER_BYTES;
    }

    public int bodyBytes() {
        return messageBytes - HEADER_BYTES;
    }

    /**
     * Writes a header in front of a body that already stands at {@code at + 8}, and the checksum
     * over both; returns the address behind the body.
     *
     * @param word the 32 bits behind the checksum: id and sequence number, MTU, or 0
     * @param pseudoSum 0 for ICMP; the pseudo-header's sum for ICMPv6
     */
    public static long write(long at, int type, int code, int word, int bodyBytes, int pseudoSum) {
        Mem.setU32(at, type << 24 | code << 16);
        Mem.setU32(at + 4, word);
        int sum = Checksum.add(pseudoSum, Checksum.sum(at, HEADER_BYTES + bodyBytes));
        Mem.setU16(at + 2, Checksum.complement(sum));
        return at + HEADER_BYTES + bodyBytes;
    }

    /**
     * Turns a received echo request in place into its reply: the type changes, and the checksum by
     * arithmetic (RFC 1624). Swapping the IP addresses does not change a pseudo-header's sum.
     */
    public static void turnEchoRequestIntoReply(long at) {
        int oldWord = Mem.u16(at);
        int reply = oldWord >>> 8 == V4_ECHO_REQUEST ? V4_ECHO_REPLY : V6_ECHO_REPLY;
        int newWord = reply << 8 | (oldWord & 0xff);
        Mem.setU16(at, newWord);
        Mem.setU16(at + 2, Checksum.update(Mem.u16(at + 2), oldWord, newWord));
    }
}
