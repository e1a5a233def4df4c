package io.mptcplb.controlplane.app.house.planted.policy;

/** Planted: a decision that depends on the time. */
final class ReadsClock {
    long now() {
        return System.currentTimeMillis();
    }
}
