package io.mptcplb.stack.mptcp;

import io.mptcplb.stack.tcp.Segment;

/** Brings a join to the worker that owns its token. */
@FunctionalInterface
public interface JoinHandOver {
    /**
     * Passes the SYN's frame on ({@link Segment#takeFrame}), or leaves it to be dropped, and counts
     * that, when the ring to that worker is full. The owner gives the frame to its dispatcher as if
     * it had come in by the same port there.
     */
    void handOver(Segment syn, int workerId);
}
