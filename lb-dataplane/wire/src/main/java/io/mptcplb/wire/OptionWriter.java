package io.mptcplb.wire;

import io.mptcplb.frame.Mem;

/**
 * Writes every option that the stack sends. Each method writes one option at {@code at}, padded
 * with NOPs to whole 4-byte words, and returns the address behind it; the {@code *_BYTES} constants
 * and length functions say beforehand how much that is, padding included.
 *
 * <p>Nothing is checked: the caller keeps the sum within {@link TcpView#OPTION_BYTES_MAX}.
 */
public final class OptionWriter {
    public static final int MSS_BYTES = 4;
    public static final int WINDOW_SCALE_BYTES = 4;
    public static final int SACK_PERMITTED_BYTES = 4;
    public static final int TIMESTAMPS_BYTES = 12;

    /** SACK-permitted and timestamps share their padding, as every SYN does it. */
    public static final int SACK_PERMITTED_AND_TIMESTAMPS_BYTES = 12;

    public static final int MP_CAPABLE_SYN_BYTES = 4;
    public static final int MP_CAPABLE_SYN_ACK_BYTES = 12;
    public static final int MP_CAPABLE_ACK_BYTES = 20;
    public static final int MP_CAPABLE_DATA_BYTES = 24;
    public static final int MP_JOIN_SYN_BYTES = 12;
    public static final int MP_JOIN_SYN_ACK_BYTES = 16;
    public static final int MP_JOIN_ACK_BYTES = 24;
    public static final int MP_PRIO_BYTES = 4;
    public static final int MP_FAIL_BYTES = 12;
    public static final int MP_FASTCLOSE_BYTES = 12;
    public static final int MP_TCPRST_BYTES = 4;

    // What a DSS carries; also its wire flags, except DSS_CHECKSUM, which only the length shows.
    public static final int DSS_DATA_ACK = MptcpOptions.DSS_DATA_ACK;

    /** With DSS_DATA_ACK: 8 octets instead of 4. */
    public static final int DSS_DATA_ACK_8 = MptcpOptions.DSS_DATA_ACK_8;

    public static final int DSS_MAPPING = MptcpOptions.DSS_MAPPING;

    /** With DSS_MAPPING: a DSN of 8 octets instead of 4. */
    public static final int DSS_DSN_8 = MptcpOptions.DSS_DSN_8;

    /** With DSS_MAPPING: the mapping ends with DATA_FIN. */
    public static final int DSS_DATA_FIN = MptcpOptions.DSS_DATA_FIN;

    /** With DSS_MAPPING: a checksum follows. */
    public static final int DSS_CHECKSUM = 0x100;

    private static final int NOP_NOP = TcpOptions.NOP << 8 | TcpOptions.NOP;
    private static final int KIND = TcpOptions.MPTCP << 24;

    private OptionWriter() {}

    /**
     * Maximum segment size.
     *
     * @param mss 1 to 65,535
     */
    public static long mss(long at, int mss) {
        Mem.setU32(at, TcpOptions.MSS << 24 | 4 << 16 | mss);
        return at + 4;
    }

    /**
     * Window scale, in a SYN.
     *
     * @param shift 0 to 14
     */
    public static long windowScale(long at, int shift) {
        int nopAndKind = TcpOptions.NOP << 24 | TcpOptions.WINDOW_SCALE << 16;
        Mem.setU32(at, nopAndKind | 3 << 8 | shift);
        return at + 4;
    }

    public static long sackPermitted(long at) {
        Mem.setU32(at, NOP_NOP << 16 | TcpOptions.SACK_PERMITTED << 8 | 2);
        return at + 4;
    }

    public static long timestamps(long at, int tsVal, int tsEcr) {
        Mem.setU32(at, NOP_NOP << 16 | TcpOptions.TIMESTAMPS << 8 | 10);
        Mem.setU32(at + 4, tsVal);
        Mem.setU32(at + 8, tsEcr);
        return at + 12;
    }

    public static long sackPermittedAndTimestamps(long at, int tsVal, int tsEcr) {
        int sackPermitted = TcpOptions.SACK_PERMITTED << 24 | 2 << 16;
        Mem.setU32(at, sackPermitted | TcpOptions.TIMESTAMPS << 8 | 10);
        Mem.setU32(at + 4, tsVal);
        Mem.setU32(at + 8, tsEcr);
        return at + 12;
    }

    /** Head of a SACK option; {@code blocks} (1 to 4) calls of {@link #sackBlock} must follow. */
    public static long sackHeader(long at, int blocks) {
        Mem.setU32(at, NOP_NOP << 16 | TcpOptions.SACK << 8 | (2 + 8 * blocks));
        return at + 4;
    }

    /**
     * One block.
     *
     * @param right the sequence number behind the block
     */
    public static long sackBlock(long at, int left, int right) {
        Mem.setU32(at, left);
        Mem.setU32(at + 4, right);
        return at + 8;
    }

    /** Bytes of a SACK option; 0 without blocks. */
    public static int sackBytes(int blocks) {
        return blocks == 0 ? 0 : 4 + 8 * blocks;
    }

    /** How many SACK blocks, up to 4, fit into what is left of the option space. */
    public static int sackBlocksThatFit(int roomBytes) {
        return Math.clamp((roomBytes - 4) / 8, 0, TcpOptions.SACK_BLOCKS_MAX);
    }

    private static int capableHead(int bytes, int version, int flags) {
        return KIND | bytes << 16 | version << 8 | flags;
    }

    /**
     * MP_CAPABLE of a SYN.
     *
     * @param flags A (0x80) to H (0x01), see {@link MptcpOptions}
     */
    public static long mpCapableSyn(long at, int version, int flags) {
        Mem.setU32(at, capableHead(MptcpOptions.CAPABLE_SYN_BYTES, version, flags));
        return at + 4;
    }

    public static long mpCapableSynAck(long at, int version, int flags, long sendersKey) {
        Mem.setU32(at, capableHead(MptcpOptions.CAPABLE_SYN_ACK_BYTES, version, flags));
        Mem.setU64(at + 4, sendersKey);
        return at + 12;
    }

    public static long mpCapableAck(
            long at, int version, int flags, long sendersKey, long receiversKey) {
        Mem.setU32(at, capableHead(MptcpOptions.CAPABLE_ACK_BYTES, version, flags));
        Mem.setU64(at + 4, sendersKey);
        Mem.setU64(at + 12, receiversKey);
        return at + 20;
    }

    /** Third ACK with the first data, no checksum. */
    public static long mpCapableData(
            long at, int version, int flags, long sendersKey, long receiversKey, int dataBytes) {
        mpCapableAck(at, version, flags, sendersKey, receiversKey);
        Mem.setU8(at + 1, MptcpOptions.CAPABLE_DATA_BYTES);
        Mem.setU32(at + 20, dataBytes << 16 | NOP_NOP);
        return at + 24;
    }

    /**
     * Third ACK with the first data and its checksum.
     *
     * @param dataBytesAndChecksum Data-Level Length in the high 16 bits, checksum in the low ones
     */
    public static long mpCapableDataChecksum(
            long at,
            int version,
            int flags,
            long sendersKey,
            long receiversKey,
            int dataBytesAndChecksum) {
        mpCapableAck(at, version, flags, sendersKey, receiversKey);
        Mem.setU8(at + 1, MptcpOptions.CAPABLE_DATA_CHECKSUM_BYTES);
        Mem.setU32(at + 20, dataBytesAndChecksum);
        return at + 24;
    }

    private static int joinHead(int bytes, boolean backup, int addressId) {
        return KIND | bytes << 16 | 1 << 12 | (backup ? 1 << 8 : 0) | addressId;
    }

    public static long mpJoinSyn(long at, boolean backup, int addressId, int token, int nonce) {
        Mem.setU32(at, joinHead(MptcpOptions.JOIN_SYN_BYTES, backup, addressId));
        Mem.setU32(at + 4, token);
        Mem.setU32(at + 8, nonce);
        return at + 12;
    }

    /**
     * MP_JOIN of a SYN/ACK.
     *
     * @param hmac the leftmost 64 bits of the HMAC
     */
    public static long mpJoinSynAck(long at, boolean backup, int addressId, long hmac, int nonce) {
        Mem.setU32(at, joinHead(MptcpOptions.JOIN_SYN_ACK_BYTES, backup, addressId));
        Mem.setU64(at + 4, hmac);
        Mem.setU32(at + 12, nonce);
        return at + 16;
    }

    /** The leftmost 160 bits of the HMAC, in order. */
    public static long mpJoinAck(long at, long hmacHigh, long hmacMiddle, int hmacLow) {
        Mem.setU32(at, joinHead(MptcpOptions.JOIN_ACK_BYTES, false, 0));
        Mem.setU64(at + 4, hmacHigh);
        Mem.setU64(at + 12, hmacMiddle);
        Mem.setU32(at + 20, hmacLow);
        return at + 24;
    }

    /**
     * Any DSS. Parameters whose flag is absent are ignored; numbers of 4 octets are the low 32 bits
     * of what is given.
     *
     * @param flags DSS_* of this class
     * @param ssn relative subflow sequence number
     * @param mappingBytes Data-Level Length, 0 to 65,535, DATA_FIN included; 0 is infinite
     */
    public static long dss(
            long at, int flags, long dataAck, long dsn, int ssn, int mappingBytes, int checksum) {
        boolean summed = (flags & DSS_CHECKSUM) != 0;
        boolean mapped = (flags & DSS_MAPPING) != 0;
        int bytes = MptcpOptions.dssBytes(flags) + (mapped && summed ? 2 : 0);
        Mem.setU32(at, KIND | bytes << 16 | 2 << 12 | (flags & 0xff));
        long next = at + 4;
        if ((flags & DSS_DATA_ACK) != 0) {
            next = number(next, dataAck, (flags & DSS_DATA_ACK_8) != 0);
        }
        if (mapped) {
            next = number(next, dsn, (flags & DSS_DSN_8) != 0);
            Mem.setU32(next, ssn);
            Mem.setU32(next + 4, mappingBytes << 16 | (summed ? checksum : NOP_NOP));
            next += 8;
        }
        return next;
    }

    private static long number(long at, long value, boolean octets8) {
        if (octets8) {
            Mem.setU64(at, value);
            return at + 8;
        }
        Mem.setU32(at, (int) value);
        return at + 4;
    }

    /** Bytes that {@link #dss} writes for these flags, padding included. */
    public static int dssBytes(int flags) {
        return MptcpOptions.dssBytes(flags) + ((flags & DSS_MAPPING) != 0 ? 2 : 0);
    }

    /**
     * ADD_ADDR with HMAC.
     *
     * @param hi high half of the address, {@code lo} the low one; v4-mapped is written as IPv4
     * @param port 0: none
     * @param hmac the rightmost 64 bits of the HMAC (s3.4.1)
     */
    public static long addAddr(long at, int addressId, long hi, long lo, int port, long hmac) {
        long next = address(at, false, addressId, hi, lo);
        if (port == 0) {
            Mem.setU64(next, hmac);
            return next + 8;
        }
        Mem.setU16(next, port);
        Mem.setU64(next + 2, hmac);
        Mem.setU16(next + 10, NOP_NOP);
        Mem.setU8(at + 1, Mem.u8(at + 1) + 2);
        return next + 12;
    }

    /** The echo of a received ADD_ADDR. */
    public static long addAddrEcho(long at, int addressId, long hi, long lo, int port) {
        long next = address(at, true, addressId, hi, lo);
        if (port == 0) {
            return next;
        }
        Mem.setU32(next, port << 16 | NOP_NOP);
        Mem.setU8(at + 1, Mem.u8(at + 1) + 2);
        return next + 4;
    }

    /** Head and address; the length byte does not count a port yet. */
    private static long address(long at, boolean echo, int addressId, long hi, long lo) {
        boolean ipv4 = IpAddresses.isV4(hi, lo);
        int bytes = 4 + (ipv4 ? 4 : 16) + (echo ? 0 : 8);
        Mem.setU32(at, KIND | bytes << 16 | 3 << 12 | (echo ? 1 << 8 : 0) | addressId);
        if (ipv4) {
            Mem.setU32(at + 4, IpAddresses.v4Of(lo));
            return at + 8;
        }
        Mem.setU64(at + 4, hi);
        Mem.setU64(at + 12, lo);
        return at + 20;
    }

    /** Bytes of an ADD_ADDR, padding included: 8 to 32. */
    public static int addAddrBytes(boolean ipv4, boolean withPort, boolean echo) {
        return 4 + (ipv4 ? 4 : 16) + (withPort ? 4 : 0) + (echo ? 0 : 8);
    }

    /** REMOVE_ADDR of the first {@code count} (1 to 37) ids. */
    public static long removeAddr(long at, int[] addressIds, int count) {
        Mem.setU16(at, TcpOptions.MPTCP << 8 | (3 + count));
        Mem.setU8(at + 2, 4 << 4);
        for (int i = 0; i < count; i++) {
            Mem.setU8(at + 3 + i, addressIds[i]);
        }
        long end = at + removeAddrBytes(count);
        for (long pad = at + 3 + count; pad < end; pad++) {
            Mem.setU8(pad, TcpOptions.NOP);
        }
        return end;
    }

    /** REMOVE_ADDR of one id. */
    public static long removeAddr(long at, int addressId) {
        Mem.setU32(at, KIND | 4 << 16 | 4 << 12 | addressId);
        return at + 4;
    }

    /** Bytes of a REMOVE_ADDR, padding included. */
    public static int removeAddrBytes(int count) {
        return (3 + count + 3) & ~3;
    }

    public static long mpPrio(long at, boolean backup) {
        int flags = 5 << 4 | (backup ? 1 : 0);
        Mem.setU32(at, KIND | 3 << 16 | flags << 8 | TcpOptions.NOP);
        return at + 4;
    }

    /**
     * MP_FAIL: the checksum of a mapping was wrong.
     *
     * @param dsn start of the mapping whose checksum failed, all 64 bits
     */
    public static long mpFail(long at, long dsn) {
        Mem.setU32(at, KIND | 12 << 16 | 6 << 12);
        Mem.setU64(at + 4, dsn);
        return at + 12;
    }

    /**
     * MP_FASTCLOSE: the connection is aborted.
     *
     * @param receiversKey the key of the peer
     */
    public static long mpFastclose(long at, long receiversKey) {
        Mem.setU32(at, KIND | 12 << 16 | 7 << 12);
        Mem.setU64(at + 4, receiversKey);
        return at + 12;
    }

    public static long mpTcpRst(long at, boolean transientCondition, ResetReason reason) {
        int flags = transientCondition ? MptcpOptions.RESET_TRANSIENT : 0;
        Mem.setU32(at, KIND | 4 << 16 | (8 << 4 | flags) << 8 | reason.code());
        return at + 4;
    }
}
