package io.mptcplb.stack.time;

import java.util.Arrays;

/**
 * One deadline per id in a hierarchical wheel of {@value #LEVELS} levels of 64 slots; a tick is
 * 2^20 ns (1.05 ms). Arming, moving and cancelling cost O(1); an entry changes its slot at most
 * once per level on its way down.
 *
 * <p>An entry never fires before its deadline, and fires in the first {@link #expire} whose time is
 * one tick or more past it. Entries fire in the order of their ticks, those of one tick in no
 * particular order. Deadlines are compared by subtraction, so the clock may have any origin; they
 * must lie within 2^62 ns (146 years) of the start time.
 *
 * <p>The level of an entry is the highest base-64 digit in which its tick differs from the current
 * one. So every entry of a level is due before any of the level above, and the next slot to look at
 * is one bit scan away. Moving a deadline later, as each acknowledgement does to the retransmission
 * timer, only stores it: the entry is put right when its old slot comes up.
 *
 * <p>Call order per cycle: any of {@link #arm} and {@link #cancel}, then {@link #expire}, then
 * {@link #nextDeadlineNanos}.
 */
public final class TimerWheel {
    /** Bits of nanoseconds in one tick. */
    public static final int TICK_SHIFT = 20;

    /** Nanoseconds of one tick. */
    public static final long TICK_NANOS = 1L << TICK_SHIFT;

    private static final int SLOT_BITS = 6;
    private static final int SLOTS = 1 << SLOT_BITS;
    private static final int SLOT_MASK = SLOTS - 1;

    /**
     * 8 levels of 6 bits hold every tick that 63 bits of nanoseconds can name: no deadline is too
     * far to place.
     */
    private static final int LEVELS = 8;

    private static final int UNLINKED = -1;

    private final long startNanos;
    private final int capacity;
    private final int dueHead;
    private final int overdueHead;
    private final long[] deadlines;

    /** Tick of the slot the entry is linked in, at most the tick of its deadline. */
    private final long[] linkedTicks;

    /** Circular lists: entries first, then one head per slot, then the two heads of what is due. */
    private final int[] nexts;

    private final int[] prevs;

    /** One bit per slot that has entries. */
    private final long[] occupied = new long[LEVELS];

    /** Every tick up to this one has been moved to the due list. */
    private long currentTick;

    private int armedCount;

    /**
     * A wheel for ids 0 to {@code capacity - 1}, none armed, whose time begins at {@code
     * startNanos}.
     */
    public TimerWheel(int capacity, long startNanos) {
        this.capacity = capacity;
        this.startNanos = startNanos;
        dueHead = capacity + LEVELS * SLOTS;
        overdueHead = dueHead + 1;
        deadlines = new long[capacity];
        linkedTicks = new long[capacity];
        nexts = new int[overdueHead + 1];
        prevs = new int[overdueHead + 1];
        Arrays.fill(nexts, 0, capacity, UNLINKED);
        for (int head = capacity; head <= overdueHead; head++) {
            nexts[head] = head;
            prevs[head] = head;
        }
    }

    /** Ids this wheel has room for. */
    public int capacity() {
        return capacity;
    }

    /** Entries that wait for their deadline. */
    public int armedCount() {
        return armedCount;
    }

    /** Whether the entry waits for its deadline. */
    public boolean armed(int id) {
        return nexts[id] != UNLINKED;
    }

    /** The deadline of an armed entry. */
    public long deadlineNanos(int id) {
        assert armed(id);
        return deadlines[id];
    }

    /** Sets the entry's one deadline, earlier or later than the one it may have. */
    public void arm(int id, long deadlineNanos) {
        long tick = tickOf(deadlineNanos);
        deadlines[id] = deadlineNanos;
        if (nexts[id] == UNLINKED) {
            armedCount++;
        } else if (tick - linkedTicks[id] >= 0) {
            return; // later or the same: put right when the slot comes up
        } else {
            unlink(id);
        }
        link(id, tick);
    }

    /** Forgets the entry's deadline; no effect when it has none. */
    public void cancel(int id) {
        if (nexts[id] != UNLINKED) {
            unlink(id);
            armedCount--;
        }
    }

    /**
     * Fires what has passed, at most {@code max} entries; the others fire in later calls. {@code
     * nowNanos} never goes back. Returns how many fired.
     */
    public int expire(long nowNanos, int max, TimerHandler handler) {
        appendAll(overdueHead, dueHead);
        advance((nowNanos - startNanos) >> TICK_SHIFT);
        int fired = 0;
        for (int id = nexts[dueHead]; id != dueHead && fired < max; id = nexts[dueHead]) {
            unlink(id);
            long tick = tickOf(deadlines[id]);
            if (tick > currentTick) {
                link(id, tick);
            } else {
                armedCount--;
                fired++;
                handler.onTimer(id, nowNanos);
            }
        }
        return fired;
    }

    /**
     * The earliest time at which {@link #expire} could have something to do: a time not after now
     * when something is due, {@code Long.MAX_VALUE} when nothing is armed. It may find nothing (a
     * deadline moved later), never come too late.
     */
    public long nextDeadlineNanos() {
        if (armedCount == 0) {
            return Long.MAX_VALUE;
        }
        if (nexts[dueHead] != dueHead || nexts[overdueHead] != overdueHead) {
            return nanosOf(currentTick);
        }
        int level = lowestLevel();
        return nanosOf(firstTick(level, Long.numberOfTrailingZeros(occupied[level])));
    }

    /**
     * Moves every entry of the ticks up to {@code nowTick} to the due list, jumping from one
     * occupied slot to the next.
     */
    private void advance(long nowTick) {
        for (int level = lowestLevel(); level < LEVELS; level = lowestLevel()) {
            int slot = Long.numberOfTrailingZeros(occupied[level]);
            long tick = firstTick(level, slot);
            if (tick > nowTick) {
                break;
            }
            currentTick = tick;
            occupied[level] &= ~(1L << slot);
            int head = headOf(level, slot);
            if (level == 0) {
                appendAll(head, dueHead);
            } else {
                spread(head);
            }
        }
        if (nowTick > currentTick) {
            currentTick = nowTick;
        }
    }

    /** Links each entry of a slot whose time has begun into a lower level, by its true deadline. */
    private void spread(int head) {
        int id = nexts[head];
        nexts[head] = head;
        prevs[head] = head;
        while (id != head) {
            int next = nexts[id];
            long tick = tickOf(deadlines[id]);
            if (tick <= currentTick) {
                linkedTicks[id] = tick;
                append(id, dueHead);
            } else {
                link(id, tick);
            }
            id = next;
        }
    }

    private void link(int id, long tick) {
        linkedTicks[id] = tick;
        if (tick <= currentTick) {
            append(id, overdueHead);
            return;
        }
        int level = (Long.SIZE - 1 - Long.numberOfLeadingZeros(tick ^ currentTick)) / SLOT_BITS;
        int slot = (int) (tick >> level * SLOT_BITS) & SLOT_MASK;
        occupied[level] |= 1L << slot;
        append(id, headOf(level, slot));
    }

    private void unlink(int id) {
        int next = nexts[id];
        int prev = prevs[id];
        nexts[prev] = next;
        prevs[next] = prev;
        nexts[id] = UNLINKED;
        if (next == prev && next >= capacity && next < dueHead) {
            int slotIndex = next - capacity;
            occupied[slotIndex >> SLOT_BITS] &= ~(1L << (slotIndex & SLOT_MASK));
        }
    }

    private void append(int id, int head) {
        int last = prevs[head];
        nexts[last] = id;
        prevs[id] = last;
        nexts[id] = head;
        prevs[head] = id;
    }

    private void appendAll(int from, int to) {
        int first = nexts[from];
        if (first == from) {
            return;
        }
        int last = prevs[from];
        int before = prevs[to];
        nexts[before] = first;
        prevs[first] = before;
        nexts[last] = to;
        prevs[to] = last;
        nexts[from] = from;
        prevs[from] = from;
    }

    private int lowestLevel() {
        int level = 0;
        while (level < LEVELS && occupied[level] == 0) {
            level++;
        }
        return level;
    }

    /**
     * First tick of a slot: the current tick with this level's digit replaced and the digits below
     * it 0.
     */
    private long firstTick(int level, int slot) {
        int shift = level * SLOT_BITS;
        return (currentTick >> shift + SLOT_BITS << SLOT_BITS | slot) << shift;
    }

    private int headOf(int level, int slot) {
        return capacity + (level << SLOT_BITS) + slot;
    }

    /** The first tick that does not begin before the deadline: nothing fires early. */
    private long tickOf(long deadlineNanos) {
        return (deadlineNanos - startNanos + TICK_NANOS - 1) >> TICK_SHIFT;
    }

    private long nanosOf(long tick) {
        return startNanos + (tick << TICK_SHIFT);
    }
}
