package io.mptcplb.app.house.planted.proxy;

/** Planted: a clock. */
final class ReadsClock {
    long now() {
        return System.nanoTime();
    }
}
