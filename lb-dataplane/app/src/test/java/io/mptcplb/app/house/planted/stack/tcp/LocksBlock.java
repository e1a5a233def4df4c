package io.mptcplb.app.house.planted.stack.tcp;

/** Planted: a lock in a method. */
final class LocksBlock {
    int held;

    void hold() {
        synchronized (this) {
            held++;
        }
    }
}
