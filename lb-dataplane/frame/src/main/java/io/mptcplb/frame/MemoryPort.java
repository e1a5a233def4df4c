package io.mptcplb.frame;

/**
 * A port whose cable is memory: tests and simulations put frames in and take frames out, and the
 * warm-up of a worker runs connections between two of them. It behaves as a device does where that
 * has caught bugs:
 *
 * <ul>
 *   <li>what {@link #send} queues becomes visible only by {@link #flush};
 *   <li>with {@link PortCapabilities#gather} the slices stay where they are, retained, and are read
 *       when the frame is taken, so that a payload changed too early shows;
 *   <li>a frame above the MTU that asks for no segmentation, a full ring and a link that is down
 *       refuse the frame, counted.
 * </ul>
 *
 * <p>Offload facts cross the cable as they do between virtual devices: an unfinished checksum
 * arrives as {@link Mbuf#RX_L4_PARTIAL}, a super-segment as one frame with {@link
 * Mbuf#segmentBytes}. A port that is to carry plain frames claims no such capability.
 */
public final class MemoryPort implements FrameIo {
    private static final int ETHERNET_BYTES = 14;
    private static final int VLAN_TAG_BYTES = 4;

    private final BufferPool pool;
    private final long macAddress;
    private PortCapabilities capabilities;
    private final long[] received;
    private int receivedFirst;
    private int receivedCount;

    /** Frames sent and not taken yet: a ring of {@code sentBuffers.length} with one row each. */
    private final long[] sentBuffers;

    private final int[] sentSliceCounts;
    private final int[] sentSegmentBytes;
    private final boolean[] sentPartial;
    private final long[] sliceBuffers;
    private final int[] sliceOffsets;
    private final int[] sliceLengths;
    private int sentFirst;
    private int sentCount;
    private int flushedCount;

    private int rxWindowBytes = Integer.MAX_VALUE;
    private boolean linkUp = true;
    private long sendDrops;
    private long receiveDrops;
    private long copiedPayloadBytes;

    /**
     * A port with its link up and nothing queued.
     *
     * @param pool where the frames that it hands out come from
     * @param macAddress in the low 48 bits
     * @param queueFrames most frames waiting in each direction, at least 1
     */
    public MemoryPort(
            BufferPool pool, long macAddress, PortCapabilities capabilities, int queueFrames) {
        this.pool = pool;
        this.macAddress = macAddress;
        this.capabilities = capabilities;
        received = new long[queueFrames];
        sentBuffers = new long[queueFrames];
        sentSliceCounts = new int[queueFrames];
        sentSegmentBytes = new int[queueFrames];
        sentPartial = new boolean[queueFrames];
        sliceBuffers = new long[queueFrames * GatherFrame.SLICES_MAX];
        sliceOffsets = new int[queueFrames * GatherFrame.SLICES_MAX];
        sliceLengths = new int[queueFrames * GatherFrame.SLICES_MAX];
    }

    /** What a plain Ethernet device can do: gather, and nothing else. */
    public static PortCapabilities plain(int mtuBytes) {
        return new PortCapabilities(mtuBytes, false, false, true, 256);
    }

    /** What a virtual device can do: unfinished checksums and super-segments too. */
    public static PortCapabilities offloading(int mtuBytes) {
        return new PortCapabilities(mtuBytes, true, true, true, 256);
    }

    /** From now on the device is another one. */
    public void change(PortCapabilities now) {
        capabilities = now;
    }

    /** The queue of what arrives takes so much payload at once. */
    public void rxWindowBytes(int bytes) {
        rxWindowBytes = bytes;
    }

    @Override
    public int rxWindowBytes() {
        return rxWindowBytes;
    }

    @Override
    public int poll(long[] frames) {
        int count = Math.min(frames.length, receivedCount);
        for (int i = 0; i < count; i++) {
            frames[i] = received[receivedFirst];
            receivedFirst = receivedFirst + 1 == received.length ? 0 : receivedFirst + 1;
        }
        receivedCount -= count;
        return count;
    }

    @Override
    public boolean send(GatherFrame frame) {
        if (!linkUp || sentCount == sentBuffers.length || tooLong(frame)) {
            return refuse(frame);
        }
        long m = frame.header();
        int slices = frame.sliceCount();
        if (!capabilities.gather() && slices > 0) {
            copiedPayloadBytes += frame.payloadBytes();
            m = assemble(frame);
            slices = 0;
            if (m == 0) {
                return refuse(frame);
            }
            pool.release(frame.header());
        }
        int row = (sentFirst + sentCount) % sentBuffers.length;
        for (int i = 0; i < slices; i++) {
            int at = row * GatherFrame.SLICES_MAX + i;
            sliceBuffers[at] = frame.buffer(i);
            sliceOffsets[at] = frame.offset(i);
            sliceLengths[at] = frame.length(i);
            Mbuf.retain(frame.buffer(i));
        }
        sentBuffers[row] = m;
        sentSliceCounts[row] = slices;
        sentSegmentBytes[row] = frame.segmentBytes();
        sentPartial[row] = frame.checksumPartial();
        sentCount++;
        return true;
    }

    @Override
    public int flush() {
        int count = sentCount - flushedCount;
        flushedCount = sentCount;
        return count;
    }

    @Override
    public PortCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public boolean linkUp() {
        return linkUp;
    }

    @Override
    public long macAddress() {
        return macAddress;
    }

    @Override
    public int readableDescriptor() {
        return -1;
    }

    @Override
    public long sendDrops() {
        return sendDrops;
    }

    @Override
    public long copiedPayloadBytes() {
        return copiedPayloadBytes;
    }

    /** Plugs or unplugs the cable; what is queued stays. */
    public void setLinkUp(boolean up) {
        linkUp = up;
    }

    /**
     * Puts a frame into the receive queue; the buffer becomes the port's in every case. False, and
     * the frame released and counted, when the queue is full or the link is down.
     */
    public boolean deliver(long m) {
        if (!linkUp || receivedCount == received.length) {
            pool.releaseChain(m);
            receiveDrops++;
            return false;
        }
        received[(receivedFirst + receivedCount) % received.length] = m;
        receivedCount++;
        return true;
    }

    /** Frames flushed and not yet taken. */
    public int sentFrames() {
        return flushedCount;
    }

    /** Frames that {@link #deliver} refused. */
    public long receiveDrops() {
        return receiveDrops;
    }

    /**
     * The oldest frame sent, as a receiver gets it: a copy in fresh buffers, chained when it is
     * longer than one, now the caller's. 0 when nothing was flushed, or when the pool is empty:
     * then the frame is lost, counted in {@link #sendDrops}.
     */
    public long takeSent() {
        if (flushedCount == 0) {
            return 0;
        }
        int row = sentFirst;
        long first = copyHeader(sentBuffers[row]);
        for (int i = 0; i < sentSliceCounts[row] && first != 0; i++) {
            int at = row * GatherFrame.SLICES_MAX + i;
            long from = Mbuf.bufAddr(sliceBuffers[at]) + sliceOffsets[at];
            first = append(first, from, sliceLengths[at]);
        }
        if (first == 0) {
            sendDrops++;
        } else {
            Mbuf.setOlFlags(first, sentPartial[row] ? Mbuf.RX_L4_PARTIAL : 0);
            Mbuf.setTxOffload(first, 0, 0, 0, sentSegmentBytes[row]);
        }
        dropSent();
        return first;
    }

    /**
     * Forgets the oldest frame sent, as a device does once it is on the wire. False when there is
     * none.
     */
    public boolean dropSent() {
        if (flushedCount == 0) {
            return false;
        }
        int row = sentFirst;
        pool.releaseChain(sentBuffers[row]);
        for (int i = 0; i < sentSliceCounts[row]; i++) {
            pool.release(sliceBuffers[row * GatherFrame.SLICES_MAX + i]);
        }
        sentFirst = sentFirst + 1 == sentBuffers.length ? 0 : sentFirst + 1;
        sentCount--;
        flushedCount--;
        return true;
    }

    /** Releases whatever is queued in either direction. */
    public void clear() {
        flush();
        while (flushedCount > 0) {
            dropSent();
        }
        for (; receivedCount > 0; receivedCount--) {
            pool.releaseChain(received[receivedFirst]);
            receivedFirst = receivedFirst + 1 == received.length ? 0 : receivedFirst + 1;
        }
    }

    private boolean tooLong(GatherFrame frame) {
        int bytes = Mbuf.dataLen(frame.header()) + frame.payloadBytes();
        return frame.segmentBytes() == 0
                && bytes > capabilities.mtuBytes() + ETHERNET_BYTES + VLAN_TAG_BYTES;
    }

    private boolean refuse(GatherFrame frame) {
        pool.releaseChain(frame.header());
        sendDrops++;
        return false;
    }

    /** One chain of fresh buffers with the whole frame, or 0. */
    private long assemble(GatherFrame frame) {
        long first = copyHeader(frame.header());
        for (int i = 0; i < frame.sliceCount() && first != 0; i++) {
            long from = Mbuf.bufAddr(frame.buffer(i)) + frame.offset(i);
            first = append(first, from, frame.length(i));
        }
        return first;
    }

    /** Fresh buffers with the bytes of the header buffer and of what is chained to it, or 0. */
    private long copyHeader(long header) {
        long first = pool.alloc();
        for (long at = header; at != 0 && first != 0; at = Mbuf.next(at)) {
            first = append(first, Mbuf.data(at), Mbuf.dataLen(at));
        }
        return first;
    }

    /** Appends bytes to a chain; returns it, or 0 after releasing it when the pool is empty. */
    private long append(long first, long from, int bytes) {
        long last = first;
        while (Mbuf.next(last) != 0) {
            last = Mbuf.next(last);
        }
        for (int done = 0; done < bytes; ) {
            if (Mbuf.tailroom(last) == 0) {
                long next = pool.alloc();
                if (next == 0) {
                    pool.releaseChain(first);
                    return 0;
                }
                Mbuf.setNext(last, next);
                Mbuf.setNbSegs(first, Mbuf.nbSegs(first) + 1);
                last = next;
            }
            int count = Math.min(Mbuf.tailroom(last), bytes - done);
            Mem.copy(from + done, Mbuf.data(last) + Mbuf.dataLen(last), count);
            Mbuf.setDataLen(last, Mbuf.dataLen(last) + count);
            Mbuf.setPktLen(first, Mbuf.pktLen(first) + count);
            done += count;
        }
        return first;
    }
}
