package io.mptcplb.stack.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.frame.ArenaBufferPool;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import io.mptcplb.stack.buffer.HeldBuffers;
import io.mptcplb.stack.buffer.Payload;
import io.mptcplb.stack.buffer.StreamQueue;
import io.mptcplb.wire.Seq32;
import io.mptcplb.wire.TcpOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Super-segments on the board must be what their segments, one by one, would be. */
class ScoreboardTest {
    private static final int SEGMENT = 100;
    private static final int RECORDS = 4096;
    private static final int FIRST_SEQ = 0xffff_f000;

    /** What is known of one segment. */
    private static final class Fate {
        final int seq;
        final int length;
        boolean sacked;
        boolean lost;

        Fate(int seq, int length) {
            this.seq = seq;
            this.length = length;
        }

        int end() {
            return seq + length;
        }
    }

    private final List<Fate> fates = new ArrayList<>();
    private final TcpOptions options = new TcpOptions();
    private ArenaBufferPool pool;
    private HeldBuffers buffers;
    private StreamQueue queue;
    private TransmitRecords records;
    private Scoreboard board;
    private int una = FIRST_SEQ;
    private int nxt = FIRST_SEQ;
    private long queued;
    private long clock;

    @BeforeEach
    void setUp() {
        pool = new ArenaBufferPool(512, 1024);
        buffers = new HeldBuffers(pool, 1, 500, 500);
        queue = new StreamQueue(buffers);
        useRecords(RECORDS);
    }

    private void useRecords(int count) {
        records = new TransmitRecords(count, buffers);
        board = new Scoreboard(records, new LossDetector(records, new RttEstimator()));
    }

    @AfterEach
    void nothingIsHeld() {
        board.clear();
        queue.clear();
        assertEquals(0, records.inUse());
        assertEquals(pool.capacity(), pool.available());
        pool.close();
    }

    /** Buffers of odd sizes, so that segments begin and end anywhere in them. */
    private void queueUpTo(long offset) {
        while (queued < offset) {
            long m = pool.alloc();
            int bytes = 1 + (int) (queued * 7 % 331);
            for (int i = 0; i < bytes; i++) {
                Mem.setU8(Mbuf.data(m) + i, content(queued + i));
            }
            Mbuf.setLength(m, bytes);
            Payload.clear(m);
            buffers.adopt(m, HeldBuffers.NOBODY);
            queue.append(m);
            queued += bytes;
        }
    }

    private static int content(long offset) {
        return (int) (offset * 31 >> 3) & 0xff;
    }

    private int send(int bytes, boolean fin) {
        long offset = Seq32.distance(FIRST_SEQ, nxt);
        queueUpTo(offset + bytes);
        long buffer = queue.bufferAt(offset);
        int at = Mbuf.dataOff(buffer) + (int) (offset - Payload.offset(buffer));
        int r = records.open(buffer, at, bytes, SEGMENT, offset);
        records.setSeq(r, nxt);
        if (fin) {
            records.set(r, TransmitRecords.FIN);
        }
        board.append(r, ++clock);
        for (int done = 0; done < bytes; done += SEGMENT) {
            int piece = Math.min(SEGMENT, bytes - done);
            fates.add(new Fate(nxt + done, piece + (fin && done + piece == bytes ? 1 : 0)));
        }
        nxt = records.endSeq(r);
        return r;
    }

    private int sack(int left, int right) {
        options.sackCount = 1;
        options.sackLeft[0] = left;
        options.sackRight[0] = right;
        return board.sack(options, una, nxt, ++clock);
    }

    private int modelSack(int left, int right) {
        int delivered = 0;
        for (Fate fate : fates) {
            boolean inside = Seq32.atOrAfter(fate.seq, left) && Seq32.atOrBefore(fate.end(), right);
            if (inside && !fate.sacked) {
                fate.sacked = true;
                fate.lost = false;
                delivered += fate.length;
            }
        }
        return delivered;
    }

    private int modelAck(int ack) {
        int delivered = 0;
        while (!fates.isEmpty() && Seq32.atOrBefore(fates.getFirst().end(), ack)) {
            Fate fate = fates.removeFirst();
            delivered += fate.sacked ? 0 : fate.length;
        }
        return delivered;
    }

    private void verify() {
        assertEquals(fates.stream().mapToInt(f -> f.length).sum(), board.outBytes());
        assertEquals(
                fates.stream().filter(f -> f.sacked).mapToInt(f -> f.length).sum(),
                board.sackedBytes());
        assertEquals(
                fates.stream().filter(f -> f.lost).mapToInt(f -> f.length).sum(),
                board.lostBytes());
        int next = 0;
        for (int r = board.head(); r != TransmitRecords.NONE; r = records.next(r)) {
            verifyContent(r);
            next = verifyFates(r, next);
        }
        assertEquals(fates.size(), next);
        assertTrue(records.inUse() <= fates.size());
        verifyOrderOfSending();
    }

    private int verifyFates(int r, int first) {
        int next = first;
        assertEquals(fates.get(next).seq, records.seq(r));
        while (next < fates.size() && Seq32.before(fates.get(next).seq, records.endSeq(r))) {
            assertEquals(fates.get(next).sacked, records.has(r, TransmitRecords.SACKED));
            assertEquals(fates.get(next).lost, records.has(r, TransmitRecords.LOST));
            next++;
        }
        assertEquals(fates.get(next - 1).end(), records.endSeq(r));
        return next;
    }

    private void verifyContent(int r) {
        long at = records.buffer(r);
        int from = records.roomOffset(r);
        for (int i = 0; i < records.bytes(r); i++) {
            while (from == Mbuf.dataOff(at) + Mbuf.dataLen(at)) {
                at = Payload.next(at);
                from = Mbuf.dataOff(at);
            }
            assertEquals(content(records.streamOffset(r) + i), Mem.u8(Mbuf.bufAddr(at) + from++));
        }
        assertEquals(Seq32.distance(FIRST_SEQ, records.seq(r)), records.streamOffset(r));
    }

    private void verifyOrderOfSending() {
        int open = 0;
        long before = 0;
        for (int r = board.oldestSent(); r != TransmitRecords.NONE; r = records.sentNext(r)) {
            assertTrue(records.sentNanos(r) >= before);
            before = records.sentNanos(r);
            open += records.length(r);
        }
        assertEquals(board.pipeBytes(), open);
    }

    @Test
    void sackInTheMiddle_cutsOutWhatItCoversWhole() {
        send(10 * SEGMENT, false);
        assertEquals(300, sack(FIRST_SEQ + 250, FIRST_SEQ + 699));
        assertEquals(300, modelSack(FIRST_SEQ + 250, FIRST_SEQ + 699));
        assertEquals(3, records.inUse());
        verify();
    }

    @Test
    void partsOfASplitFrame_knowTheWhole() {
        int r = send(950, false);
        sack(FIRST_SEQ + 300, FIRST_SEQ + 500);
        int rest = records.next(records.next(r));
        assertEquals(500, records.wholeSkip(rest));
        assertEquals(950, records.wholeBytes(rest));
        assertEquals(5, records.segments(rest));
    }

    @Test
    void lastSegment_ofASuperSegmentWithFin_takesTheFinAlong() {
        int r = send(950, true);
        int last = board.lastSegment();
        assertNotEquals(r, last);
        assertEquals(50, records.bytes(last));
        assertTrue(records.has(last, TransmitRecords.FIN));
        verify();
    }

    @Test
    void noRecordToCutWith_everythingStaysAccountedFor() {
        useRecords(1);
        send(10 * SEGMENT, true);
        assertEquals(0, sack(FIRST_SEQ + 300, FIRST_SEQ + 500));
        board.markHeadLost();
        fates.forEach(fate -> fate.lost = true);
        verify();
        assertEquals(10 * SEGMENT, records.bytes(board.nextLost()));
        assertEquals(300, board.ackTo(FIRST_SEQ + 399, ++clock));
        modelAck(FIRST_SEQ + 399);
        verify();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void anythingThatAPeerSays_isAsIfEverySegmentHadARecord(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 1500; i++) {
            switch (random.nextInt(9)) {
                case 0, 1, 2 -> sendSome(random);
                case 3 -> ackSome(random);
                case 4, 5 -> sackSome(random);
                case 6 -> loseSome(random);
                default -> retransmitOne();
            }
            verify();
        }
        assertEquals(modelAck(nxt), board.ackTo(nxt, ++clock));
        verify();
    }

    private void sendSome(Random random) {
        if (fates.size() < 150) {
            send(1 + random.nextInt(random.nextBoolean() ? 3000 : 150), false);
        }
    }

    private int anyEdge(Random random) {
        int span = Seq32.distance(una, nxt);
        int edge = span == 0 ? 0 : random.nextInt(span + 1);
        return una + (random.nextBoolean() ? edge : edge / SEGMENT * SEGMENT);
    }

    private void ackSome(Random random) {
        una = anyEdge(random);
        assertEquals(modelAck(una), board.ackTo(una, ++clock));
        queue.releaseTo(Seq32.distance(FIRST_SEQ, una));
    }

    private void sackSome(Random random) {
        int a = anyEdge(random);
        int b = anyEdge(random);
        int left = Seq32.before(a, b) ? a : b;
        int right = Seq32.before(a, b) ? b : a;
        assertEquals(modelSack(left, right), sack(left, right));
    }

    private void loseSome(Random random) {
        if (random.nextInt(6) == 0) {
            boolean reneged = !fates.isEmpty() && fates.getFirst().sacked;
            board.markAllLost();
            for (Fate fate : fates) {
                fate.sacked &= !reneged;
                fate.lost = !fate.sacked;
            }
        } else if (!fates.isEmpty() && !fates.getFirst().sacked) {
            board.markHeadLost();
            fates.getFirst().lost = true;
        }
    }

    private void retransmitOne() {
        int r = board.nextLost();
        if (r != TransmitRecords.NONE) {
            Fate first = fates.stream().filter(fate -> fate.lost).findFirst().orElseThrow();
            assertEquals(first.seq, records.seq(r));
            assertEquals(first.length, records.length(r));
            first.lost = false;
            board.retransmitted(r, ++clock);
        }
    }
}
