package io.mptcplb.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MemoryPortTest {
    private static final int MTU = 1_500;

    private final ArenaBufferPool pool = new ArenaBufferPool(64, 640);
    private final GatherFrame frame = new GatherFrame();
    private MemoryPort port = port(MemoryPort.plain(MTU));

    @AfterEach
    void everyBufferIsBack() {
        port.clear();
        assertEquals(pool.capacity(), pool.available());
        pool.close();
    }

    private MemoryPort port(PortCapabilities capabilities) {
        return new MemoryPort(pool, 0x02_00_00_00_00_01L, capabilities, 4);
    }

    private long buffer(int bytes, int first) {
        long m = pool.alloc();
        for (int i = 0; i < bytes; i++) {
            Mem.setU8(Mbuf.data(m) + i, first + i);
        }
        Mbuf.setLength(m, bytes);
        return m;
    }

    private static byte[] counting(int bytes, int first) {
        byte[] out = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            out[i] = (byte) (first + i);
        }
        return out;
    }

    private byte[] take() {
        long m = port.takeSent();
        byte[] out = new byte[Mbuf.pktLen(m)];
        int at = 0;
        int buffers = 0;
        for (long next = m; next != 0; next = Mbuf.next(next)) {
            Mem.copyOut(Mbuf.data(next), out, at, Mbuf.dataLen(next));
            at += Mbuf.dataLen(next);
            buffers++;
        }
        assertEquals(out.length, at);
        assertEquals(buffers, Mbuf.nbSegs(m));
        pool.releaseChain(m);
        return out;
    }

    @Test
    void sent_notFlushed_isNotThereYet() {
        frame.begin(buffer(60, 0));
        assertTrue(port.send(frame));
        assertEquals(0, port.takeSent());
        assertEquals(1, port.flush());
        assertArrayEquals(counting(60, 0), take());
        assertEquals(0, port.takeSent());
    }

    @Test
    void gathered_slices_areHeldAndReadWhenTaken() {
        long payload = buffer(400, 100);
        frame.begin(buffer(54, 0));
        assertTrue(frame.add(payload, Mbuf.dataOff(payload) + 10, 300));
        assertTrue(frame.add(payload, Mbuf.dataOff(payload), 390));
        assertTrue(port.send(frame));
        port.flush();
        assertEquals(3, Mbuf.refcnt(payload));
        Mem.setU8(Mbuf.data(payload) + 10, 7);
        byte[] sent = take();
        assertEquals(744, sent.length);
        assertEquals(7, sent[54], "changed too early: it shows");
        assertArrayEquals(counting(299, 111), Arrays.copyOfRange(sent, 55, 354));
        assertEquals(1, Mbuf.refcnt(payload));
        assertEquals(0, port.copiedPayloadBytes());
        pool.release(payload);
    }

    @Test
    void withoutGather_slicesAreCopiedAndCounted() {
        port = port(new PortCapabilities(MTU, false, false, false, 4));
        long payload = buffer(300, 100);
        frame.begin(buffer(54, 0));
        frame.add(payload, Mbuf.dataOff(payload), 300);
        assertTrue(port.send(frame));
        assertEquals(1, Mbuf.refcnt(payload));
        assertEquals(300, port.copiedPayloadBytes());
        Mem.setU8(Mbuf.data(payload), 7);
        port.flush();
        assertArrayEquals(counting(300, 100), Arrays.copyOfRange(take(), 54, 354));
        pool.release(payload);
    }

    @Test
    void whatADeviceWouldNotTake_isRefusedAndReleased() {
        for (int i = 0; i < 4; i++) {
            frame.begin(buffer(60, 0));
            assertTrue(port.send(frame));
        }
        frame.begin(buffer(60, 0));
        assertFalse(port.send(frame), "ring full");
        port.clear();
        port.setLinkUp(false);
        frame.begin(buffer(60, 0));
        assertFalse(port.send(frame), "link down");
        assertFalse(port.deliver(buffer(60, 0)));
        port.setLinkUp(true);
        long payload = buffer(380, 0);
        frame.begin(buffer(54, 0));
        for (int i = 0; i < 4; i++) {
            frame.add(payload, Mbuf.dataOff(payload), 380);
        }
        assertFalse(port.send(frame), "above the MTU");
        assertEquals(3, port.sendDrops());
        assertEquals(1, port.receiveDrops());
        assertEquals(1, Mbuf.refcnt(payload));
        frame.begin(buffer(54, 0));
        for (int i = 0; i < 4; i++) {
            frame.add(payload, Mbuf.dataOff(payload), 380);
        }
        frame.segmentBytes(1_400);
        assertTrue(port.send(frame), "to be cut");
        port.clear();
        pool.release(payload);
    }

    @Test
    void offloadFacts_crossTheCable() {
        MemoryPort peer = port(MemoryPort.offloading(MTU));
        frame.begin(buffer(60, 0));
        frame.leaveChecksumToPort();
        frame.segmentBytes(1_400);
        port.send(frame);
        frame.begin(buffer(60, 0));
        port.send(frame);
        port.flush();
        assertTrue(peer.deliver(port.takeSent()));
        assertTrue(peer.deliver(port.takeSent()));
        assertEquals(0, port.sentFrames());
        long[] frames = new long[8];
        assertEquals(2, peer.poll(frames));
        assertEquals(Mbuf.RX_L4_PARTIAL, Mbuf.olFlags(frames[0]));
        assertEquals(1_400, Mbuf.segmentBytes(frames[0]));
        assertEquals(0, Mbuf.olFlags(frames[1]));
        assertEquals(0, Mbuf.segmentBytes(frames[1]));
        pool.release(frames[0]);
        pool.release(frames[1]);
    }

    @Test
    void queues_wrapAround() {
        long[] frames = new long[2];
        for (int i = 0; i < 30; i++) {
            assertTrue(port.deliver(buffer(60, i)));
            assertTrue(port.deliver(buffer(60, i + 1)));
            assertEquals(2, port.poll(frames));
            assertEquals(i, Mem.u8(Mbuf.data(frames[0])));
            assertEquals(i + 1, Mem.u8(Mbuf.data(frames[1])));
            frame.begin(frames[0]);
            port.send(frame);
            frame.begin(frames[1]);
            port.send(frame);
            port.flush();
            assertArrayEquals(counting(60, i), take());
            assertArrayEquals(counting(60, i + 1), take());
        }
        assertEquals(0, port.poll(frames));
    }

    @Test
    void poolEmpty_frameTakenIsLostAndCounted() {
        frame.begin(buffer(60, 0));
        port.send(frame);
        port.flush();
        long[] held = new long[pool.capacity()];
        int count = 0;
        for (long m = pool.alloc(); m != 0; m = pool.alloc()) {
            held[count++] = m;
        }
        assertEquals(0, port.takeSent());
        assertEquals(1, port.sendDrops());
        while (count > 0) {
            pool.release(held[--count]);
        }
    }
}
