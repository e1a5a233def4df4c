package io.mptcplb.contract;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The bytes of a counter file, in the machine's own byte order: another machine sees another magic
 * and refuses.
 *
 * <pre>
 *    0  u64  magic                  40  u32  workers
 *    8  u32  format version         44  u32  slots per worker
 *   12  u32  header bytes           48  u64  offset of the blocks
 *   16  u64  start                  56  u64  block stride
 *   24  u64  random                 64  u64  offset of the descriptors
 *   32  u64  process id             72  u32  bytes of the descriptors
 *                                   76  u32  their CRC-32C
 * </pre>
 *
 * <p>Descriptors (u32 each; text is its byte count and UTF-8): number of scopes, each with code,
 * label text, number of names and the names; number of metrics, each with code, kind, aggregate,
 * unit, scope, first slot, name text and help text.
 *
 * <p>One block per worker: slots of 8 bytes, padding to a multiple of 128, and 128 more, so that
 * neither two workers' slots nor the line that is prefetched beside one are ever shared.
 */
final class CounterFormat {
    /** "MLBCNTR1" where the machine is little-endian. */
    static final long MAGIC = 0x3152_544e_4342_4c4dL;

    static final int VERSION = 1;
    static final int HEADER_BYTES = 128;
    static final int SPACING_BYTES = 128;

    static final int AT_MAGIC = 0;
    static final int AT_VERSION = 8;
    static final int AT_HEADER_BYTES = 12;
    static final int AT_START = 16;
    static final int AT_RANDOM = 24;
    static final int AT_PROCESS = 32;
    static final int AT_WORKERS = 40;
    static final int AT_SLOTS = 44;
    static final int AT_BLOCKS_OFFSET = 48;
    static final int AT_BLOCK_STRIDE = 56;
    static final int AT_DESCRIPTOR_OFFSET = 64;
    static final int AT_DESCRIPTOR_BYTES = 72;
    static final int AT_DESCRIPTOR_CRC = 76;

    /** Coordinates: segment, byte offset. Aligned, so that a value is never seen torn. */
    static final VarHandle SLOT = ValueLayout.JAVA_LONG.varHandle();

    static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT;
    static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG;

    private CounterFormat() {}

    static long aligned(long bytes) {
        return (bytes + SPACING_BYTES - 1) / SPACING_BYTES * SPACING_BYTES;
    }

    static long blockStride(int slots) {
        return aligned((long) slots * Long.BYTES) + SPACING_BYTES;
    }
}
