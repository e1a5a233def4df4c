package io.mptcplb.wire;

import io.mptcplb.frame.Mem;
import java.nio.ByteOrder;

/**
 * The Internet checksum (RFC 1071): ones'-complement arithmetic on 16-bit words.
 *
 * <p>Every sum here is folded to 0..0xffff, in network order and <em>not</em> complemented, so that
 * sums of parts can be added, taken away and reused: the payload is summed once, and the TCP and
 * DSS checksums follow by arithmetic. 0 and 0xffff are the same number; {@link #sum} yields 0 only
 * for bytes that are all zero.
 */
public final class Checksum {
    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    private static final long LOW_32 = 0xffff_ffffL;

    private Checksum() {}

    /**
     * The sum of {@code bytes} bytes from {@code address}; an odd last byte counts as if a zero
     * byte followed.
     *
     * @param bytes 0 to 2^31 - 1
     */
    public static int sum(long address, int bytes) {
        Mem.requireRange(address, bytes);
        // Two 32-bit halves of each word go into separate 64-bit sums: no carry is ever lost, and
        // the four chains keep the adders busy. The int index lets C2 check the range once.
        long a = 0;
        long b = 0;
        long c = 0;
        long d = 0;
        int blocksEnd = bytes & ~31;
        for (int i = 0; i < blocksEnd; i += 32) {
            long w0 = Mem.hostU64Unchecked(address + i);
            long w1 = Mem.hostU64Unchecked(address + i + 8);
            long w2 = Mem.hostU64Unchecked(address + i + 16);
            long w3 = Mem.hostU64Unchecked(address + i + 24);
            a += (w0 & LOW_32) + (w1 & LOW_32);
            b += (w0 >>> 32) + (w1 >>> 32);
            c += (w2 & LOW_32) + (w3 & LOW_32);
            d += (w2 >>> 32) + (w3 >>> 32);
        }
        return fold(a + b + c + d + tail(address, blocksEnd, bytes));
    }

    /** The last {@code to - from} (at most 31) bytes, as a sum of 32-bit words in machine order. */
    private static long tail(long address, int from, int to) {
        long sum = 0;
        int i = from;
        for (; i <= to - 4; i += 4) {
            sum += Mem.hostU32Unchecked(address + i) & LOW_32;
        }
        if (i <= to - 2) {
            sum += Mem.hostU16(address + i);
            i += 2;
        }
        if (i < to) {
            int last = Mem.u8(address + i);
            sum += LITTLE ? last : last << 8;
        }
        return sum;
    }

    /** Copies {@code bytes} bytes that do not overlap, and returns their {@link #sum}. */
    public static int copySum(long from, long to, int bytes) {
        Mem.copy(from, to, bytes);
        return sum(to, bytes); // now in the nearest cache
    }

    /** Folds a sum of machine-order words to 16 bits, in network order (RFC 1071 s2(B)). */
    private static int fold(long sum) {
        long folded = (sum & LOW_32) + (sum >>> 32);
        folded = (folded & LOW_32) + (folded >>> 32);
        int half = (int) (folded & 0xffff) + (int) (folded >>> 16);
        half = (half & 0xffff) + (half >>> 16);
        return LITTLE ? atOddOffset(half) : half;
    }

    /** The sum of both parts, the second of which starts at an even offset from the first. */
    public static int add(int a, int b) {
        int sum = a + b;
        return (sum & 0xffff) + (sum >>> 16);
    }

    /** The sum of the whole without the part, which starts at an even offset. */
    public static int subtract(int whole, int part) {
        return add(whole, ~part & 0xffff);
    }

    /** The sum as it counts when its bytes start at an odd offset of the whole: bytes swapped. */
    public static int atOddOffset(int sum) {
        return (sum & 0xff) << 8 | sum >>> 8;
    }

    /** The sum of one 32-bit field. */
    public static int ofU32(int value) {
        return add(value >>> 16, value & 0xffff);
    }

    /** The sum of one 64-bit field. */
    public static int ofU64(long value) {
        return add(ofU32((int) (value >>> 32)), ofU32((int) value));
    }

    /**
     * The pseudo-header's sum (RFC 9293 s3.1, RFC 8200 s8.1).
     *
     * @param ipv6 false: only the low 32 bits of each address count
     * @param l4Bytes length of the transport header and its payload; up to 2^31 - 1 on IPv6
     */
    public static int pseudo(
            boolean ipv6,
            long srcHi,
            long srcLo,
            long dstHi,
            long dstLo,
            int protocol,
            int l4Bytes) {
        int sum = add(ofU32(l4Bytes), protocol);
        if (ipv6) {
            sum = add(sum, add(ofU64(srcHi), ofU64(srcLo)));
            return add(sum, add(ofU64(dstHi), ofU64(dstLo)));
        }
        return add(sum, add(ofU32((int) srcLo), ofU32((int) dstLo)));
    }

    /**
     * The pseudo-header's sum of a DSS checksum (RFC 8684 s3.3.1), to which the sum of the mapped
     * data is added before {@link #complement}.
     *
     * @param dsn all 64 bits, whatever length the option carries
     * @param ssn relative subflow sequence number
     * @param mappingBytes Data-Level Length, 0 to 65,535
     */
    public static int dssPseudo(long dsn, int ssn, int mappingBytes) {
        return add(add(ofU64(dsn), ofU32(ssn)), mappingBytes);
    }

    /** True when a header or segment summed <em>with</em> its checksum field is intact. */
    public static boolean intact(int sum) {
        return sum == 0xffff;
    }

    /** What goes into a checksum field. */
    public static int complement(int sum) {
        return ~sum & 0xffff;
    }

    /**
     * A checksum field's new content when one 16-bit field of what it covers changes (RFC 1624 s3,
     * equation 3).
     */
    public static int update(int checksum, int oldField, int newField) {
        return complement(add(add(complement(checksum), complement(oldField)), newField));
    }
}
