package io.mptcplb.stack.time;

/** Where a worker's time comes from: read once per duty cycle. */
@FunctionalInterface
public interface NanoClock {
    /** Nanoseconds from an arbitrary origin, never going back. */
    long nanoTime();
}
