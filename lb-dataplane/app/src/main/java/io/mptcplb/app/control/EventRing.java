package io.mptcplb.app.control;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Entries from one worker to the control thread, all memory made at start: of each entry some
 * numbers, and references to what lives anyway. A full ring takes no more and counts.
 */
final class EventRing {
    /** Numbers and references of one entry. */
    static final int NUMBERS = 14;

    static final int REFERENCES = 4;

    private static final VarHandle WRITTEN = handle("written");
    private static final VarHandle READ = handle("read");
    private static final VarHandle LOST = handle("lost");

    private final int capacity;
    private final long[] numbers;
    private final @Nullable Object[] references;

    /** Worker thread writes. */
    private long written;

    private long lost;

    /** Control thread writes. */
    private long read;

    /** The worker's own: what it last saw of {@link #read}. */
    private long readSeen;

    private static VarHandle handle(String field) {
        try {
            return MethodHandles.lookup().findVarHandle(EventRing.class, field, long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** {@code capacity} is a power of two. */
    EventRing(int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException(capacity + " is no power of two");
        }
        this.capacity = capacity;
        numbers = new long[capacity * NUMBERS];
        references = new Object[capacity * REFERENCES];
    }

    // ---- worker thread

    /** Room for one more entry; without any it is counted as lost. */
    boolean begin() {
        if (written - readSeen < capacity) {
            return true;
        }
        readSeen = readAcquire();
        if (written - readSeen < capacity) {
            return true;
        }
        LOST.setRelease(this, lost + 1);
        return false;
    }

    private long readAcquire() {
        return (long) READ.getAcquire(this);
    }

    /** Of the entry at hand. */
    void number(int index, long value) {
        numbers[slot(written) * NUMBERS + index] = value;
    }

    void reference(int index, @Nullable Object value) {
        references[slot(written) * REFERENCES + index] = value;
    }

    /** The entry at hand is whole. */
    void end() {
        WRITTEN.setRelease(this, written + 1);
    }

    /** Entries that fit now. */
    int room() {
        return capacity - (int) (written - readAcquire());
    }

    // ---- control thread

    /** There is an entry to look at. */
    boolean ready() {
        return read != (long) WRITTEN.getAcquire(this);
    }

    long number(int index) {
        return numbers[slot(read) * NUMBERS + index];
    }

    @Nullable Object reference(int index) {
        return references[slot(read) * REFERENCES + index];
    }

    /** The entry has been looked at. */
    void advance() {
        READ.setRelease(this, read + 1);
    }

    /** Entries that did not fit since start. */
    long lost() {
        return (long) LOST.getAcquire(this);
    }

    /** Entries taken since start; any thread. */
    long taken() {
        return (long) WRITTEN.getAcquire(this);
    }

    private int slot(long at) {
        return (int) at & (capacity - 1);
    }
}
