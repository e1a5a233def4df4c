package io.mptcplb.dpdk;

import io.mptcplb.frame.Mem;
import java.lang.foreign.Arena;

/**
 * The driver's own counters since the port started, as {@code rte_eth_stats_get} gives them: frames
 * and bytes of the wire. One instance per port, read anew by {@link EthPort#statistics} without
 * allocating. Owner: the port's thread.
 */
final class EthStatistics implements PortStatistics {
    private static final int RX_FRAMES = 0;
    private static final int TX_FRAMES = 8;
    private static final int RX_BYTES = 16;
    private static final int TX_BYTES = 24;
    private static final int RX_MISSED = 32;
    private static final int RX_ERRORS = 40;
    private static final int TX_ERRORS = 48;
    private static final int RX_NO_BUFFER = 56;

    private final int portId;
    private final Arena arena = Arena.ofShared();
    private final long memory = arena.allocate(Abi.STATS_BYTES, 64).address();

    EthStatistics(int portId) {
        this.portId = portId;
        Mem.register(memory, Abi.STATS_BYTES);
    }

    /** Asks the driver; a driver that does not answer leaves the figures as they were. */
    EthStatistics refresh() {
        Natives.ethStatsGet(portId, memory);
        return this;
    }

    @Override
    public long rxFrames() {
        return Mem.hostU64(memory + RX_FRAMES);
    }

    @Override
    public long txFrames() {
        return Mem.hostU64(memory + TX_FRAMES);
    }

    @Override
    public long rxBytes() {
        return Mem.hostU64(memory + RX_BYTES);
    }

    @Override
    public long txBytes() {
        return Mem.hostU64(memory + TX_BYTES);
    }

    @Override
    public long rxMissed() {
        return Mem.hostU64(memory + RX_MISSED);
    }

    @Override
    public long rxErrors() {
        return Mem.hostU64(memory + RX_ERRORS);
    }

    @Override
    public long txErrors() {
        return Mem.hostU64(memory + TX_ERRORS);
    }

    @Override
    public long rxNoBuffer() {
        return Mem.hostU64(memory + RX_NO_BUFFER);
    }

    void close() {
        Mem.unregister(memory);
        arena.close();
    }
}
