package io.mptcplb.app.house.planted.stack.tcp;

/** Planted: a locked method. */
final class LocksMethod {
    int held;

    synchronized void hold() {
        held++;
    }
}
