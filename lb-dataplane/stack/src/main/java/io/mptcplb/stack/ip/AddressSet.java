package io.mptcplb.stack.ip;

import io.mptcplb.stack.flow.FlowTable;
import io.mptcplb.stack.random.KeySource;

/** A set of addresses of fixed room, whose members can be walked by index. */
final class AddressSet {
    private final FlowTable indexes;
    private final long[] his;
    private final long[] los;
    private int size;

    AddressSet(int capacity, KeySource keys) {
        indexes = new FlowTable(capacity, keys);
        his = new long[capacity];
        los = new long[capacity];
    }

    /** False when the set is full; true when the address is in the set now. */
    boolean add(long hi, long lo) {
        if (contains(hi, lo)) {
            return true;
        }
        if (!indexes.insert(hi, lo, 0, 0, 0, 0, size)) {
            return false;
        }
        his[size] = hi;
        los[size] = lo;
        size++;
        return true;
    }

    /** True when the address was in the set. The last member takes its index. */
    boolean remove(long hi, long lo) {
        int index = indexes.remove(hi, lo, 0, 0, 0, 0);
        if (index == FlowTable.NOT_FOUND) {
            return false;
        }
        size--;
        if (index != size) {
            his[index] = his[size];
            los[index] = los[size];
            indexes.remove(his[index], los[index], 0, 0, 0, 0);
            indexes.insert(his[index], los[index], 0, 0, 0, 0, index);
        }
        return true;
    }

    void clear() {
        while (size > 0) {
            remove(his[size - 1], los[size - 1]);
        }
    }

    boolean contains(long hi, long lo) {
        return indexOf(hi, lo) >= 0;
    }

    /** A negative number where it is no member. */
    int indexOf(long hi, long lo) {
        return indexes.find(hi, lo, 0, 0, 0, 0);
    }

    int size() {
        return size;
    }

    long hi(int index) {
        return his[index];
    }

    long lo(int index) {
        return los[index];
    }
}
