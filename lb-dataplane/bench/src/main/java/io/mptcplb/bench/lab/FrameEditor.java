package io.mptcplb.bench.lab;

import java.lang.foreign.MemorySegment;

/** A middlebox in a {@link Relay}: may change each frame before its fate is drawn. */
public interface FrameEditor {
    /** Leaves every frame alone. */
    FrameEditor NONE = (frame, bytes, number) -> bytes;

    /**
     * Called on the relay's thread of that direction.
     *
     * @param frame from its Ethernet header on; with room behind the frame
     * @param bytes the frame's length
     * @param number counts the frames of this direction from 0
     * @return the frame's new length; 0 drops it
     */
    int edit(MemorySegment frame, int bytes, long number);
}
