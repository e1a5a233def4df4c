package io.mptcplb.dpdk;

import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Creates and measures DPDK mempools of mbufs. Not for the packet path. */
final class Mempools {
    private static final int EINVAL = 22;
    private static final int EEXIST = 17;
    private static final int ENAMETOOLONG = 36;
    private static final int LINE_BYTES = 64;
    private static final int PAGE_BYTES = 4096;

    /**
     * DPDK's per-lcore caches and book-keeping of one mempool, whatever its size (measured: 1 to
     * 1.6 MB).
     */
    private static final long FIXED_BYTES = 2L << 20;

    /**
     * A stack, not the ring that is DPDK's default: what came back last goes out first and is still
     * in the CPU's cache. A ring hands out whatever has lain untouched for longest.
     */
    static final String STACK = "stack";

    /** The same for several threads, none of which ever waits for another that was put to sleep. */
    static final String SHARED_STACK = "lf_stack";

    private Mempools() {}

    /**
     * Makes a mempool and makes it legal to read in checked mode; throws a named error with the
     * memory that it takes.
     *
     * <p>In ordinary memory DPDK would give every mbuf a page of its own, so that a device finds it
     * in one piece: two fifths of the memory wasted, and all mbufs in the same few sets of the
     * cache. Only af_xdp needs that ({@code inOnePage}); elsewhere mbufs lie close together.
     */
    static long create(String name, Shape shape, boolean inOnePage, String driver) {
        if (shape.roomBytes > 0xffff || shape.count < 1) {
            throw new DpdkException(
                    DpdkError.POOL_TOO_BIG, name + ": " + shape, shape.megabytes(inOnePage));
        }
        int flags = inOnePage || Natives.ealHasHugepages() ? 0 : Abi.MEMPOOL_NO_IOVA_CONTIG;
        NativeLog log = NativeLog.begin(true);
        Natives.clearRteErrno();
        long pool;
        int errno;
        try (Arena arena = Arena.ofConfined()) {
            pool =
                    Natives.mempoolCreateEmpty(
                            arena.allocateFrom(name),
                            shape.count,
                            shape.objectBytes(),
                            cacheSize(shape.count),
                            flags);
            errno =
                    pool == 0
                            ? Natives.rteErrno()
                            : fill(pool, shape, arena.allocateFrom(driver), arena);
        }
        String words = log.end();
        if (errno != 0 || pool == 0) {
            Natives.mempoolFree(pool);
            throw refused(name, shape, shape.megabytes(inOnePage), errno, words);
        }
        Mem.register(pool, Abi.MEMPOOL_BYTES);
        return pool;
    }

    private static int fill(long pool, Shape shape, MemorySegment driver, Arena arena) {
        int errno = -Natives.mempoolSetDriver(pool, driver);
        if (errno != 0) {
            return errno;
        }
        MemorySegment description = arena.allocate(Abi.POOL_PRIVATE_BYTES, 8);
        description.set(JAVA_SHORT, Abi.POOL_PRIVATE_ROOM, (short) shape.roomBytes);
        description.set(JAVA_SHORT, Abi.POOL_PRIVATE_SIZE, (short) shape.privateBytes);
        return -Natives.mempoolFillWithMbufs(pool, description.address());
    }

    /** DPDK refuses a cache that could swallow the pool. */
    private static int cacheSize(int count) {
        return count >= 4 * MbufCache.LCORE_CACHE ? MbufCache.LCORE_CACHE : 0;
    }

    private static DpdkException refused(
            String name, Shape shape, int megabytes, int errno, String words) {
        String reason = errno == 0 ? "no memory" : Natives.errorText(errno);
        String what =
                "pool %s: %s (about %d MB): %s%s".formatted(name, shape, megabytes, reason, words);
        int soVersion = Natives.require().soVersion();
        // DPDK gives every new mempool the ring driver before it can be given another.
        if (Libraries.dlopen(Libraries.soname("mempool_stack", soVersion)).isEmpty()
                || Libraries.dlopen(Libraries.soname("mempool_ring", soVersion)).isEmpty()) {
            return new DpdkException(DpdkError.POOL_DRIVER_MISSING, what, soVersion);
        }
        return switch (errno) {
            case EEXIST, ENAMETOOLONG, EINVAL -> new DpdkException(DpdkError.OPTIONS_REFUSED, what);
            default -> new DpdkException(DpdkError.POOL_TOO_BIG, what, "the sum over all pools");
        };
    }

    static void free(long pool) {
        Mem.unregister(pool);
        Natives.mempoolFree(pool);
    }

    /** Distance of two neighbouring mbufs of a pool. */
    static int strideBytes(long pool) {
        return Mem.hostU32(pool + Abi.MEMPOOL_HEADER_SIZE)
                + Mem.hostU32(pool + Abi.MEMPOOL_ELT_SIZE)
                + Mem.hostU32(pool + Abi.MEMPOOL_TRAILER_SIZE);
    }

    /** Size of one mbuf with its private area and data room. */
    static int objectBytes(long pool) {
        return Mem.hostU32(pool + Abi.MEMPOOL_ELT_SIZE);
    }

    /**
     * What a pool holds.
     *
     * @param privateBytes between the mbuf's struct and its data room
     * @param roomBytes of data, headroom included
     */
    record Shape(int count, int privateBytes, int roomBytes) {
        int objectBytes() {
            return Mbuf.STRUCT_BYTES + privateBytes + roomBytes;
        }

        /** Memory that a pool of this shape takes of DPDK's, rounded up. */
        int megabytes(boolean inOnePage) {
            // One object header, and up to two lines that spread objects over the memory channels.
            long stride = roundUp(objectBytes(), LINE_BYTES) + 3L * LINE_BYTES;
            long perPage = PAGE_BYTES / stride;
            long objects =
                    inOnePage && perPage > 0
                            ? roundUp(count, perPage) / perPage * PAGE_BYTES
                            : stride * count;
            long ring = 16L * Integer.highestOneBit(count);
            return (int) (roundUp(objects + ring + FIXED_BYTES, 1 << 20) >> 20);
        }

        private static long roundUp(long value, long unit) {
            return (value + unit - 1) / unit * unit;
        }

        @Override
        public String toString() {
            return count + " buffers of " + roomBytes + " bytes";
        }
    }
}
