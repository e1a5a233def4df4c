package io.mptcplb.app;

/** Where a worker's time comes from: read once per duty cycle. */
@FunctionalInterface
interface NanoClock {
    /** Nanoseconds from an arbitrary origin, never going back. */
    long nanoTime();
}
