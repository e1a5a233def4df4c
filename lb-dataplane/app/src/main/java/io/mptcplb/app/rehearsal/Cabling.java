package io.mptcplb.app.rehearsal;

import io.mptcplb.frame.BufferPool;
import io.mptcplb.frame.FrameIo;
import java.util.function.IntSupplier;

/**
 * What joins a rehearsal's machines: the buffers of all of them, and a cable for each of the box's
 * ports. Owner: the thread that rehearses.
 */
public interface Cabling extends AutoCloseable {
    /** The client's first path, its second one, and the backend's. */
    int CABLES = 3;

    int MTU_BYTES = 1_500;

    BufferPool pool();

    /** The box's port on a cable, 0 to {@link #CABLES} - 1. */
    FrameIo boxEnd(int cable);

    /** The port of the client or the backend on it. */
    FrameIo farEnd(int cable);

    /**
     * Carries what either port has flushed: each frame as often as {@code copies} says, once where
     * it says more and the cable cannot repeat.
     */
    void carry(int cable, IntSupplier copies);

    /** Lets go of the ports; nobody uses them any more. */
    @Override
    void close();
}
