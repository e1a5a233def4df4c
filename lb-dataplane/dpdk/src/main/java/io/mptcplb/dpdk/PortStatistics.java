package io.mptcplb.dpdk;

import io.mptcplb.frame.Mem;
import java.lang.foreign.Arena;

/**
 * The driver's own counters since the port started, as {@code rte_eth_stats_get} gives them. Frames
 * and bytes of the wire.
 *
 * @param rxMissed frames that the device dropped because its ring was full
 * @param rxErrors frames that the device found broken
 * @param txErrors frames that the device did not send
 * @param rxNoBuffer receive attempts for which the pool had no buffer
 */
public record PortStatistics(
        long rxFrames,
        long txFrames,
        long rxBytes,
        long txBytes,
        long rxMissed,
        long rxErrors,
        long txErrors,
        long rxNoBuffer) {

    /** Reads the counters; allocates, so not for the packet path. */
    static PortStatistics of(int port) {
        try (Arena arena = Arena.ofConfined()) {
            long stats = arena.allocate(Abi.STATS_BYTES, 64).address();
            int result = Natives.ethStatsGet(port, stats);
            if (result < 0) {
                throw new DpdkException(
                        DpdkError.PORT_REFUSED, "rte_eth_stats_get: " + Natives.errorText(result));
            }
            Mem.register(stats, Abi.STATS_BYTES);
            PortStatistics decoded =
                    new PortStatistics(
                            Mem.hostU64(stats),
                            Mem.hostU64(stats + 8),
                            Mem.hostU64(stats + 16),
                            Mem.hostU64(stats + 24),
                            Mem.hostU64(stats + 32),
                            Mem.hostU64(stats + 40),
                            Mem.hostU64(stats + 48),
                            Mem.hostU64(stats + 56));
            Mem.unregister(stats);
            return decoded;
        }
    }
}
