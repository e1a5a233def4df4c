package io.mptcplb.stack.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.frame.ArenaBufferPool;
import io.mptcplb.frame.Mbuf;
import java.util.ArrayDeque;
import org.junit.jupiter.api.Test;

class HeldBuffersTest {
    @Test
    void stalledBudgets_shareTheWorker_andANewOneStillFindsRoom() {
        try (ArenaBufferPool pool = new ArenaBufferPool(32_768, 256)) {
            HeldBuffers buffers = new HeldBuffers(pool, 201, 1024, 28_672);
            ArrayDeque<Long> held = new ArrayDeque<>();
            for (int session = 0; session < 200; session++) {
                fill(buffers, buffers.openBudget(), pool, held);
            }
            assertTrue(
                    buffers.heldTotal() < 28_672,
                    "the worker's limit is never reached by stalled sessions");
            int fresh = buffers.openBudget();
            assertTrue(
                    buffers.invitableBytes(fresh) >= 24 * 1024,
                    "invites " + buffers.invitableBytes(fresh));
            assertFalse(buffers.exhausted(fresh));
            held.forEach(buffers::release);
            assertEquals(32_768, pool.available());
        }
    }

    @Test
    void aThousandSessions_whoseReadersAllStall_areNotPromisedMoreThanThereIs() {
        try (ArenaBufferPool pool = new ArenaBufferPool(32_768, 256)) {
            HeldBuffers buffers = new HeldBuffers(pool, 2_000, 1024, 28_672);
            int[] budgets = new int[2_000];
            for (int i = 0; i < budgets.length; i++) {
                budgets[i] = buffers.openBudget();
            }
            ArrayDeque<Long> held = new ArrayDeque<>();
            for (int i = 0; i < budgets.length; i += 2) {
                assertTrue(buffers.invitableBytes(budgets[i]) >= 8 * 1024);
                fill(buffers, budgets[i], pool, held);
            }
            assertTrue(buffers.heldTotal() < 28_672, "held " + buffers.heldTotal());
            held.forEach(buffers::release);
            assertEquals(32_768, pool.available());
        }
    }

    private static void fill(
            HeldBuffers buffers, int budget, ArenaBufferPool pool, ArrayDeque<Long> held) {
        while (!buffers.exhausted(budget)) {
            long m = pool.alloc();
            Mbuf.setLength(m, 1);
            buffers.adopt(m, budget);
            held.add(m);
        }
    }

    @Test
    void budget_exhausted_invitesNothing() {
        try (ArenaBufferPool pool = new ArenaBufferPool(64, 256)) {
            HeldBuffers buffers = new HeldBuffers(pool, 1, 4, 64);
            int budget = buffers.openBudget();
            ArrayDeque<Long> held = new ArrayDeque<>();
            fill(buffers, budget, pool, held);
            assertEquals(6, buffers.held(budget), "half as much again for what was invited before");
            assertEquals(0, buffers.invitableBytes(budget));
            held.forEach(buffers::release);
            assertEquals(4 * 1024, buffers.invitableBytes(budget));
        }
    }

    @Test
    void budget_invitesWhatItWants_notWhatItMayHave() {
        try (ArenaBufferPool pool = new ArenaBufferPool(32_768, 256)) {
            HeldBuffers buffers = new HeldBuffers(pool, 2, 2_048, 28_672);
            int budget = buffers.openBudget();
            assertEquals(512 << 10, buffers.invitableBytes(budget), "at first");
            buffers.want(budget, 1 << 20);
            assertEquals(1 << 20, buffers.invitableBytes(budget), "what its paths need");
            buffers.want(budget, 64 << 10);
            assertEquals(1 << 20, buffers.invitableBytes(budget), "nothing is taken back");
            buffers.want(budget, 1 << 30);
            assertEquals(2 << 20, buffers.invitableBytes(budget), "its bound");
            buffers.closeBudget(budget);
            assertEquals(512 << 10, buffers.invitableBytes(buffers.openBudget()), "a new session");
        }
    }

    @Test
    void allBudgetsOpen_refusesWithMinusOne() {
        try (ArenaBufferPool pool = new ArenaBufferPool(4, 256)) {
            HeldBuffers buffers = new HeldBuffers(pool, 1, 4, 4);
            int budget = buffers.openBudget();
            assertEquals(-1, buffers.openBudget());
            buffers.closeBudget(budget);
            assertEquals(budget, buffers.openBudget());
        }
    }
}
