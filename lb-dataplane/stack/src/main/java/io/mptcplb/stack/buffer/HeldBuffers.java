package io.mptcplb.stack.buffer;

import io.mptcplb.frame.BufferPool;

/**
 * Counts the payload buffers that the stack holds, per budget (one per session) and for the worker,
 * and says how many more bytes a budget may invite. Memory is counted in buffers, not in payload
 * bytes: a buffer with one byte in it takes as much room as a full one.
 *
 * <p>However many queues and transmit records inside the stack hold a buffer, they share one
 * reference of the mbuf. A reference count of 1 therefore means: no port has it in a ring.
 *
 * <p>The limit of one budget falls as the worker fills: a quarter of what is free of the first
 * three eighths (dynamic thresholds, after Choudhury and Hahne), so that one busy session may have
 * much and many cannot take all. What stalled readers hold does not come back, so the rest is kept
 * for floors: {@link #FLOOR_BUFFERS} for everyone, until the worker is full and takes no new
 * sessions; less where so many are open that they would fill it, each with one direction. More
 * promised than there is would be refused when it comes, and a sender that is refused again and
 * again waits for longer each time.
 *
 * <p>Nor does a budget take what it may have because it may: it starts with {@link #FIRST_BUFFERS}
 * and grows with what its paths need ({@link #want}). A session that holds more than keeps its
 * paths busy moves every byte through memory that the CPU's cache has forgotten.
 */
public final class HeldBuffers {
    /** What a budget may hold however full the worker is: a window of 64 KB. */
    static final int FLOOR_BUFFERS = 64;

    /** What a budget wants at first: a window of 512 KB. */
    static final int FIRST_BUFFERS = 512;

    /** What a floor never falls below: a window of 4 KB, two full segments and a thin one. */
    static final int FLOOR_BUFFERS_MIN = 4;

    /** Instead of a budget: what is held burdens the worker, and no session. */
    public static final int NOBODY = -1;

    private static final int FREE_SHARE_SHIFT = 2;

    /**
     * Window invited per free buffer: below a full segment, so that ordinary peers do not overrun
     * the budget.
     */
    private static final int INVITED_BYTES_PER_BUFFER = 1024;

    private final BufferPool pool;
    private final int[] held;
    private final int[] wanted;
    private final int[] unusedBudgets;
    private int unusedBudgetCount;
    private int floorBuffers = FLOOR_BUFFERS;
    private final int budgetBuffers;
    private final int workerBuffers;
    private int heldTotal;
    private int heldPeak;
    private long compactions;
    private long compactedBytes;

    /**
     * @param pool where buffers return to
     * @param budgets budgets in all
     * @param budgetBuffers the most buffers one budget invites; it may hold half as many more
     * @param workerBuffers the most that all may hold: the pool without the ports' receive reserve
     */
    public HeldBuffers(BufferPool pool, int budgets, int budgetBuffers, int workerBuffers) {
        this.pool = pool;
        this.budgetBuffers = budgetBuffers;
        this.workerBuffers = workerBuffers;
        held = new int[budgets];
        wanted = new int[budgets];
        unusedBudgets = new int[budgets];
        for (int id = budgets - 1; id >= 0; id--) {
            unusedBudgets[unusedBudgetCount++] = id;
        }
    }

    /** A budget for a new session, or -1 when all are in use. */
    public int openBudget() {
        if (unusedBudgetCount == 0) {
            return -1;
        }
        int id = unusedBudgets[--unusedBudgetCount];
        wanted[id] = FIRST_BUFFERS;
        shareFloors();
        return id;
    }

    private void shareFloors() {
        int sessions = Math.max(1, (unusedBudgets.length - unusedBudgetCount) / 2);
        // A budget holds half as much again as its limit.
        int each = workerBuffers / 12 * 5 / sessions;
        floorBuffers = Math.clamp(each, FLOOR_BUFFERS_MIN, FLOOR_BUFFERS);
    }

    /**
     * The other side has use for a window of so many bytes. What was wanted once stays: a window
     * that was offered is not taken back.
     */
    public void want(int budget, long windowBytes) {
        long buffers = Math.min(windowBytes / INVITED_BYTES_PER_BUFFER, budgetBuffers);
        wanted[budget] = Math.max(wanted[budget], (int) buffers);
    }

    /** Gives a budget back once nothing is charged to it any more. */
    public void closeBudget(int budget) {
        assert held[budget] == 0 : "budget still holds " + held[budget] + " buffers";
        unusedBudgets[unusedBudgetCount++] = budget;
        shareFloors();
    }

    /** Takes a received buffer in: its one holder is now the caller. */
    public void adopt(long m, int budget) {
        Payload.setHolders(m, 1);
        Payload.setOwner(m, budget);
        if (budget != NOBODY) {
            held[budget]++;
        }
        heldTotal++;
        if (heldTotal > heldPeak) {
            heldPeak = heldTotal;
        }
    }

    /** Takes in a new buffer that is charged to whoever is charged for {@code like}. */
    public void adoptLike(long m, long like) {
        adopt(m, Payload.owner(like));
    }

    /** One more holder inside the stack. */
    public void retain(long m) {
        Payload.setHolders(m, Payload.holders(m) + 1);
    }

    /**
     * One holder fewer; after the last the buffer goes back to its pool as soon as no port has it
     * either.
     */
    public void release(long m) {
        int holders = Payload.holders(m) - 1;
        assert holders >= 0 : "payload buffer released twice";
        Payload.setHolders(m, holders);
        if (holders == 0) {
            discharge(m);
            heldTotal--;
            pool.release(m);
        }
    }

    /**
     * The peer has everything of this buffer: its queue lets go. What a silent subflow still holds
     * for its own sequence space counts for the worker, and for no budget any more: a dead path
     * must not close the window of those that live.
     */
    void releaseDelivered(long m) {
        discharge(m);
        release(m);
    }

    /** Counts for the worker alone from now on. */
    void discharge(long m) {
        int owner = Payload.owner(m);
        if (owner != NOBODY) {
            held[owner]--;
            Payload.setOwner(m, NOBODY);
        }
    }

    /**
     * True when this budget, or the worker, must not take another buffer. A budget takes half as
     * much again as it invites: segments below 1 KB need more buffers than was reckoned, and the
     * limit may have fallen since.
     */
    public boolean exhausted(int budget) {
        if (heldTotal >= workerBuffers || budget == NOBODY) {
            return heldTotal >= workerBuffers;
        }
        int limit = limit(budget);
        return held[budget] >= limit + (limit >> 1);
    }

    /** Bytes that a receiver charged to this budget may still invite; never negative. */
    public int invitableBytes(int budget) {
        int free = Math.min(limit(budget) - held[budget], workerBuffers - heldTotal);
        return Math.max(free, 0) * INVITED_BYTES_PER_BUFFER;
    }

    void countCompacted(int bytes) {
        compactions++;
        compactedBytes += bytes;
    }

    /** Thin segments that moved into the room behind the one before. */
    public long compactions() {
        return compactions;
    }

    /** Payload bytes moved by compaction. */
    public long compactedBytes() {
        return compactedBytes;
    }

    /** The most buffers that all budgets together may hold. */
    public int workerBuffers() {
        return workerBuffers;
    }

    /** Buffers charged to one budget. */
    public int held(int budget) {
        return held[budget];
    }

    public int heldTotal() {
        return heldTotal;
    }

    public int heldPeak() {
        return heldPeak;
    }

    public int budgetsOpen() {
        return held.length - unusedBudgetCount;
    }

    /** True when the worker is short: new sessions are refused and out-of-order data is dropped. */
    public boolean underPressure() {
        return heldTotal > workerBuffers - (workerBuffers >> 3);
    }

    public BufferPool pool() {
        return pool;
    }

    private int limit(int budget) {
        int elastic = workerBuffers * 3 / 8 - heldTotal;
        int share = Math.max(floorBuffers, elastic >> FREE_SHARE_SHIFT);
        return Math.min(Math.min(budgetBuffers, wanted[budget]), share);
    }
}
