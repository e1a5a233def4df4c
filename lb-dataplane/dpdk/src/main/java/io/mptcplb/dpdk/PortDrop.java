package io.mptcplb.dpdk;

/**
 * Why a port dropped a frame; each has a counter ({@link EthPort#drops}). Codes are exported and
 * never renumbered.
 */
public enum PortDrop {
    /** The device took nothing for so long that as many frames wait as may. */
    TX_BACKLOG_FULL(0),
    /** No mbuf was left to stand for a slice. */
    TX_NO_INDIRECT(1),
    /** The frame is longer than the device or its ring carries. */
    TX_OVERSIZED(2),
    /** The frame had to be copied into one buffer and does not fit, or no buffer was left. */
    TX_NO_ROOM(3),
    /** The link is down: frames that waited are worth nothing when it returns. */
    TX_LINK_DOWN(4),
    /** The driver refused the frame's offload requests (tx_prepare). */
    TX_REFUSED(5),
    /** The frame's lengths do not fit its buffers; a driver that is not to be believed. */
    RX_MALFORMED(6),
    /** The port closed while frames waited. */
    TX_CLOSED(7);

    static final int COUNT = 8;

    final int code;

    PortDrop(int code) {
        this.code = code;
    }

    /** Stable number of this reason. */
    public int code() {
        return code;
    }
}
