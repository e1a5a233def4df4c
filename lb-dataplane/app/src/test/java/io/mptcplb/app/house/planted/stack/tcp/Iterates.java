package io.mptcplb.app.house.planted.stack.tcp;

import java.util.List;

/** Planted: an iterator per walk. */
final class Iterates {
    long sum(List<Long> values) {
        long sum = 0;
        for (long value : values) {
            sum += value;
        }
        return sum;
    }
}
