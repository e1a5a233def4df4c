package io.mptcplb.stack.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.mptcplb.frame.ArenaBufferPool;
import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import io.mptcplb.stack.random.Prng;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReassemblyTest {
    private ArenaBufferPool pool;
    private HeldBuffers buffers;
    private Reassembly reassembly;
    private int budget;

    @BeforeEach
    void setUp() {
        pool = new ArenaBufferPool(256, 512);
        buffers = new HeldBuffers(pool, 2, 200, 240);
        budget = buffers.openBudget();
        reassembly = new Reassembly(buffers, 8);
        reassembly.reset(0);
    }

    @AfterEach
    void everyBufferIsBack() {
        reassembly.dropAll();
        assertEquals(0, buffers.heldTotal());
        assertEquals(pool.capacity(), pool.available());
        pool.close();
    }

    /**
     * A piece whose bytes carry {@code version}, so that one can tell which copy of an offset
     * survived.
     */
    private long piece(long offset, int bytes, int version) {
        long m = pool.alloc();
        assertNotEquals(0, m);
        for (int i = 0; i < bytes; i++) {
            Mem.setU8(Mbuf.data(m) + i, version);
        }
        Mbuf.setLength(m, bytes);
        Payload.clear(m);
        Payload.setOffset(m, offset);
        buffers.adopt(m, budget);
        return m;
    }

    private Reassembly.Result insert(long offset, int bytes, int version) {
        return reassembly.insert(piece(offset, bytes, version));
    }

    private String drain() {
        StringBuilder out = new StringBuilder();
        for (long m = reassembly.poll(); m != 0; m = reassembly.poll()) {
            for (int i = 0; i < Mbuf.dataLen(m); i++) {
                out.append((char) Mem.u8(Mbuf.data(m) + i));
            }
            buffers.release(m);
        }
        return out.toString();
    }

    @Test
    void hole_keepsWhatFollows_untilFilled() {
        insert(4, 4, 'b');
        assertEquals("", drain());
        insert(0, 4, 'a');
        assertEquals("aaaabbbb", drain());
        assertEquals(8, reassembly.nextOffset());
    }

    @Test
    void overlapAtTheEnd_firstBytesStay() {
        insert(2, 4, 'a');
        insert(4, 6, 'b');
        insert(0, 2, 'c');
        assertEquals("ccaaaabbbb", drain());
    }

    @Test
    void overlapAtTheFront_firstBytesStay() {
        insert(4, 4, 'a');
        insert(2, 4, 'b');
        insert(0, 2, 'c');
        assertEquals("ccbbaaaa", drain());
    }

    @Test
    void case60_pieceAroundAnother_firstBytesStay_restComesAgain() {
        insert(4, 2, 'a');
        assertEquals(Reassembly.Result.KEPT, insert(2, 6, 'b'));
        assertEquals(6, reassembly.runEnd(reassembly.firstRun()), "behind it nothing is known");
        insert(0, 2, 'c');
        assertEquals("ccbbaa", drain());
        insert(2, 6, 'b');
        assertEquals("bb", drain());
    }

    @Test
    void case60_pieceBehindARunAroundAnother_firstBytesStay() {
        insert(2, 2, 'a');
        insert(6, 2, 'b');
        insert(3, 7, 'x');
        assertEquals(1, reassembly.runCount());
        assertEquals(8, reassembly.runEnd(reassembly.firstRun()));
        insert(0, 2, 'c');
        assertEquals("ccaaxxbb", drain());
    }

    @Test
    void pieceAroundSeveral_sameBytes_replacesThem_cutWhereOneGoesOn() {
        insert(1, 1, 'z');
        insert(4, 2, 'b');
        insert(7, 1, 'b');
        insert(10, 4, 'd');
        insert(2, 10, 'b');
        assertEquals(1, reassembly.runCount());
        insert(0, 1, 'c');
        assertEquals("czbbbbbbbbdddd", drain());
    }

    @Test
    void pieceAroundAnother_sameBytesOtherMapping_firstStays() {
        long first = piece(4, 2, 'a');
        Payload.setMapping(first, 104, 5, 2);
        reassembly.insert(first);
        long around = piece(2, 6, 'a');
        Payload.setMapping(around, 902, 3, 6);
        reassembly.insert(around);
        assertEquals(6, reassembly.runEnd(reassembly.firstRun()));
        insert(0, 2, 'c');
        assertEquals("ccaaaa", drain());
    }

    @Test
    void pieceAroundAnother_sameBytesSameMapping_replacesIt() {
        long first = piece(4, 2, 'a');
        Payload.setMapping(first, 102, 3, 6);
        reassembly.insert(first);
        long around = piece(2, 6, 'a');
        Payload.setMapping(around, 102, 3, 6);
        reassembly.insert(around);
        assertEquals(1, pool.capacity() - pool.available());
        assertEquals(8, reassembly.runEnd(reassembly.firstRun()));
    }

    @Test
    void pieceInsideAnother_isDuplicate() {
        insert(4, 8, 'a');
        assertEquals(Reassembly.Result.DUPLICATE, insert(5, 2, 'b'));
    }

    @Test
    void pieceBelowTheNextOffset_isDuplicate() {
        insert(0, 8, 'a');
        drain();
        assertEquals(Reassembly.Result.DUPLICATE, insert(0, 8, 'b'));
        insert(4, 8, 'b');
        assertEquals("bbbb", drain());
    }

    @Test
    void tooManyHoles_refusedByName_nothingKept() {
        for (int run = 0; run < 8; run++) {
            assertEquals(Reassembly.Result.KEPT, insert(10 + 4L * run, 1, 'a'));
        }
        assertEquals(Reassembly.Result.REFUSED, insert(100, 1, 'a'));
        assertEquals(8, reassembly.runCount());
        assertEquals(Reassembly.Result.KEPT, insert(11, 3, 'b'), "what joins two runs opens none");
        assertEquals(7, reassembly.runCount());
    }

    @Test
    void runs_listedInOrder_recentFirstKnown() {
        insert(10, 2, 'a');
        insert(20, 2, 'a');
        insert(12, 2, 'a');
        long run = reassembly.firstRun();
        assertEquals(10, reassembly.runStart(run));
        assertEquals(14, reassembly.runEnd(run));
        assertEquals(run, reassembly.recentRun());
        assertEquals(20, reassembly.runStart(reassembly.runAfter(run)));
    }

    /**
     * Random pieces, each with bytes of its own, against a model in which the first byte kept at a
     * place stays: nothing delivered but that, and nothing reported as kept and then missing.
     */
    @Test
    void case60_anySequence_firstByteKeptAtEachPlaceIsDelivered() {
        for (long seed = 1; seed <= 3000; seed++) {
            Prng prng = new Prng(seed);
            reassembly.reset(0);
            char[] model = new char[64];
            StringBuilder out = new StringBuilder();
            for (int op = 0; op < 60; op++) {
                int offset = prng.nextInt(60);
                int bytes = 1 + prng.nextInt(Math.min(20, 64 - offset));
                char version = (char) ('A' + op);
                insert(offset, bytes, version);
                for (int i = offset; i < offset + bytes; i++) {
                    if (model[i] == 0 && keeps(i)) {
                        model[i] = version;
                    }
                }
                out.append(drain());
                for (int i = 0; i < model.length; i++) {
                    boolean known = i < out.length() || keeps(i);
                    assertEquals(model[i] != 0, known, "seed " + seed + " at " + i);
                }
            }
            assertEquals(new String(model, 0, out.length()), out.toString(), "seed " + seed);
        }
    }

    /** Random honest pieces: every byte that came is kept, however they overlap. */
    @Test
    void anySequence_sameBytesAgain_nothingIsRefused() {
        for (long seed = 1; seed <= 3000; seed++) {
            Prng prng = new Prng(seed);
            reassembly.reset(0);
            boolean[] came = new boolean[64];
            int delivered = 0;
            for (int op = 0; op < 60; op++) {
                int offset = prng.nextInt(60);
                int bytes = 1 + prng.nextInt(Math.min(20, 64 - offset));
                if (insert(offset, bytes, 'a') != Reassembly.Result.REFUSED) {
                    Arrays.fill(came, offset, offset + bytes, true);
                }
                delivered += drain().length();
                for (int i = 0; i < came.length; i++) {
                    assertEquals(came[i], i < delivered || keeps(i), "seed " + seed + " at " + i);
                }
            }
        }
    }

    /** Whether a run holds the byte at an offset. */
    private boolean keeps(long offset) {
        for (long run = reassembly.firstRun(); run != 0; run = reassembly.runAfter(run)) {
            if (reassembly.runStart(run) <= offset && offset < reassembly.runEnd(run)) {
                return true;
            }
        }
        return false;
    }
}
