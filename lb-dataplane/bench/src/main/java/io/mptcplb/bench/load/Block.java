package io.mptcplb.bench.load;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Layout of bulk content. A stream is blocks, the last of them marked, then a trailer:
 *
 * <pre>
 *  block    0 u32 mark ("BLK." or "LAST")  4 u32 payload bytes  8 u64 number  16 payload
 *  trailer  0 u64 payload bytes of the whole stream             8 SHA-256 of the payload
 * </pre>
 */
final class Block {
    static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    static final ValueLayout.OfLong LONG = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    static final int MARK_OFFSET = 0;
    static final int PAYLOAD_BYTES_OFFSET = 4;
    static final int NUMBER_OFFSET = 8;
    static final int HEADER_BYTES = 16;
    static final int BYTES_MAX = 1 << 16;
    static final int PAYLOAD_BYTES_MAX = BYTES_MAX - HEADER_BYTES;

    static final int MARK_BLOCK = 0x424c4b2e;
    static final int MARK_LAST = 0x4c415354;

    static final int TRAILER_TOTAL_OFFSET = 0;
    static final int TRAILER_SHA_OFFSET = 8;
    static final int SHA_BYTES = 32;
    static final int TRAILER_BYTES = TRAILER_SHA_OFFSET + SHA_BYTES;

    private Block() {}
}
