package io.mptcplb.wire;

import io.mptcplb.frame.Mem;

/**
 * A TCP header (RFC 9293 s3.1). The checksum is not verified here: the port, or the stack with
 * {@link Checksum}, has done that.
 *
 * <pre>
 *   0          2          4     8     12                      14       16         18       20
 *   | src port | dst port | seq | ack | offset, rsvd, flags | window | checksum | urgent | options
 * </pre>
 */
public final class TcpView {
    public static final int HEADER_BYTES = 20;
    public static final int HEADER_BYTES_MAX = 60;
    public static final int OPTION_BYTES_MAX = HEADER_BYTES_MAX - HEADER_BYTES;

    /** Where the checksum lies in the header. */
    public static final int DST_PORT_OFFSET = 2;

    public static final int CHECKSUM_OFFSET = 16;

    public static final int FIN = 0x01;
    public static final int SYN = 0x02;
    public static final int RST = 0x04;
    public static final int PSH = 0x08;
    public static final int ACK = 0x10;
    public static final int URG = 0x20;
    public static final int ECE = 0x40;
    public static final int CWR = 0x80;

    private long start;
    private int headerBytes;
    private int segmentBytes;

    /** As {@link #wrap(long, int, int)} for a segment in one piece. */
    public DropReason wrap(long address, int length) {
        return wrap(address, length, length);
    }

    /**
     * Validates the header.
     *
     * @param contiguousBytes what lies in one piece from {@code address}: must hold the header
     * @param segmentBytes header and payload in all, the rest of a chain included
     * @return NONE, TRUNCATED, BAD_DATA_OFFSET or BAD_PORT
     */
    public DropReason wrap(long address, int contiguousBytes, int segmentBytes) {
        if (contiguousBytes < HEADER_BYTES || segmentBytes < HEADER_BYTES) {
            return DropReason.TRUNCATED;
        }
        start = address;
        this.segmentBytes = segmentBytes;
        headerBytes = Mem.u8(address + 12) >>> 2 & 0x3c;
        if (headerBytes < HEADER_BYTES || headerBytes > segmentBytes) {
            return DropReason.BAD_DATA_OFFSET;
        }
        if (headerBytes > contiguousBytes) {
            return DropReason.TRUNCATED;
        }
        return srcPort() == 0 || dstPort() == 0 ? DropReason.BAD_PORT : DropReason.NONE;
    }

    public long address() {
        return start;
    }

    public int srcPort() {
        return Mem.u16(start);
    }

    public int dstPort() {
        return Mem.u16(start + 2);
    }

    public int seq() {
        return Mem.u32(start + 4);
    }

    public int ack() {
        return Mem.u32(start + 8);
    }

    /** The eight flag bits, CWR highest. */
    public int flags() {
        return Mem.u8(start + 13);
    }

    /** True when all of the given flags are set. */
    public boolean has(int flags) {
        return (flags() & flags) == flags;
    }

    /** As on the wire, unscaled. */
    public int window() {
        return Mem.u16(start + 14);
    }

    public int checksum() {
        return Mem.u16(start + CHECKSUM_OFFSET);
    }

    public int urgent() {
        return Mem.u16(start + 18);
    }

    public int headerBytes() {
        return headerBytes;
    }

    public long optionsAddress() {
        return start + HEADER_BYTES;
    }

    public int optionsBytes() {
        return headerBytes - HEADER_BYTES;
    }

    public long payload() {
        return start + headerBytes;
    }

    public int payloadBytes() {
        return segmentBytes - headerBytes;
    }

    /** Header and payload. */
    public int segmentBytes() {
        return segmentBytes;
    }

    /** What the segment takes of sequence space: payload, SYN and FIN. */
    public int sequenceBytes() {
        int flags = flags();
        return payloadBytes() + (flags >>> 1 & 1) + (flags & 1);
    }

    /** The data offset and the flags as {@link #write} takes them. */
    public static int offsetAndFlags(int headerBytes, int flags) {
        return headerBytes << 10 | flags;
    }

    /**
     * Writes the fixed 20 bytes with checksum and urgent pointer 0; returns where options go.
     *
     * @param offsetAndFlags {@link #offsetAndFlags}
     * @param window 0 to 65,535, scaled already
     */
    public static long write(
            long at, int srcPort, int dstPort, int seq, int ack, int offsetAndFlags, int window) {
        Mem.setU32(at, srcPort << 16 | dstPort);
        Mem.setU32(at + 4, seq);
        Mem.setU32(at + 8, ack);
        Mem.setU32(at + 12, offsetAndFlags << 16 | window);
        Mem.setU32(at + 16, 0);
        return at + HEADER_BYTES;
    }

    /** Sets the data offset and flags of a header that {@link #write} has made. */
    public static void setOffsetAndFlags(long at, int offsetAndFlags) {
        Mem.setU16(at + 12, offsetAndFlags);
    }

    public static void setChecksum(long at, int checksum) {
        Mem.setU16(at + CHECKSUM_OFFSET, checksum);
    }
}
