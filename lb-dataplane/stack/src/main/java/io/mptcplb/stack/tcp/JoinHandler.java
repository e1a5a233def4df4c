package io.mptcplb.stack.tcp;

import org.jspecify.annotations.Nullable;

/** Takes SYNs with MP_JOIN, to whatever address and port they come (RFC 8684 s3.2). */
@FunctionalInterface
public interface JoinHandler {
    /** The worker that is to have this SYN, by its token; {@code here} is this one. */
    default int ownerOf(Segment syn, int here) {
        return here;
    }

    /** Whether the SYN asks for a connection that is none of this box's. */
    default boolean isStray(Segment syn) {
        return false;
    }

    /** The SYN went to its owner. */
    default void onPassedOn() {}

    /**
     * The extension for the new subflow; null when it is refused: the handler has answered ({@link
     * TcpInput#refuse}).
     */
    @Nullable SegmentExtension onJoin(TcpEndpoint tcp, Segment syn, long nowNanos);
}
