package io.mptcplb.stack.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    void pieceAroundAnother_replacesIt_nothingIsCopied() {
        insert(4, 2, 'a');
        insert(2, 6, 'b');
        insert(0, 2, 'c');
        assertEquals("ccbbbbbb", drain());
    }

    @Test
    void pieceAroundSeveral_replacesThem_cutWhereOneGoesOn() {
        insert(1, 1, 'z');
        insert(4, 2, 'a');
        insert(7, 1, 'a');
        insert(10, 4, 'd');
        insert(2, 10, 'b');
        assertEquals(1, reassembly.runCount());
        insert(0, 1, 'c');
        assertEquals("czbbbbbbbbdddd", drain());
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

    /** Random pieces against what was written to each place: no byte missing, none of elsewhere. */
    @Test
    void anySequence_matchesTheNaiveModel() {
        for (long seed = 1; seed <= 3000; seed++) {
            Prng prng = new Prng(seed);
            reassembly.reset(0);
            String[] model = new String[64];
            Arrays.fill(model, "");
            StringBuilder out = new StringBuilder();
            for (int op = 0; op < 60; op++) {
                int offset = prng.nextInt(60);
                int bytes = 1 + prng.nextInt(Math.min(20, 64 - offset));
                char version = (char) ('A' + op);
                boolean kept = insert(offset, bytes, version) == Reassembly.Result.KEPT;
                for (int i = offset; kept && i < offset + bytes; i++) {
                    model[i] += version;
                }
                out.append(drain());
            }
            for (int i = 0; i < out.length(); i++) {
                assertTrue(model[i].indexOf(out.charAt(i)) >= 0, "seed " + seed + " at " + i);
            }
            boolean all = out.length() == model.length || model[out.length()].isEmpty();
            assertTrue(all, "seed " + seed + " stopped at " + out.length());
        }
    }
}
