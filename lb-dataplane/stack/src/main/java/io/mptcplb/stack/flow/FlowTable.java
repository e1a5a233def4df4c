package io.mptcplb.stack.flow;

import io.mptcplb.stack.random.KeySource;
import io.mptcplb.stack.random.SipHash;

/**
 * From (local address and port, remote address and port) to a non-negative int. Open addressing
 * with linear probing at a load of at most one half; removal shifts the entries behind it back, so
 * there are no tombstones and no rehash, ever.
 *
 * <p>Peers choose half of every key: places come from a hash under a secret, so that chosen tuples
 * do not collide on purpose.
 */
public final class FlowTable {
    /** Answer of {@link #find} and {@link #remove} for a tuple that is not here. */
    public static final int NOT_FOUND = -1;

    /** Longs per row: four for the addresses, one for both ports, one for the id. */
    private static final int ROW = 6;

    private static final int PORTS_AT = 4;
    private static final int ID_AT = 5;
    private static final int CAPACITY_MAX = 1 << 24;

    private final SipHash hash;
    private final int capacity;
    private final int mask;

    /**
     * Hash of each row's key, never 0; 0 marks an empty row. Apart from the rows so that a probe
     * stays in one cache line.
     */
    private final int[] tags;

    private final long[] rows;
    private int size;

    /**
     * A table for {@code capacity} flows, 1 to 2^24, whose places depend on two secret longs of
     * {@code keys}.
     */
    public FlowTable(int capacity, KeySource keys) {
        if (capacity < 1 || capacity > CAPACITY_MAX) {
            throw new IllegalArgumentException("flow table capacity " + capacity);
        }
        this.capacity = capacity;
        int places = Math.max(2, Integer.highestOneBit(2 * capacity - 1) << 1);
        mask = places - 1;
        tags = new int[places];
        rows = new long[places * ROW];
        hash = new SipHash(keys);
    }

    /** Flows it can hold. */
    public int capacity() {
        return capacity;
    }

    /** Flows it holds. */
    public int size() {
        return size;
    }

    /** The flow's id, or {@link #NOT_FOUND}. Ports are 0 to 65,535. */
    public int find(
            long localHi,
            long localLo,
            long remoteHi,
            long remoteLo,
            int localPort,
            int remotePort) {
        long ports = ports(localPort, remotePort);
        int at = place(localHi, localLo, remoteHi, remoteLo, ports);
        return tags[at] == 0 ? NOT_FOUND : (int) rows[at * ROW + ID_AT];
    }

    /**
     * Puts a flow that is not here yet under a non-negative id. False when the table is full: the
     * caller refuses the flow as {@code TABLE_FULL}.
     */
    public boolean insert(
            long localHi,
            long localLo,
            long remoteHi,
            long remoteLo,
            int localPort,
            int remotePort,
            int id) {
        assert id >= 0;
        if (size == capacity) {
            return false;
        }
        long ports = ports(localPort, remotePort);
        int at = place(localHi, localLo, remoteHi, remoteLo, ports);
        assert tags[at] == 0 : "the flow is in the table already";
        tags[at] = tag(localHi, localLo, remoteHi, remoteLo, ports);
        int row = at * ROW;
        rows[row] = localHi;
        rows[row + 1] = localLo;
        rows[row + 2] = remoteHi;
        rows[row + 3] = remoteLo;
        rows[row + PORTS_AT] = ports;
        rows[row + ID_AT] = id;
        size++;
        return true;
    }

    /** Takes the flow out; returns its id, or {@link #NOT_FOUND}. */
    public int remove(
            long localHi,
            long localLo,
            long remoteHi,
            long remoteLo,
            int localPort,
            int remotePort) {
        int at = place(localHi, localLo, remoteHi, remoteLo, ports(localPort, remotePort));
        if (tags[at] == 0) {
            return NOT_FOUND;
        }
        int id = (int) rows[at * ROW + ID_AT];
        closeGap(at);
        size--;
        return id;
    }

    /** Places taken in a row, at most: how long a probe may become. For tests and diagnosis. */
    int longestRun() {
        int longest = 0;
        int run = 0;
        for (int i = 0; i < 2 * tags.length; i++) {
            run = tags[i & mask] == 0 ? 0 : run + 1;
            longest = Math.max(longest, run);
        }
        return longest;
    }

    /**
     * Moves each entry behind the gap that may not stay behind it: one whose first place is not
     * between gap and entry.
     */
    private void closeGap(int removed) {
        int gap = removed;
        for (int at = gap + 1 & mask; tags[at] != 0; at = at + 1 & mask) {
            int home = tags[at] & mask;
            if ((at - home & mask) >= (at - gap & mask)) {
                tags[gap] = tags[at];
                System.arraycopy(rows, at * ROW, rows, gap * ROW, ROW);
                gap = at;
            }
        }
        tags[gap] = 0;
    }

    /**
     * Where the flow is, or the empty place where it belongs. Ends: at least half of the places are
     * empty.
     */
    private int place(long localHi, long localLo, long remoteHi, long remoteLo, long ports) {
        int tag = tag(localHi, localLo, remoteHi, remoteLo, ports);
        int at = tag & mask;
        while (tags[at] != 0) {
            if (tags[at] == tag && holds(at * ROW, localHi, localLo, remoteHi, remoteLo, ports)) {
                return at;
            }
            at = at + 1 & mask;
        }
        return at;
    }

    private boolean holds(
            int row, long localHi, long localLo, long remoteHi, long remoteLo, long ports) {
        return rows[row + 3] == remoteLo
                && rows[row + PORTS_AT] == ports
                && rows[row + 1] == localLo
                && rows[row + 2] == remoteHi
                && rows[row] == localHi;
    }

    private int tag(long localHi, long localLo, long remoteHi, long remoteLo, long ports) {
        hash.begin();
        hash.word(localHi);
        hash.word(localLo);
        hash.word(remoteHi);
        hash.word(remoteLo);
        hash.word(ports);
        int tag = (int) hash.finish();
        return tag == 0 ? 1 : tag;
    }

    private static long ports(int localPort, int remotePort) {
        return (long) localPort << 16 | remotePort;
    }
}
