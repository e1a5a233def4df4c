package io.mptcplb.stack.mptcp;

import io.mptcplb.stack.tcp.Segment;

/** Brings a join to the worker that owns its token. */
@FunctionalInterface
public interface JoinHandOver {
    /** Passes the SYN on, or drops and counts it when the ring to that worker is full. */
    void handOver(Segment syn, int workerId);
}
