package io.mptcplb.frame;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Raw memory by address. Names without a prefix read and write network byte order; {@code host*}
 * the machine's own.
 *
 * <p>Addresses are trusted: a wrong one is a SIGSEGV. With {@code -Dmptcplb.checked=true} (all
 * tests) every access must lie in a registered range, and a wrong one is an {@link
 * IndexOutOfBoundsException} instead.
 */
public final class Mem {
    /** True when every access is checked against the registered ranges. */
    public static final boolean CHECKED = Boolean.getBoolean("mptcplb.checked");

    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final ValueLayout.OfShort NET16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt NET32 =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong NET64 =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /**
     * Sorted (start, end) pairs; only ever replaced whole, so that readers on other threads see a
     * consistent array.
     */
    private static volatile long[] ranges = new long[0];

    private Mem() {}

    /** Makes {@code [start, start + bytes)} legal to touch in checked mode. */
    public static synchronized void register(long start, long bytes) {
        long[] grown = Arrays.copyOf(ranges, ranges.length + 2);
        int at = ranges.length;
        while (at > 0 && grown[at - 2] > start) {
            grown[at] = grown[at - 2];
            grown[at + 1] = grown[at - 1];
            at -= 2;
        }
        grown[at] = start;
        grown[at + 1] = start + bytes;
        ranges = grown;
    }

    /** Takes back what {@link #register} allowed; unknown starts are ignored. */
    public static synchronized void unregister(long start) {
        long[] old = ranges;
        for (int i = 0; i < old.length; i += 2) {
            if (old[i] == start) {
                long[] shrunk = new long[old.length - 2];
                System.arraycopy(old, 0, shrunk, 0, i);
                System.arraycopy(old, i + 2, shrunk, i, old.length - i - 2);
                ranges = shrunk;
                return;
            }
        }
    }

    public static int u8(long address) {
        check(address, 1);
        return ALL.get(ValueLayout.JAVA_BYTE, address) & 0xff;
    }

    public static int u16(long address) {
        check(address, 2);
        return ALL.get(NET16, address) & 0xffff;
    }

    /**
     * The 32 bits as an {@code int}: compare with {@code Integer.compareUnsigned} or sequence
     * arithmetic.
     */
    public static int u32(long address) {
        check(address, 4);
        return ALL.get(NET32, address);
    }

    public static long u64(long address) {
        check(address, 8);
        return ALL.get(NET64, address);
    }

    public static void setU8(long address, int value) {
        check(address, 1);
        ALL.set(ValueLayout.JAVA_BYTE, address, (byte) value);
    }

    public static void setU16(long address, int value) {
        check(address, 2);
        ALL.set(NET16, address, (short) value);
    }

    public static void setU32(long address, int value) {
        check(address, 4);
        ALL.set(NET32, address, value);
    }

    public static void setU64(long address, long value) {
        check(address, 8);
        ALL.set(NET64, address, value);
    }

    public static int hostU16(long address) {
        check(address, 2);
        return ALL.get(ValueLayout.JAVA_SHORT_UNALIGNED, address) & 0xffff;
    }

    public static int hostU32(long address) {
        check(address, 4);
        return ALL.get(ValueLayout.JAVA_INT_UNALIGNED, address);
    }

    public static long hostU64(long address) {
        check(address, 8);
        return ALL.get(ValueLayout.JAVA_LONG_UNALIGNED, address);
    }

    public static void setHostU16(long address, int value) {
        check(address, 2);
        ALL.set(ValueLayout.JAVA_SHORT_UNALIGNED, address, (short) value);
    }

    public static void setHostU32(long address, int value) {
        check(address, 4);
        ALL.set(ValueLayout.JAVA_INT_UNALIGNED, address, value);
    }

    public static void setHostU64(long address, long value) {
        check(address, 8);
        ALL.set(ValueLayout.JAVA_LONG_UNALIGNED, address, value);
    }

    /**
     * Checks a whole range once, for loops that then use {@link #hostU64Unchecked} or {@link
     * #hostU32Unchecked} inside it. Does nothing unless {@link #CHECKED}.
     */
    public static void requireRange(long address, long bytes) {
        check(address, bytes);
    }

    /** Machine order; only inside a range that {@link #requireRange} has passed. */
    public static int hostU32Unchecked(long address) {
        return ALL.get(ValueLayout.JAVA_INT_UNALIGNED, address);
    }

    /** Machine order; only inside a range that {@link #requireRange} has passed. */
    public static long hostU64Unchecked(long address) {
        return ALL.get(ValueLayout.JAVA_LONG_UNALIGNED, address);
    }

    public static void copy(long from, long to, long bytes) {
        check(from, bytes);
        check(to, bytes);
        MemorySegment.copy(ALL, from, ALL, to, bytes);
    }

    public static void copyIn(byte[] from, int offset, long to, int bytes) {
        check(to, bytes);
        MemorySegment.copy(from, offset, ALL, ValueLayout.JAVA_BYTE, to, bytes);
    }

    public static void copyOut(long from, byte[] to, int offset, int bytes) {
        check(from, bytes);
        MemorySegment.copy(ALL, ValueLayout.JAVA_BYTE, from, to, offset, bytes);
    }

    /** Whether the same bytes stand at both places. */
    public static boolean same(long a, long b, long bytes) {
        check(a, bytes);
        check(b, bytes);
        long at = 0;
        for (; at + Long.BYTES <= bytes; at += Long.BYTES) {
            if (hostU64Unchecked(a + at) != hostU64Unchecked(b + at)) {
                return false;
            }
        }
        for (; at < bytes; at++) {
            if (ALL.get(ValueLayout.JAVA_BYTE, a + at) != ALL.get(ValueLayout.JAVA_BYTE, b + at)) {
                return false;
            }
        }
        return true;
    }

    public static void fill(long address, long bytes, int value) {
        check(address, bytes);
        for (long i = 0; i < bytes; i++) {
            ALL.set(ValueLayout.JAVA_BYTE, address + i, (byte) value);
        }
    }

    private static void check(long address, long bytes) {
        if (CHECKED && !registered(address, bytes)) {
            throw new IndexOutOfBoundsException(
                    "no registered memory at 0x"
                            + Long.toHexString(address)
                            + " for "
                            + bytes
                            + " bytes");
        }
    }

    private static boolean registered(long address, long bytes) {
        long[] sorted = ranges;
        int low = 0;
        int high = sorted.length / 2 - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (address < sorted[2 * middle]) {
                high = middle - 1;
            } else if (address >= sorted[2 * middle + 1]) {
                low = middle + 1;
            } else {
                return address + bytes <= sorted[2 * middle + 1];
            }
        }
        return bytes == 0;
    }
}
