package io.mptcplb.dpdk;

/**
 * Why a port dropped a frame; each has a counter ({@link DevicePort#drops}). Codes are exported and
 * never renumbered.
 */
public enum PortDrop {
    /**
     * The device took nothing for so long that as many frames wait as may, or as the kernel lets.
     */
    TX_BACKLOG_FULL(0),
    /** No mbuf was left to stand for a slice. */
    TX_NO_INDIRECT(1),
    /** The frame is longer than the device or its ring carries. */
    TX_OVERSIZED(2),
    /** The frame had to be copied into one buffer and does not fit, or no buffer was left. */
    TX_NO_ROOM(3),
    /** The link is down: frames that waited are worth nothing when it returns. */
    TX_LINK_DOWN(4),
    /** The driver (tx_prepare) or the kernel refused the frame or what it asks for. */
    TX_REFUSED(5),
    /** The frame's lengths do not fit its buffers; a driver that is not to be believed. */
    RX_MALFORMED(6),
    /** The port closed while frames waited. */
    TX_CLOSED(7),
    /** The frame is longer than any super-frame for which there is room; the rest of it is lost. */
    RX_OVERSIZED(8),
    /** The offload header names a kind of segments that there is not. */
    RX_SEGMENT_KIND(9),
    /** The offload header says that the frame is made of segments, but not of which size. */
    RX_SEGMENT_SIZE(10),
    /** The offload header's headers are longer than the frame. */
    RX_HEADER_LENGTH(11),
    /** The offload header puts the unfinished checksum outside of the frame. */
    RX_CHECKSUM_PLACE(12),
    /** The frame is of another VLAN than the port's, or of none. */
    RX_OTHER_VLAN(13);

    /** How many reasons there are. */
    public static final int COUNT = 14;

    private final int code;

    PortDrop(int code) {
        this.code = code;
    }

    /** Stable number of this reason. */
    public int code() {
        return code;
    }

    /** Of counters by code, the sum of those about frames to send. */
    public static long sent(long[] drops) {
        long sum = 0;
        for (int code = 0; code < COUNT; code++) {
            sum += code == RX_MALFORMED.code || code >= RX_OVERSIZED.code ? 0 : drops[code];
        }
        return sum;
    }

    /** Of counters by code, the sum of those about frames that came broken. */
    public static long received(long[] drops) {
        long sum = drops[RX_MALFORMED.code];
        for (int code = RX_OVERSIZED.code; code < RX_OTHER_VLAN.code; code++) {
            sum += drops[code];
        }
        return sum;
    }
}
