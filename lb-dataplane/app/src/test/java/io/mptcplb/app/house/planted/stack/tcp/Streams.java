package io.mptcplb.app.house.planted.stack.tcp;

import java.util.stream.IntStream;

/** Planted: a stream. */
final class Streams {
    int sum(int[] values) {
        return IntStream.of(values).sum();
    }
}
