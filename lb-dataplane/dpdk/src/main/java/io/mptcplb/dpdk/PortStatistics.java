package io.mptcplb.dpdk;

import io.mptcplb.frame.Mem;
import java.lang.foreign.Arena;

/**
 * The driver's own counters since the port started, as {@code rte_eth_stats_get} gives them: frames
 * and bytes of the wire. One instance per port, read anew by {@link EthPort#statistics} without
 * allocating. Owner: the port's thread.
 */
public final class PortStatistics {
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

    PortStatistics(int portId) {
        this.portId = portId;
        Mem.register(memory, Abi.STATS_BYTES);
    }

    /** Asks the driver; a driver that does not answer leaves the figures as they were. */
    PortStatistics refresh() {
        Natives.ethStatsGet(portId, memory);
        return this;
    }

    public long rxFrames() {
        return Mem.hostU64(memory + RX_FRAMES);
    }

    public long txFrames() {
        return Mem.hostU64(memory + TX_FRAMES);
    }

    public long rxBytes() {
        return Mem.hostU64(memory + RX_BYTES);
    }

    public long txBytes() {
        return Mem.hostU64(memory + TX_BYTES);
    }

    /** Frames that the device dropped because its ring was full. */
    public long rxMissed() {
        return Mem.hostU64(memory + RX_MISSED);
    }

    /** Frames that the device found broken. */
    public long rxErrors() {
        return Mem.hostU64(memory + RX_ERRORS);
    }

    /** Frames that the device did not send. */
    public long txErrors() {
        return Mem.hostU64(memory + TX_ERRORS);
    }

    /** Receive attempts for which the pool had no buffer. */
    public long rxNoBuffer() {
        return Mem.hostU64(memory + RX_NO_BUFFER);
    }

    void close() {
        Mem.unregister(memory);
        arena.close();
    }
}
