package io.mptcplb.stack.mptcp;

import org.jspecify.annotations.Nullable;

/**
 * Decides which subflow takes the next segment. One per worker: it keeps nothing of a connection.
 */
interface Scheduler {
    /**
     * A subflow that takes at least one byte of {@code waitingBytes} now, or null: then nothing is
     * sent until some subflow is acknowledged.
     */
    @Nullable Subflow pick(MptcpConnection connection, long waitingBytes);
}
