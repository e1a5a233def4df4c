package io.mptcplb.app.crew;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Entries of some longs from one thread to one other, all memory made at start. */
final class LongRing {
    private static final VarHandle CURSOR = MethodHandles.arrayElementVarHandle(long[].class);

    /** Far enough apart that neither thread's writes disturb the other's cache line. */
    private static final int WRITTEN = 16;

    private static final int READ = 2 * WRITTEN;
    private static final int CURSORS = 3 * WRITTEN;

    private final long[] cursors = new long[CURSORS];
    private final long[] values;
    private final int width;
    private final int mask;

    /** The writer's own: what it last saw of the reader's cursor. */
    private long readSeen;

    /**
     * @param capacity entries, a power of two
     * @param width longs of an entry
     */
    LongRing(int capacity, int width) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException(capacity + " is no power of two");
        }
        this.width = width;
        mask = capacity - 1;
        values = new long[capacity * width];
    }

    // ---- who writes

    /** There is room for so many entries. */
    boolean hasRoom(int entries) {
        long last = cursors[WRITTEN] + entries - mask - 1;
        if (last > readSeen) {
            readSeen = (long) CURSOR.getAcquire(cursors, READ);
        }
        return last <= readSeen;
    }

    /** Of the next entry, for which there is room. */
    void put(int index, long value) {
        values[slot(cursors[WRITTEN]) + index] = value;
    }

    /** The entry is whole. */
    void publish() {
        CURSOR.setRelease(cursors, WRITTEN, cursors[WRITTEN] + 1);
    }

    // ---- who reads

    /** Entries to look at. */
    int waiting() {
        return (int) ((long) CURSOR.getAcquire(cursors, WRITTEN) - cursors[READ]);
    }

    /** Of the oldest entry. */
    long get(int index) {
        return values[slot(cursors[READ]) + index];
    }

    /** The oldest entry has been looked at. */
    void advance() {
        CURSOR.setRelease(cursors, READ, cursors[READ] + 1);
    }

    private int slot(long at) {
        return ((int) at & mask) * width;
    }
}
