package io.mptcplb.app.house.planted.proxy;

/** Planted: randomness that no seed replays. */
final class DrawsItself {
    double draw() {
        return Math.random();
    }
}
