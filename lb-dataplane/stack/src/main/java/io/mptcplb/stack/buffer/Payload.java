package io.mptcplb.stack.buffer;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;

/**
 * What the stack writes into a payload buffer's private area.
 *
 * <pre>
 *    0 next            next buffer of the same queue or run
 *    8 offset          stream position of the first payload byte
 *   16 sum             folded ones'-complement sum of the payload, when flag SUM_KNOWN
 *   20 flags
 *   24 holders         owners inside the stack: one queue, any number of transmit records
 *   28 owner           budget that is charged
 *   32 mapping DSN     RFC 8684 s3.3.1: the mapping that came with the segment, when flag MAPPED
 *   40 mapping SSN     relative subflow sequence number
 *   44 mapping bytes
 *   48 mapping checksum
 *   64 run next        (head of a run only) head of the next run
 *   72 run tail        (head of a run only) last buffer of the run
 *   80 run end         (head of a run only) offset one past the run
 * </pre>
 *
 * What comes in order is looked after in the first cache line alone: by the time that a buffer is
 * acknowledged, its lines have left the CPU's cache, and each that is touched costs a miss.
 */
public final class Payload {
    /** {@link #sum} is that of the payload as it stands. */
    public static final int SUM_KNOWN = 1;

    /** The mapping fields are valid. */
    public static final int MAPPED = 2;

    /** The mapping carries a DSS checksum. */
    public static final int MAPPING_CHECKSUM = 4;

    /** The last number of the mapping is DATA_FIN, not payload. */
    public static final int MAPPING_FIN = 8;

    private static final int NEXT = 0;
    private static final int OFFSET = 8;
    private static final int SUM = 16;
    private static final int FLAGS = 20;
    private static final int RUN_NEXT = 64;
    private static final int RUN_TAIL = 72;
    private static final int RUN_END = 80;
    private static final int MAPPING_DSN = 32;
    private static final int MAPPING_SSN = 40;
    private static final int MAPPING_BYTES = 44;
    private static final int MAPPING_CHECKSUM_AT = 48;
    private static final int HOLDERS = 24;
    private static final int OWNER = 28;

    static {
        assert RUN_END + Long.BYTES <= Mbuf.PRIVATE_BYTES;
    }

    private Payload() {}

    /** Forgets what an earlier use of the buffer left here. */
    public static void clear(long m) {
        setNext(m, 0);
        setFlags(m, 0);
    }

    public static long next(long m) {
        return Mem.hostU64(Mbuf.privateArea(m) + NEXT);
    }

    static void setNext(long m, long next) {
        Mem.setHostU64(Mbuf.privateArea(m) + NEXT, next);
    }

    public static long offset(long m) {
        return Mem.hostU64(Mbuf.privateArea(m) + OFFSET);
    }

    public static void setOffset(long m, long offset) {
        Mem.setHostU64(Mbuf.privateArea(m) + OFFSET, offset);
    }

    /** Offset one past the last payload byte. */
    public static long end(long m) {
        return offset(m) + Mbuf.dataLen(m);
    }

    public static int sum(long m) {
        return Mem.hostU32(Mbuf.privateArea(m) + SUM);
    }

    /** Records the sum of the payload as it stands. */
    public static void setSum(long m, int sum) {
        Mem.setHostU32(Mbuf.privateArea(m) + SUM, sum);
        setFlags(m, flags(m) | SUM_KNOWN);
    }

    public static int flags(long m) {
        return Mem.hostU32(Mbuf.privateArea(m) + FLAGS);
    }

    public static void setFlags(long m, int flags) {
        Mem.setHostU32(Mbuf.privateArea(m) + FLAGS, flags);
    }

    public static boolean has(long m, int flag) {
        return (flags(m) & flag) != 0;
    }

    static long runNext(long m) {
        return Mem.hostU64(Mbuf.privateArea(m) + RUN_NEXT);
    }

    static void setRunNext(long m, long head) {
        Mem.setHostU64(Mbuf.privateArea(m) + RUN_NEXT, head);
    }

    static long runTail(long m) {
        return Mem.hostU64(Mbuf.privateArea(m) + RUN_TAIL);
    }

    static void setRunTail(long m, long tail) {
        Mem.setHostU64(Mbuf.privateArea(m) + RUN_TAIL, tail);
    }

    static long runEnd(long m) {
        return Mem.hostU64(Mbuf.privateArea(m) + RUN_END);
    }

    static void setRunEnd(long m, long end) {
        Mem.setHostU64(Mbuf.privateArea(m) + RUN_END, end);
    }

    /** Remembers the mapping of the segment this payload came with. */
    public static void setMapping(long m, long dsn, int ssn, int bytes) {
        long at = Mbuf.privateArea(m);
        Mem.setHostU64(at + MAPPING_DSN, dsn);
        Mem.setHostU32(at + MAPPING_SSN, ssn);
        Mem.setHostU32(at + MAPPING_BYTES, bytes);
        setFlags(m, flags(m) | MAPPED);
    }

    public static void setMappingChecksum(long m, int checksum) {
        Mem.setHostU32(Mbuf.privateArea(m) + MAPPING_CHECKSUM_AT, checksum);
        setFlags(m, flags(m) | MAPPING_CHECKSUM);
    }

    public static long mappingDsn(long m) {
        return Mem.hostU64(Mbuf.privateArea(m) + MAPPING_DSN);
    }

    public static int mappingSsn(long m) {
        return Mem.hostU32(Mbuf.privateArea(m) + MAPPING_SSN);
    }

    public static int mappingBytes(long m) {
        return Mem.hostU32(Mbuf.privateArea(m) + MAPPING_BYTES);
    }

    public static int mappingChecksum(long m) {
        return Mem.hostU32(Mbuf.privateArea(m) + MAPPING_CHECKSUM_AT);
    }

    static int holders(long m) {
        return Mem.hostU32(Mbuf.privateArea(m) + HOLDERS);
    }

    static void setHolders(long m, int count) {
        Mem.setHostU32(Mbuf.privateArea(m) + HOLDERS, count);
    }

    static int owner(long m) {
        return Mem.hostU32(Mbuf.privateArea(m) + OWNER);
    }

    static void setOwner(long m, int owner) {
        Mem.setHostU32(Mbuf.privateArea(m) + OWNER, owner);
    }

    /** Gives {@code to}, which holds the end of {@code from}'s payload, the same mapping. */
    static void copyMapping(long from, long to) {
        if (has(from, MAPPED)) {
            setMapping(to, mappingDsn(from), mappingSsn(from), mappingBytes(from));
        }
        if (has(from, MAPPING_CHECKSUM)) {
            setMappingChecksum(to, mappingChecksum(from));
        }
        setFlags(to, flags(to) | flags(from) & MAPPING_FIN);
    }

    /** A later buffer of the same merged frame: the mapping covers it as well. */
    public static void continueFrom(long first, long later) {
        copyMapping(first, later);
    }

    /**
     * Whether {@code m} may stand for {@code older} as far as mappings go: it names the same one,
     * or {@code older} names none.
     */
    static boolean mapsAs(long m, long older) {
        if (!has(older, MAPPED)) {
            return true;
        }
        int compared = MAPPED | MAPPING_CHECKSUM | MAPPING_FIN;
        return ((flags(m) ^ flags(older)) & compared) == 0
                && mappingDsn(m) == mappingDsn(older)
                && mappingSsn(m) == mappingSsn(older)
                && mappingBytes(m) == mappingBytes(older)
                && (!has(m, MAPPING_CHECKSUM) || mappingChecksum(m) == mappingChecksum(older));
    }

    /** The mapping has been applied: from here on the buffer is known by its offset alone. */
    public static void forgetMapping(long m) {
        setFlags(m, flags(m) & ~(MAPPED | MAPPING_CHECKSUM | MAPPING_FIN));
    }

    /**
     * Drops payload from the front; the sum is then unknown. Only before the buffer stands in a
     * StreamQueue.
     */
    public static void trimFront(long m, int bytes) {
        Mbuf.trimFront(m, bytes);
        setOffset(m, offset(m) + bytes);
        setFlags(m, flags(m) & ~SUM_KNOWN);
    }

    /**
     * Drops payload from the end; the sum is then unknown. Only before the buffer stands in a
     * StreamQueue.
     */
    public static void trimBack(long m, int bytes) {
        Mbuf.trimBack(m, bytes);
        setFlags(m, flags(m) & ~SUM_KNOWN);
    }
}
