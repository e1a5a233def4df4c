package io.mptcplb.dpdk;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import java.lang.foreign.Arena;

/** Creates and measures DPDK mempools of mbufs. Not for the packet path. */
final class Mempools {
    private static final int ENOENT = 2;
    private static final int EINVAL = 22;
    private static final int EEXIST = 17;
    private static final int ENAMETOOLONG = 36;
    private static final int ALIGN_BYTES = 64;

    /**
     * DPDK's per-lcore caches and book-keeping of one mempool, whatever its size (measured: 1 to
     * 1.6 MB).
     */
    private static final long FIXED_BYTES = 2L << 20;

    private Mempools() {}

    /**
     * Makes a mempool and makes it legal to read in checked mode; throws a named error with the
     * memory that it takes.
     */
    static long create(String name, int count, int privateBytes, int roomBytes) {
        if (roomBytes > 0xffff || count < 1) {
            throw new DpdkException(
                    DpdkError.POOL_TOO_BIG,
                    "pool "
                            + name
                            + ": "
                            + count
                            + " buffers of "
                            + roomBytes
                            + " bytes (room is 16 bits)",
                    megabytes(count, privateBytes, roomBytes));
        }
        NativeLog log = NativeLog.begin(true);
        long pool;
        int errno;
        try (Arena arena = Arena.ofConfined()) {
            pool =
                    Natives.pktmbufPoolCreate(
                            arena.allocateFrom(name),
                            count,
                            cacheSize(count),
                            privateBytes,
                            roomBytes);
            errno = pool == 0 ? Natives.rteErrno() : 0;
        }
        String words = log.end();
        if (pool == 0) {
            throw refused(name, count, megabytes(count, privateBytes, roomBytes), errno, words);
        }
        Mem.register(pool, Abi.MEMPOOL_BYTES);
        return pool;
    }

    /** DPDK refuses a cache that could swallow the pool. */
    private static int cacheSize(int count) {
        return count >= 4 * MbufCache.LCORE_CACHE ? MbufCache.LCORE_CACHE : 0;
    }

    private static DpdkException refused(
            String name, int count, int megabytes, int errno, String words) {
        String what =
                "pool "
                        + name
                        + " of "
                        + count
                        + " buffers (about "
                        + megabytes
                        + " MB): "
                        + Natives.errorText(errno)
                        + words;
        return switch (errno) {
            case EINVAL, ENOENT ->
                    new DpdkException(DpdkError.POOL_DRIVER_MISSING, what, soVersion());
            case EEXIST, ENAMETOOLONG -> new DpdkException(DpdkError.OPTIONS_REFUSED, what);
            default -> new DpdkException(DpdkError.POOL_TOO_BIG, what, "the sum over all pools");
        };
    }

    private static int soVersion() {
        return Natives.require().soVersion();
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

    static int megabytes(int count, int privateBytes, int roomBytes) {
        long element = Mbuf.STRUCT_BYTES + (long) privateBytes + roomBytes;
        // One object header, and up to one more line so that objects spread over the memory
        // channels.
        long stride = (element + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES + 2L * ALIGN_BYTES;
        long ring = 8L * Integer.highestOneBit(count) * 2;
        return (int) ((stride * count + ring + FIXED_BYTES + (1 << 20) - 1) >> 20);
    }
}
