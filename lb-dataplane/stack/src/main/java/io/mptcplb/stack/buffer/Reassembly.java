package io.mptcplb.stack.buffer;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;

/**
 * Puts payload in order. Out-of-order payload is kept as runs without holes, each a list of buffers
 * whose head holds the run's end, tail and successor, so that nothing is allocated and nothing is
 * searched but the few runs.
 *
 * <p>Where pieces overlap, the bytes that came first stay (RFC 8684 s3.3.1). A piece that covers a
 * whole run would have to be cut in two, and its second half copied: instead it takes the run's
 * place if it brings the same bytes again, as every honest repetition does, and ends where the run
 * begins if it does not; what it would have brought behind the run is not acknowledged and comes
 * again. Runs are bounded: a peer that opens more holes has its segment refused.
 */
public final class Reassembly {
    /** What became of a buffer. */
    public enum Result {
        /** Kept, or delivered by the next {@link #poll}. */
        KEPT,
        /** Every byte was there already; the buffer is released. */
        DUPLICATE,
        /** Too many holes; the buffer is released and nothing of it is acknowledged. */
        REFUSED
    }

    private final HeldBuffers buffers;
    private final int runsMax;
    private long nextOffset;
    private long firstRun;
    private long recentRun;
    private int runCount;

    public Reassembly(HeldBuffers buffers, int runsMax) {
        this.buffers = buffers;
        this.runsMax = runsMax;
    }

    /** Starts anew: the next byte in order is {@code offset}. Releases what is kept. */
    public void reset(long offset) {
        dropAll();
        nextOffset = offset;
    }

    /**
     * Takes one buffer, not empty, at {@link Payload#offset}. On {@code KEPT} the caller then calls
     * {@link #poll} until it returns 0.
     */
    public Result insert(long m) {
        long from = Payload.offset(m);
        if (Payload.end(m) <= nextOffset) {
            buffers.release(m);
            return Result.DUPLICATE;
        }
        if (from < nextOffset) {
            Payload.trimFront(m, (int) (nextOffset - from));
        }
        return place(m);
    }

    /** The next buffer in order, now the caller's, or 0. Its bytes count as delivered. */
    public long poll() {
        if (firstRun == 0 || Payload.offset(firstRun) != nextOffset) {
            return 0;
        }
        long m = firstRun;
        long rest = m == Payload.runTail(m) ? 0 : Payload.next(m);
        if (rest == 0) {
            firstRun = Payload.runNext(m);
            runCount--;
        } else {
            promote(rest, m);
            firstRun = rest;
        }
        if (recentRun == m) {
            recentRun = rest;
        }
        nextOffset = Payload.end(m);
        return m;
    }

    /**
     * True when {@link #insert} of a buffer at this offset would be delivered at once and nothing
     * else is kept.
     */
    public boolean inOrder(long offset) {
        return offset == nextOffset && firstRun == 0;
    }

    /** Counts bytes as delivered that never passed through here (the in-order fast path). */
    public void advance(int bytes) {
        assert firstRun == 0;
        nextOffset += bytes;
    }

    /** Offset of the next byte in order. */
    public long nextOffset() {
        return nextOffset;
    }

    /** Runs kept beyond a hole. */
    public int runCount() {
        return runCount;
    }

    /**
     * Head of the run that the last {@link #insert} touched, or 0: it is reported first in SACK
     * (RFC 2018 s4).
     */
    public long recentRun() {
        return recentRun;
    }

    public long firstRun() {
        return firstRun;
    }

    public long runAfter(long run) {
        return Payload.runNext(run);
    }

    public long runStart(long run) {
        return Payload.offset(run);
    }

    public long runEnd(long run) {
        return Payload.runEnd(run);
    }

    /**
     * Releases everything kept out of order; legal as long as none of it was acknowledged
     * cumulatively (RFC 2018 s8).
     */
    public void dropAll() {
        long run = firstRun;
        while (run != 0) {
            long after = Payload.runNext(run);
            releaseRun(run);
            run = after;
        }
        firstRun = 0;
        recentRun = 0;
        runCount = 0;
    }

    /**
     * Nobody needs what is kept any more, but it was told by SACK: it counts for the worker, and
     * for no budget.
     */
    public void disown() {
        for (long run = firstRun; run != 0; run = Payload.runNext(run)) {
            long last = Payload.runTail(run);
            for (long at = run; at != last; at = Payload.next(at)) {
                buffers.discharge(at);
            }
            buffers.discharge(last);
        }
    }

    private Result place(long m) {
        long before = 0;
        long run = firstRun;
        while (run != 0 && Payload.runEnd(run) < Payload.offset(m)) {
            before = run;
            run = Payload.runNext(run);
        }
        if (run == 0 || Payload.end(m) < Payload.offset(run)) {
            return openRun(m, before, run);
        }
        if (Payload.offset(m) >= Payload.offset(run)) {
            return extendBack(m, run);
        }
        return extendFront(m, before, run);
    }

    private Result openRun(long m, long before, long after) {
        if (runCount == runsMax) {
            buffers.release(m);
            return Result.REFUSED;
        }
        Payload.setNext(m, 0);
        Payload.setRunTail(m, m);
        Payload.setRunEnd(m, Payload.end(m));
        Payload.setRunNext(m, after);
        link(before, m);
        runCount++;
        recentRun = m;
        return Result.KEPT;
    }

    /**
     * The piece starts inside the run or right behind it: what is new of it goes to the run's end.
     */
    private Result extendBack(long m, long run) {
        recentRun = run;
        if (Payload.end(m) <= Payload.runEnd(run)) {
            buffers.release(m);
            return Result.DUPLICATE;
        }
        int overlap = (int) (Payload.runEnd(run) - Payload.offset(m));
        if (overlap > 0) {
            Payload.trimFront(m, overlap);
        }
        return appendTo(run, m);
    }

    private Result appendTo(long run, long m) {
        long after = Payload.runNext(run);
        while (after != 0 && Payload.end(m) > Payload.runEnd(after) && repeats(m, after)) {
            Payload.setRunNext(run, Payload.runNext(after));
            dropCovered(after);
            after = Payload.runNext(run);
        }
        if (after != 0 && Payload.end(m) > Payload.offset(after)) {
            cutAt(m, Payload.offset(after));
        }
        long tail = Payload.runTail(run);
        Payload.setNext(tail, m);
        Payload.setNext(m, 0);
        Payload.setRunTail(run, m);
        Payload.setRunEnd(run, Payload.end(m));
        if (after != 0 && Payload.end(m) == Payload.offset(after)) {
            join(run, after);
        }
        return Result.KEPT;
    }

    /** The piece starts in the hole before {@code run} and reaches it. */
    private Result extendFront(long m, long before, long run) {
        if (Payload.end(m) > Payload.runEnd(run) && repeats(m, run)) {
            link(before, Payload.runNext(run));
            dropCovered(run);
            return place(m);
        }
        if (Payload.end(m) > Payload.offset(run)) {
            cutAt(m, Payload.offset(run));
        }
        Payload.setNext(m, run);
        Payload.setRunTail(m, Payload.runTail(run));
        Payload.setRunEnd(m, Payload.runEnd(run));
        Payload.setRunNext(m, Payload.runNext(run));
        link(before, m);
        recentRun = m;
        return Result.KEPT;
    }

    /** Shortens {@code m} to end at {@code start}, where older bytes go on. */
    private static void cutAt(long m, long start) {
        Payload.trimBack(m, (int) (Payload.end(m) - start));
    }

    /** Whether {@code m}, which covers the run, has the same bytes and no other mapping. */
    private static boolean repeats(long m, long run) {
        long base = Mbuf.data(m) - Payload.offset(m);
        long last = Payload.runTail(run);
        long at = run;
        while (Payload.mapsAs(m, at)
                && Mem.same(base + Payload.offset(at), Mbuf.data(at), Mbuf.dataLen(at))) {
            if (at == last) {
                return true;
            }
            at = Payload.next(at);
        }
        return false;
    }

    /** The run goes: a new piece has every byte of it. */
    private void dropCovered(long run) {
        releaseRun(run);
        runCount--;
        if (recentRun == run) {
            recentRun = 0;
        }
    }

    private void releaseRun(long run) {
        long at = run;
        long last = Payload.runTail(run);
        while (true) {
            long next = Payload.next(at);
            boolean end = at == last;
            buffers.release(at);
            if (end) {
                return;
            }
            at = next;
        }
    }

    /** Joins {@code second} onto {@code first}, which ends where it starts. */
    private void join(long first, long second) {
        Payload.setNext(Payload.runTail(first), second);
        Payload.setRunTail(first, Payload.runTail(second));
        Payload.setRunEnd(first, Payload.runEnd(second));
        Payload.setRunNext(first, Payload.runNext(second));
        runCount--;
        if (recentRun == second) {
            recentRun = first;
        }
    }

    private void promote(long newHead, long oldHead) {
        Payload.setRunTail(newHead, Payload.runTail(oldHead));
        Payload.setRunEnd(newHead, Payload.runEnd(oldHead));
        Payload.setRunNext(newHead, Payload.runNext(oldHead));
    }

    private void link(long before, long run) {
        if (before == 0) {
            firstRun = run;
        } else {
            Payload.setRunNext(before, run);
        }
    }
}
