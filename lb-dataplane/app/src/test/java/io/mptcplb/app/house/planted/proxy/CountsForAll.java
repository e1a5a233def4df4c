package io.mptcplb.app.house.planted.proxy;

/** Planted: state that two stacks share. */
final class CountsForAll {
    static int count;
}
