package io.mptcplb.dpdk;

import io.mptcplb.frame.Mbuf;

/**
 * Geometry of the memory that net_af_packet shares with the kernel, one such ring for each
 * direction.
 *
 * <p>The driver indexes frames as one array, so a block must be a whole number of frames as well as
 * of pages. A frame that does not fit is cut off by the kernel without a word: the frame size
 * follows from the MTU.
 *
 * @param frameBytes bytes of one slot, its header included
 * @param blockBytes bytes of one block
 * @param frameCount slots, a whole number of blocks
 */
public record AfPacketRing(int frameBytes, int blockBytes, int frameCount) {
    private static final int PAGE_BYTES = 4096;

    /** Kernel's tpacket2_hdr, sockaddr_ll and alignment in front of the data. */
    static final int SLOT_HEADER_BYTES = 66;

    private static final int ETHERNET_BYTES = 14 + 4;

    /**
     * The driver also demands its own idea of the overhead and the mbuf's headroom of the pool's
     * room.
     */
    private static final int ROOM_OVER_FRAME_BYTES = 96;

    private static final int GRANULE_BYTES = 1024;

    /** Largest frame for which the mbuf room of 16 bits suffices. */
    static final int FRAME_BYTES_MAX = 61_440;

    /** The ring for packets up to {@code mtuBytes} of IP with at least {@code frames} slots. */
    public static AfPacketRing forMtu(int mtuBytes, int frames) {
        int needed = mtuBytes + ETHERNET_BYTES + SLOT_HEADER_BYTES;
        int frameBytes =
                Math.max(2048, (needed + GRANULE_BYTES - 1) / GRANULE_BYTES * GRANULE_BYTES);
        if (frameBytes > FRAME_BYTES_MAX) {
            throw new DpdkException(
                    DpdkError.MTU_TOO_LARGE,
                    "MTU " + mtuBytes + " does not fit into an af_packet ring",
                    FRAME_BYTES_MAX - ETHERNET_BYTES - SLOT_HEADER_BYTES);
        }
        int blockBytes = frameBytes;
        while (blockBytes % PAGE_BYTES != 0) {
            blockBytes += frameBytes;
        }
        int perBlock = blockBytes / frameBytes;
        return new AfPacketRing(
                frameBytes, blockBytes, (frames + perBlock - 1) / perBlock * perBlock);
    }

    /** Largest Ethernet frame that one slot carries. */
    int ethernetBytesMax() {
        return frameBytes - SLOT_HEADER_BYTES;
    }

    /** Bytes of both rings, which the driver locks in memory. */
    long lockedBytes() {
        return 2L * frameBytes * frameCount;
    }

    /** Room that the buffers of the receiving pool need, headroom included. */
    public int roomBytes() {
        return Math.max(Mbuf.DEFAULT_ROOM_BYTES, frameBytes + ROOM_OVER_FRAME_BYTES);
    }

    /** Room of the buffers for ports of this MTU, as {@link DpdkBufferPool#create} takes it. */
    public static int roomBytesForMtu(int mtuBytes) {
        return forMtu(mtuBytes, 1).roomBytes();
    }

    String arguments() {
        return "framesz=" + frameBytes + ",blocksz=" + blockBytes + ",framecnt=" + frameCount;
    }
}
