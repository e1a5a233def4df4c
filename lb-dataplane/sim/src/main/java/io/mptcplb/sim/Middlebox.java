package io.mptcplb.sim;

/**
 * Something on a path that looks at frames: may change the bytes in place, replace or swallow them.
 */
@FunctionalInterface
public interface Middlebox {
    /** The frame that goes on: the same array, another one, or an empty array to swallow it. */
    byte[] onFrame(byte[] frame, boolean fromA, long nowNanos);
}
