package io.mptcplb.bench.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The part of struct mptcp_info (linux/mptcp.h) that our results speak of.
 *
 * @param mptcp the connection speaks MPTCP (it did not fall back to TCP)
 * @param subflows established subflows, the first one included; 1 for plain TCP
 * @param token the local token, 0 for plain TCP
 * @param checksum DSS checksums are in use
 * @param retransmits data-level retransmissions
 */
public record MptcpInfo(boolean mptcp, int subflows, int token, boolean checksum, int retransmits) {
    static final MptcpInfo PLAIN = new MptcpInfo(false, 1, 0, false, 0);

    private static final int INFO_BYTES = 96;
    private static final int FLAGS_OFFSET = 8;
    private static final int TOKEN_OFFSET = 12;
    private static final int CSUM_OFFSET = 42;
    private static final int RETRANSMITS_OFFSET = 44;
    private static final int SUBFLOWS_TOTAL_OFFSET = 80;
    private static final int FLAG_FALLBACK = 1;

    static MptcpInfo read(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(INFO_BYTES, 8);
            MemorySegment length = arena.allocateFrom(JAVA_INT, INFO_BYTES);
            int result = Linux.getsockopt(fd, Linux.SOL_MPTCP, Linux.MPTCP_INFO, info, length);
            if (result < 0 || (info.get(JAVA_INT, FLAGS_OFFSET) & FLAG_FALLBACK) != 0) {
                return PLAIN;
            }
            // Kernels before 6.5 end the structure earlier and count the extra subflows only.
            int subflows =
                    length.get(JAVA_INT, 0) > SUBFLOWS_TOTAL_OFFSET
                            ? info.get(JAVA_BYTE, SUBFLOWS_TOTAL_OFFSET) & 0xff
                            : 1 + (info.get(JAVA_BYTE, 0) & 0xff);
            return new MptcpInfo(
                    true,
                    subflows,
                    info.get(JAVA_INT, TOKEN_OFFSET),
                    info.get(JAVA_BYTE, CSUM_OFFSET) != 0,
                    info.get(JAVA_INT, RETRANSMITS_OFFSET));
        }
    }
}
