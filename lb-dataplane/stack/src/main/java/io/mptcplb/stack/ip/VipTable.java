package io.mptcplb.stack.ip;

import io.mptcplb.stack.random.KeySource;

/** The VIPs of a worker, and how many endpoints stand on each: one that goes stays as long. */
final class VipTable {
    private static final int NONE = -1;

    private final AddressSet addresses;
    private final int[] users;
    private final boolean[] leaving;

    VipTable(int capacity, KeySource keys) {
        addresses = new AddressSet(capacity, keys);
        users = new int[capacity];
        leaving = new boolean[capacity];
    }

    int size() {
        return addresses.size();
    }

    long hi(int index) {
        return addresses.hi(index);
    }

    long lo(int index) {
        return addresses.lo(index);
    }

    boolean contains(long hi, long lo) {
        return addresses.contains(hi, lo);
    }

    /** False when the table is full; true when the address is in it now, and stays. */
    boolean add(long hi, long lo) {
        int at = addresses.indexOf(hi, lo);
        if (at >= 0) {
            leaving[at] = false;
            return true;
        }
        if (!addresses.add(hi, lo)) {
            return false;
        }
        users[addresses.size() - 1] = 0;
        leaving[addresses.size() - 1] = false;
        return true;
    }

    /** One that is only there for those who still use it, or -1. */
    int anyLeaving() {
        for (int i = 0; i < addresses.size(); i++) {
            if (leaving[i]) {
                return i;
            }
        }
        return NONE;
    }

    /** The address is to go; true when nobody uses it, so that it may go now. */
    boolean leave(long hi, long lo) {
        int at = addresses.indexOf(hi, lo);
        if (at < 0) {
            return false;
        }
        leaving[at] = users[at] > 0;
        return users[at] == 0;
    }

    void remove(long hi, long lo) {
        int at = addresses.indexOf(hi, lo);
        if (at >= 0) {
            addresses.remove(hi, lo);
            users[at] = users[addresses.size()];
            leaving[at] = leaving[addresses.size()];
        }
    }

    /** An endpoint stands on this address; false where it is none of these. */
    boolean use(long hi, long lo) {
        int at = addresses.indexOf(hi, lo);
        if (at >= 0) {
            users[at]++;
        }
        return at >= 0;
    }

    /** An endpoint has left; true when the address was waiting for that. */
    boolean unuse(long hi, long lo) {
        int at = addresses.indexOf(hi, lo);
        if (at < 0 || users[at] == 0) {
            return false; // gone before its users, for want of room, and perhaps here again
        }
        return --users[at] == 0 && leaving[at];
    }
}
