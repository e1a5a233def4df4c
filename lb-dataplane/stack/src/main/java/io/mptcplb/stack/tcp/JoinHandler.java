package io.mptcplb.stack.tcp;

import org.jspecify.annotations.Nullable;

/** Takes SYNs with MP_JOIN, to whatever address and port they come (RFC 8684 s3.2). */
@FunctionalInterface
public interface JoinHandler {
    /**
     * The extension for the new subflow; null when it is refused: the handler has answered ({@link
     * TcpInput#refuse}), or has handed the segment to another worker.
     */
    @Nullable SegmentExtension onJoin(TcpEndpoint tcp, Segment syn, long nowNanos);
}
