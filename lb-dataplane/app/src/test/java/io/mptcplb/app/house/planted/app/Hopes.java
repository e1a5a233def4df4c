package io.mptcplb.app.house.planted.app;

/** Planted: a sleep. */
final class Hopes {
    void hope() throws InterruptedException {
        Thread.sleep(1);
    }
}
