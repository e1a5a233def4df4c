package io.mptcplb.app.rehearsal;

import io.mptcplb.frame.ArenaBufferPool;
import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.FrameIo;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.MemoryPort;
import io.mptcplb.frame.PortCapabilities;
import java.util.function.IntSupplier;

/** Ports and cables made of memory: needs nothing of the machine. */
public final class MemoryCabling implements Cabling {
    private static final int BUFFERS = 1 << 14;
    private static final int QUEUE_FRAMES = 4_096;
    private static final long MAC = 0x02_00_00_00_10_00L;

    private final ArenaBufferPool pool = new ArenaBufferPool(BUFFERS, Mbuf.DEFAULT_ROOM_BYTES);
    private final MemoryPort[] box = new MemoryPort[CABLES];
    private final MemoryPort[] far = new MemoryPort[CABLES];

    private MemoryCabling(PortCapabilities devices) {
        for (int i = 0; i < CABLES; i++) {
            box[i] = new MemoryPort(pool, MAC + i, devices, QUEUE_FRAMES);
            far[i] = new MemoryPort(pool, MAC + CABLES + i, devices, QUEUE_FRAMES);
        }
    }

    /** Of plain Ethernet devices. */
    public static MemoryCabling plain() {
        return new MemoryCabling(MemoryPort.plain(MTU_BYTES));
    }

    /** Of devices that leave checksums unfinished and super-segments whole. */
    public static MemoryCabling offloading() {
        return new MemoryCabling(MemoryPort.offloading(MTU_BYTES));
    }

    @Override
    public BufferPool pool() {
        return pool;
    }

    @Override
    public FrameIo boxEnd(int cable) {
        return box[cable];
    }

    @Override
    public FrameIo farEnd(int cable) {
        return far[cable];
    }

    @Override
    public void carry(int cable, IntSupplier copies) {
        carry(box[cable], far[cable], copies);
        carry(far[cable], box[cable], copies);
    }

    private static void carry(MemoryPort from, MemoryPort to, IntSupplier copies) {
        while (from.sentFrames() > 0) {
            if (copies.getAsInt() > 0) {
                long m = from.takeSent();
                if (m != 0) {
                    to.deliver(m);
                }
            } else {
                from.dropSent();
            }
        }
    }

    @Override
    public void close() {
        for (int i = 0; i < CABLES; i++) {
            box[i].clear();
            far[i].clear();
        }
        pool.close();
    }
}
