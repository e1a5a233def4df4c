package io.mptcplb.sim;

/** Something on a path that looks at frames: may change, swallow, cut, repeat or answer them. */
@FunctionalInterface
public interface Middlebox {
    /** Where frames go on. */
    interface Wire {
        /** Sends a frame on in the direction it came from. */
        void pass(byte[] frame);

        /** Sends a frame back to where this one came from. */
        void answer(byte[] frame);
    }

    /** One frame; what is not passed on is swallowed. The array may be changed and passed. */
    void onFrame(byte[] frame, boolean fromA, long nowNanos, Wire wire);
}
