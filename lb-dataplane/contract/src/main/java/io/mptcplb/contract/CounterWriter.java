package io.mptcplb.contract;

import java.lang.foreign.MemorySegment;

/**
 * One worker's block of the counter file. Owner: that worker's thread, alone. Nothing is allocated,
 * nothing blocks.
 *
 * <p>Stores are opaque: the plain moves of the machine, never torn, never lost to a compiler's
 * hoisting, without any fence. A reader sees each value soon and may see two of them a moment
 * apart.
 */
public final class CounterWriter {
    private final MemorySegment block;

    CounterWriter(MemorySegment block) {
        this.block = block;
    }

    /**
     * Adds to a counter or gauge. A slot outside the layout is an {@link
     * IndexOutOfBoundsException}.
     */
    public void add(int slot, long delta) {
        long at = (long) slot * Long.BYTES;
        CounterFormat.SLOT.setOpaque(block, at, (long) CounterFormat.SLOT.get(block, at) + delta);
    }

    public void increment(int slot) {
        add(slot, 1);
    }

    /** Replaces a value. */
    public void set(int slot, long value) {
        CounterFormat.SLOT.setOpaque(block, (long) slot * Long.BYTES, value);
    }

    /** Raises a gauge to {@code value} where it is lower. */
    public void raise(int slot, long value) {
        if (value > get(slot)) {
            set(slot, value);
        }
    }

    /** The worker's own value. */
    public long get(int slot) {
        return (long) CounterFormat.SLOT.get(block, (long) slot * Long.BYTES);
    }
}
