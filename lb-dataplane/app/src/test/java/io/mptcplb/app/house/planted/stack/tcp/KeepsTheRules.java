package io.mptcplb.app.house.planted.stack.tcp;

/** Planted: what no rule may name. */
final class KeepsTheRules {
    private final long[] deadlinesNanos = new long[4];

    boolean due(int timer, long nowNanos) {
        return deadlinesNanos[timer] - nowNanos <= 0;
    }
}
