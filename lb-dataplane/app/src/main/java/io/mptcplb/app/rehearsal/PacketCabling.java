package io.mptcplb.app.rehearsal;

import io.mptcplb.dpdk.packet.PacketCable;
import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.FrameIo;
import java.util.function.IntSupplier;

/**
 * Packet ports at both ends, over the buffers that will serve: what is compiled meets no other
 * class when the ports open.
 */
public final class PacketCabling implements Cabling {
    private static final long MAC = 0x02_00_00_00_20_00L;

    private final BufferPool pool;
    private final PacketCable[] cables = new PacketCable[CABLES];

    /**
     * @param pool whose buffers are all back when this is closed
     */
    public PacketCabling(BufferPool pool) {
        this.pool = pool;
        for (int i = 0; i < CABLES; i++) {
            cables[i] = new PacketCable(pool, MTU_BYTES, MAC + i, MAC + CABLES + i);
        }
    }

    @Override
    public BufferPool pool() {
        return pool;
    }

    @Override
    public FrameIo boxEnd(int cable) {
        return cables[cable].left();
    }

    @Override
    public FrameIo farEnd(int cable) {
        return cables[cable].right();
    }

    @Override
    public void carry(int cable, IntSupplier copies) {
        cables[cable].carryToLeft(copies);
        cables[cable].carryToRight(copies);
    }

    @Override
    public void close() {
        for (PacketCable cable : cables) {
            cable.close();
        }
    }
}
