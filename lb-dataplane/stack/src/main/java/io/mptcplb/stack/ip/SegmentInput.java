package io.mptcplb.stack.ip;

import io.mptcplb.wire.DropReason;

/** Who takes TCP segments from the {@link FrameDispatcher}. */
public interface SegmentInput {
    /**
     * A TCP segment for one of our addresses. Its data starts at the TCP header and ends with the
     * payload; at least 20 bytes of it lie in the first buffer. Neither header nor checksum were
     * looked at. The buffer and its chain are the callee's, who counts what it refuses by {@link
     * NetPort#countDrop}.
     *
     * @param port where it arrived
     * @param m the buffer, its offload facts in it
     * @param facts valid during the call
     */
    void onSegment(NetPort port, long m, IpFacts facts, long nowNanos);

    /**
     * Passes a frame on to the worker whose flow it is about. The frame is gone then, or dropped
     * and counted.
     *
     * @param facts the flow's addresses, and of the frame its {@link IpFacts#settled}
     * @param lowerBytes of headers before the buffer's data
     * @return false when it stays here
     */
    default boolean passOn(
            NetPort port, long m, IpFacts facts, int localPort, int remotePort, int lowerBytes) {
        return false;
    }

    /**
     * An ICMP error about a segment of ours, whose sender proved nothing yet.
     *
     * @param facts the quoted packet's addresses, local and remote as we see them
     * @param quote the quoted ports and sequence number
     * @return NONE, or ICMP_UNKNOWN_FLOW or ICMP_BAD_QUOTE, which the dispatcher counts
     */
    DropReason onIcmpError(NetPort port, IpFacts facts, IcmpQuote quote, long nowNanos);
}
