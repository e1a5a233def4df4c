package io.mptcplb.stack.mptcp;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import io.mptcplb.stack.buffer.BufferFifo;
import io.mptcplb.stack.buffer.HeldBuffers;
import io.mptcplb.stack.buffer.Payload;
import io.mptcplb.wire.Checksum;
import io.mptcplb.wire.MptcpOptions;

/**
 * Turns the payload of one subflow, in subflow order, into data of the connection (RFC 8684
 * s3.3.1). Each buffer carries the mapping of the segment it came with; a mapping may span many
 * segments, be repeated on each, or come later than its first bytes.
 *
 * <p>Without checksums a buffer goes on as soon as a mapping covers its first byte. With checksums
 * the whole mapping waits until its last byte is there.
 */
final class MappingTracker {
    /** What became of the payload. */
    enum Result {
        /** A buffer may be taken with {@link #poll}. */
        READY,
        /** Nothing to take until more comes. */
        WAIT,
        /** Bytes wait for a mapping. */
        UNMAPPED,
        /** A mapping says otherwise than an earlier one. */
        CONTRADICTION,
        /** The DSS checksum of the mapping is wrong. */
        BAD_CHECKSUM
    }

    private final MptcpStack stack;
    private final HeldBuffers buffers;
    private final BufferFifo waiting;

    /**
     * The mapping in force covers subflow offsets from startOffset to endOffset; plus delta, they
     * are stream offsets.
     */
    private long startOffset;

    private long endOffset;
    private long delta;
    private boolean verified;

    MappingTracker(MptcpStack stack, HeldBuffers buffers) {
        this.stack = stack;
        this.buffers = buffers;
        waiting = new BufferFifo(buffers);
    }

    void reset() {
        waiting.clear();
        startOffset = 0;
        endOffset = 0;
        delta = 0;
        verified = false;
    }

    /** Bytes that wait for a mapping, or for the rest of one. */
    int waitingBytes() {
        return waiting.bytes();
    }

    /** Stream offset at which the mapping in force begins: named in MP_FAIL. */
    long mappingStreamOffset() {
        return startOffset + delta;
    }

    /** Notes the segment's mapping in its buffer, to be found when the payload's turn comes. */
    static void attach(long m, long streamOffset, MptcpOptions dss) {
        note(m, streamOffset, dss.ssn, dss.mappingBytes, dss.hasChecksum, dss.checksum);
        if (dss.dataFin) {
            Payload.setFlags(m, Payload.flags(m) | Payload.MAPPING_FIN);
        }
    }

    /** The mapping of MP_CAPABLE with data: from the first byte of both spaces (s3.1). */
    static void attachFirst(long m, MptcpOptions capable) {
        boolean summed = capable.capableBytes == MptcpOptions.CAPABLE_DATA_CHECKSUM_BYTES;
        note(m, 0, 1, capable.capableDataBytes, summed, capable.capableChecksum);
    }

    private static void note(
            long m, long streamOffset, int ssn, int bytes, boolean summed, int checksum) {
        Payload.setMapping(m, streamOffset, ssn, bytes);
        if (summed) {
            Payload.setMappingChecksum(m, checksum);
        }
    }

    /** One buffer in subflow order, at its subflow offset; its hold is ours now. */
    void add(long m) {
        waiting.add(m);
    }

    /** Whether the first waiting buffer may go on. */
    Result check(boolean checksums, long firstDsn) {
        long m = waiting.head();
        if (m == 0) {
            return Result.WAIT;
        }
        long offset = Payload.offset(m);
        if (Payload.has(m, Payload.MAPPED) && contradicts(m)) {
            return Result.CONTRADICTION;
        }
        if (offset >= endOffset && !adoptCovering(offset)) {
            return Result.UNMAPPED;
        }
        if (!checksums || verified) {
            return Result.READY;
        }
        if (offset + waiting.bytes() < endOffset) {
            return Result.WAIT;
        }
        verified = checksumIsGood(firstDsn);
        return verified ? Result.READY : Result.BAD_CHECKSUM;
    }

    /**
     * Takes the first buffer after {@link Result#READY}; its offset is now that of the stream. What
     * lies beyond the mapping stays, as a copy (counted).
     */
    long poll() {
        long m = waiting.poll();
        long offset = Payload.offset(m);
        int beyond = (int) (Payload.end(m) - endOffset);
        if (beyond > 0) {
            long rest = copyTail(m, beyond);
            Payload.trimBack(m, beyond);
            if (rest != 0) {
                waiting.addFirst(rest);
            }
        }
        Payload.setOffset(m, offset + delta);
        Payload.forgetMapping(m);
        return m;
    }

    /** Takes the first waiting buffer as it is, after fallback; 0 when there is none. */
    long pollPlain() {
        if (waiting.empty()) {
            return 0;
        }
        long m = waiting.poll();
        Payload.forgetMapping(m);
        return m;
    }

    private boolean contradicts(long m) {
        long start = mappingStart(m);
        long end = start + mappedBytes(m);
        boolean overlaps = start < endOffset && end > startOffset;
        return overlaps && Payload.mappingDsn(m) - start != delta;
    }

    /** Looks for a mapping of {@code offset} in what waits: usually the first buffer has it. */
    private boolean adoptCovering(long offset) {
        for (long m = waiting.head(); m != 0; m = Payload.next(m)) {
            if (Payload.has(m, Payload.MAPPED)) {
                long start = mappingStart(m);
                long end = start + mappedBytes(m);
                if (start <= offset && offset < end) {
                    startOffset = start;
                    endOffset = end;
                    delta = Payload.mappingDsn(m) - start;
                    verified = false;
                    return true;
                }
            }
        }
        return false;
    }

    /** The relative subflow sequence number counts the SYN: payload begins with 1. */
    private static long mappingStart(long m) {
        long offset = Payload.offset(m);
        return offset + (Payload.mappingSsn(m) - 1 - (int) offset);
    }

    private static int mappedBytes(long m) {
        return Payload.mappingBytes(m) - (Payload.has(m, Payload.MAPPING_FIN) ? 1 : 0);
    }

    /** Sum over the waiting bytes of the mapping and its pseudo-header (s3.3.1, figure 10). */
    private boolean checksumIsGood(long firstDsn) {
        long first = waiting.head();
        int sum = 0;
        int done = 0;
        long with = 0;
        for (long m = first; m != 0 && Payload.offset(m) < endOffset; m = Payload.next(m)) {
            int bytes = (int) Math.min(Payload.end(m), endOffset) - (int) Payload.offset(m);
            boolean whole = bytes == Mbuf.dataLen(m) && Payload.has(m, Payload.SUM_KNOWN);
            int piece = whole ? Payload.sum(m) : Checksum.sum(Mbuf.data(m), bytes);
            sum = Checksum.add(sum, (done & 1) == 0 ? piece : Checksum.atOddOffset(piece));
            done += bytes;
            if (Payload.has(m, Payload.MAPPING_CHECKSUM) && mappingStart(m) == startOffset) {
                with = m;
            }
        }
        if (with == 0 || Payload.offset(first) != startOffset) {
            return false;
        }
        sum =
                Checksum.add(
                        sum,
                        Checksum.dssPseudo(
                                firstDsn + Payload.mappingDsn(with),
                                Payload.mappingSsn(with),
                                Payload.mappingBytes(with)));
        return Checksum.intact(Checksum.add(sum, Payload.mappingChecksum(with)));
    }

    private long copyTail(long m, int bytes) {
        long copy = buffers.pool().alloc();
        if (copy == 0 || bytes > Mbuf.tailroom(copy)) {
            if (copy != 0) {
                buffers.pool().release(copy);
            }
            return 0;
        }
        Mem.copy(Mbuf.data(m) + Mbuf.dataLen(m) - bytes, Mbuf.data(copy), bytes);
        Mbuf.setLength(copy, bytes);
        Payload.clear(copy);
        Payload.continueFrom(m, copy);
        Payload.setOffset(copy, Payload.end(m) - bytes);
        buffers.adoptLike(copy, m);
        stack.count(MptcpCounter.SPLIT_COPIED_BYTES, bytes);
        return copy;
    }

    void clear() {
        waiting.clear();
    }
}
