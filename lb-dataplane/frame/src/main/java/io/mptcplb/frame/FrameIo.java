package io.mptcplb.frame;

/**
 * One queue of one port, as a worker sees it. Owner: the worker thread. No call blocks or
 * allocates.
 *
 * <p>Facts about a received frame ride in its mbuf: {@link Mbuf#RX_L4_GOOD}, {@link
 * Mbuf#RX_L4_PARTIAL} or none of them (then the stack verifies), {@link Mbuf#segmentBytes} of a
 * merged frame, and the chain.
 */
public interface FrameIo {
    /**
     * Fills {@code frames} from the front with received frames, each owned by the caller; returns
     * how many.
     */
    int poll(long[] frames);

    /**
     * Queues one frame. The header buffer is taken in every case; slices are retained as long as
     * the port needs them. False when the frame was dropped (ring full, no buffer, link down):
     * counted by the port, and TCP repairs it.
     */
    boolean send(GatherFrame frame);

    /**
     * Hands queued frames to the device; called at the end of each cycle. Returns frames handed
     * over.
     */
    int flush();

    /** May be others after {@link #linkUp}. */
    PortCapabilities capabilities();

    /** False while the link is down; read by the worker once in a while, not per frame. */
    boolean linkUp();

    /** The port's hardware address in the low 48 bits; may be another after {@link #linkUp}. */
    long macAddress();

    /**
     * A descriptor that becomes readable when a frame arrives, for {@code ppoll}; -1 when the port
     * has none.
     */
    int readableDescriptor();

    /**
     * Payload that has room in the queue before the port, however it is cut into frames: a peer is
     * invited to send no more at once.
     */
    default int rxWindowBytes() {
        return Integer.MAX_VALUE;
    }

    /** Frames that {@link #send} refused or the device did not take. */
    long sendDrops();

    /** Payload bytes copied because the port cannot gather; invariant 3 watches it. */
    long copiedPayloadBytes();
}
