package io.mptcplb.stack.mptcp;

/**
 * Ranges of stream offsets, sorted, apart, in a fixed number of places. A full set joins the two
 * neighbours with the smallest gap: what lies between is then in it as well, which costs a needless
 * retransmission and nothing else.
 */
final class RangeSet {
    private final long[] from;
    private final long[] to;
    private int count;

    RangeSet(int capacity) {
        from = new long[capacity + 1];
        to = new long[capacity + 1];
    }

    void clear() {
        count = 0;
    }

    boolean empty() {
        return count == 0;
    }

    /** Start of the lowest range. */
    long firstFrom() {
        return from[0];
    }

    /** Offset one past the lowest range. */
    long firstTo() {
        return to[0];
    }

    int count() {
        return count;
    }

    /** Adds {@code [start, end)}; overlapping and touching ranges become one. */
    void add(long start, long end) {
        if (start >= end) {
            return;
        }
        int at = count;
        while (at > 0 && from[at - 1] > start) {
            at--;
        }
        open(at);
        from[at] = start;
        to[at] = end;
        if (at > 0 && to[at - 1] >= start) {
            at--;
            joinNext(at);
        }
        while (at + 1 < count && from[at + 1] <= to[at]) {
            joinNext(at);
        }
        if (count == from.length) {
            joinSmallestGap();
        }
    }

    /** Drops everything below {@code offset}. */
    void trimTo(long offset) {
        int gone = 0;
        while (gone < count && to[gone] <= offset) {
            gone++;
        }
        if (gone > 0) {
            System.arraycopy(from, gone, from, 0, count - gone);
            System.arraycopy(to, gone, to, 0, count - gone);
            count -= gone;
        }
        if (count > 0 && from[0] < offset) {
            from[0] = offset;
        }
    }

    private void open(int at) {
        System.arraycopy(from, at, from, at + 1, count - at);
        System.arraycopy(to, at, to, at + 1, count - at);
        count++;
    }

    private void joinNext(int at) {
        to[at] = Math.max(to[at], to[at + 1]);
        System.arraycopy(from, at + 2, from, at + 1, count - at - 2);
        System.arraycopy(to, at + 2, to, at + 1, count - at - 2);
        count--;
    }

    private void joinSmallestGap() {
        int best = 0;
        for (int i = 1; i + 1 < count; i++) {
            if (from[i + 1] - to[i] < from[best + 1] - to[best]) {
                best = i;
            }
        }
        joinNext(best);
    }
}
