package io.mptcplb.dpdk.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.dpdk.PortDrop;
import io.mptcplb.frame.ArenaBufferPool;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The rows of buffers, with this test in the kernel's place. */
final class ReceiveBatchTest {
    private static final int BUFFERS = 1023;
    private static final int ROUNDS = 200_000;
    private static final int VLAN_VALID = 1 << 4;
    private static final int TP_STATUS_USER = 1;

    private final ArenaBufferPool pool = new ArenaBufferPool(BUFFERS, Mbuf.DEFAULT_ROOM_BYTES);
    private final ReceiveBatch batch = new ReceiveBatch(pool, new VlanTag(0));
    private final long[] drops = new long[PortDrop.COUNT];

    @AfterEach
    void everythingIsBack() {
        batch.close();
        assertEquals(BUFFERS, pool.available());
        pool.close();
    }

    private void arrive(int slot, int frameBytes, int messageFlags) {
        Message.complete(batch.message(slot), VnetHeader.BYTES + frameBytes, messageFlags);
        Message.completeControl(batch.control(slot), TP_STATUS_USER, 0);
    }

    private void plainHeader(int slot) {
        for (int i = 0; i < VnetHeader.BYTES; i++) {
            Mem.setU8(batch.vnetHeader(slot) + i, 0);
        }
    }

    private int chainBytes(long m) {
        int bytes = 0;
        int buffers = 0;
        for (long at = m; at != 0; at = Mbuf.next(at)) {
            assertEquals(1, Mbuf.refcnt(at));
            assertEquals(Mbuf.HEADROOM_BYTES, Mbuf.dataOff(at));
            bytes += Mbuf.dataLen(at);
            buffers++;
        }
        assertEquals(Mbuf.nbSegs(m), buffers);
        assertEquals(Mbuf.pktLen(m), bytes);
        return bytes;
    }

    @Test
    void shortFrames_takeOneBufferEach_theRestOfTheirRowsWaitsOn() {
        assertEquals(ReceiveBatch.SLOTS, batch.fill());
        int left = pool.available();
        assertEquals(BUFFERS - batch.buffersHeld(), left);
        long[] taken = new long[ReceiveBatch.SLOTS];
        for (int slot = 0; slot < taken.length; slot++) {
            plainHeader(slot);
            arrive(slot, 60 + slot, 0);
            taken[slot] = batch.take(slot, drops);
            assertEquals(60 + slot, chainBytes(taken[slot]));
        }
        batch.fill();
        assertEquals(left - ReceiveBatch.SLOTS, pool.available());
        for (long m : taken) {
            pool.releaseChain(m);
        }
    }

    @Test
    void superFrame_isChained_andItsRowIsFilledAgain() {
        batch.fill();
        plainHeader(0);
        arrive(0, ReceiveBatch.FRAME_BYTES_MAX, 0);
        long m = batch.take(0, drops);
        assertEquals(ReceiveBatch.FRAME_BYTES_MAX, chainBytes(m));
        int available = pool.available();
        assertEquals(ReceiveBatch.SLOTS, batch.fill());
        assertEquals(available - Mbuf.nbSegs(m), pool.available());
        pool.releaseChain(m);
    }

    @Test
    void frame_longerThanItsRow_isDroppedByName() {
        batch.fill();
        plainHeader(0);
        arrive(0, ReceiveBatch.FRAME_BYTES_MAX, Message.TRUNCATED);
        assertEquals(0, batch.take(0, drops));
        assertEquals(1, drops[PortDrop.RX_OVERSIZED.code()]);
        assertEquals(ReceiveBatch.SLOTS, batch.fill());
    }

    /** A frame with this tag, or without one; true when it is taken. */
    private boolean takes(ReceiveBatch of, int status, int tci) {
        of.fill();
        for (int i = 0; i < VnetHeader.BYTES; i++) {
            Mem.setU8(of.vnetHeader(0) + i, 0);
        }
        Message.complete(of.message(0), VnetHeader.BYTES + 60, 0);
        if (status != 0) {
            Message.completeControl(of.control(0), status, tci);
        }
        long m = of.take(0, drops);
        if (m != 0) {
            pool.releaseChain(m);
        }
        return m != 0;
    }

    @Test
    void vlanTag_inAuxiliaryData_decidesWhetherTheFrameIsOurs() {
        int tagged = TP_STATUS_USER | VLAN_VALID;
        assertTrue(takes(batch, TP_STATUS_USER, 0));
        assertTrue(takes(batch, tagged, 0x6000), "a priority alone");
        assertFalse(takes(batch, tagged, 0x6005));
        assertTrue(takes(batch, 0, 0), "nothing is left of the frame before");
        try (ReceiveBatch five = new ReceiveBatch(pool, new VlanTag(5))) {
            assertTrue(takes(five, tagged, 0x6005));
            assertFalse(takes(five, tagged, 0x6006));
            assertFalse(takes(five, TP_STATUS_USER, 5), "no tag");
        }
        assertEquals(3, drops[PortDrop.RX_OTHER_VLAN.code()]);
    }

    @Test
    void pool_runsDry_fullRowsAreOfferedAndTheOthersLater() {
        long[] all = new long[BUFFERS];
        int kept = 3 * batch.buffersHeld() / ReceiveBatch.SLOTS + 5;
        int taken = 0;
        while (pool.available() > kept) {
            all[taken++] = pool.alloc();
        }
        assertEquals(3, batch.fill());
        assertEquals(3, batch.fill());
        assertEquals(0, pool.available());
        while (taken > 0) {
            pool.release(all[--taken]);
        }
        assertEquals(ReceiveBatch.SLOTS, batch.fill());
    }

    /** Any header, any length: a sound chain of exactly that length, or a drop with a name. */
    @Test
    void anyHeaderAndLength_givesASoundChainOrANamedDrop() {
        long seed = Long.getLong("mptcplb.seed", 20_260_101L);
        SplittableRandom random = new SplittableRandom(seed);
        long dropped = 0;
        for (int round = 0; round < ROUNDS; round++) {
            assertEquals(ReceiveBatch.SLOTS, batch.fill());
            int slot = random.nextInt(ReceiveBatch.SLOTS);
            int frameBytes = frameBytes(random);
            randomHeader(random, batch.vnetHeader(slot));
            arrive(slot, frameBytes, random.nextInt(50) == 0 ? Message.TRUNCATED : 0);
            if (random.nextInt(50) == 0) {
                Message.completeControl(
                        batch.control(slot), random.nextInt(), random.nextInt(1 << 16));
            }
            long m = batch.take(slot, drops);
            String replay = "-Dmptcplb.seed=" + seed + ", round " + round;
            if (m == 0) {
                dropped++;
                long others = drops[PortDrop.RX_OTHER_VLAN.code()];
                assertEquals(dropped, PortDrop.received(drops) + others, replay);
            } else {
                assertEquals(frameBytes, chainBytes(m), replay);
                boolean merged = (Mbuf.olFlags(m) & Mbuf.RX_LRO) != 0;
                assertEquals(merged, Mbuf.segmentBytes(m) > 0, replay);
                pool.releaseChain(m);
            }
        }
        for (PortDrop reason : PortDrop.values()) {
            boolean here = reason.name().startsWith("RX_");
            assertTrue(!here || drops[reason.code()] > 0, reason + " was never found");
        }
    }

    private static int frameBytes(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(-VnetHeader.BYTES, 70);
            case 1 -> random.nextInt(1500, 9100);
            case 2 -> ReceiveBatch.FRAME_BYTES_MAX - random.nextInt(3);
            default -> random.nextInt(1, ReceiveBatch.FRAME_BYTES_MAX + 1);
        };
    }

    private static void randomHeader(SplittableRandom random, long at) {
        Mem.setU8(at, random.nextInt(4) == 0 ? random.nextInt(256) : random.nextInt(3));
        Mem.setU8(at + 1, random.nextInt(4) == 0 ? random.nextInt(256) : random.nextInt(6));
        for (int field = 2; field < VnetHeader.BYTES; field += 2) {
            int most = random.nextBoolean() ? 1 << 16 : 1600;
            Mem.setHostU16(at + field, random.nextInt(8) == 0 ? 0 : random.nextInt(most));
        }
    }
}
