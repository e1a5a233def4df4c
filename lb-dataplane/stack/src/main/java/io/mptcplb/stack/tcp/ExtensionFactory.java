package io.mptcplb.stack.tcp;

import org.jspecify.annotations.Nullable;

/**
 * Decides from a SYN what stands above the new endpoint: a plain stream, or the first subflow of an
 * MPTCP connection.
 */
@FunctionalInterface
public interface ExtensionFactory {
    /**
     * The extension for this endpoint, whose addresses are set; null to refuse for want of
     * resources (the SYN is then dropped and counted: the client tries again).
     */
    @Nullable SegmentExtension onSyn(
            TcpEndpoint tcp, Segment syn, Listener listener, long nowNanos);
}
