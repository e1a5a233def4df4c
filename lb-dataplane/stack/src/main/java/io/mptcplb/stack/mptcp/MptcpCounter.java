package io.mptcplb.stack.mptcp;

/** What a worker's MPTCP counts besides fallbacks. Codes are exported and never renumbered. */
public enum MptcpCounter {
    /** SYNs with MP_CAPABLE. */
    CAPABLE_SYNS(0),
    /** Connections whose third packet carried MP_CAPABLE. */
    CAPABLE_ESTABLISHED(1),
    /** SYNs with MP_JOIN. */
    JOIN_SYNS(2),
    /** Joins whose third ACK proved the key. */
    JOINS_ESTABLISHED(3),
    /** Joins of a token that names nothing here, or asks for another virtual server. */
    JOIN_UNKNOWN_TOKEN(4),
    /** Joins handed to the worker that owns the token. */
    JOINS_HANDED_OVER(5),
    /** Joins with a wrong HMAC, or with none in the third ACK. */
    JOIN_BAD_HMAC(6),
    /** Joins over the limit of subflows. */
    JOIN_OVER_LIMIT(7),
    /** Joins refused by policy or by the connection's state. */
    JOIN_PROHIBITED(8),
    /** ADD_ADDR sent, repeats included. */
    ADD_ADDR_SENT(9),
    /** Echoes of our ADD_ADDR. */
    ADD_ADDR_ECHOES_RECEIVED(10),
    /** ADD_ADDR given up after three repeats. */
    ADD_ADDR_UNANSWERED(11),
    /** ADD_ADDR that did not fit into the option space. */
    ADD_ADDR_TOO_LONG(12),
    /** ADD_ADDR of peers, with a good HMAC. */
    ADD_ADDR_RECEIVED(13),
    /** ADD_ADDR of peers with a wrong HMAC. */
    ADD_ADDR_BAD_HMAC(14),
    /** REMOVE_ADDR received. */
    REMOVE_ADDR_RECEIVED(15),
    /** REMOVE_ADDR sent. */
    REMOVE_ADDR_SENT(16),
    /** Subflows closed because a peer removed their address. */
    REMOVED_SUBFLOWS(17),
    /** MP_PRIO received. */
    PRIO_RECEIVED(18),
    /** MP_PRIO sent. */
    PRIO_SENT(19),
    /** MP_FASTCLOSE received with the right key. */
    FASTCLOSE_RECEIVED(20),
    /** MP_FASTCLOSE with a wrong key. */
    FASTCLOSE_BAD_KEY(21),
    /** Connections aborted with MP_FASTCLOSE. */
    FASTCLOSE_SENT(22),
    /** MP_FAIL received. */
    FAIL_RECEIVED(23),
    /** MP_FAIL sent. */
    FAIL_SENT(24),
    /** MP_TCPRST received. */
    RESET_REASON_RECEIVED(25),
    /** Subflows reset because of a broken rule. */
    SUBFLOWS_RESET(26),
    /** Mappings that contradict an earlier one. */
    CONTRADICTORY_MAPPINGS(27),
    /** DSS checksums that failed. */
    CHECKSUM_FAILURES(28),
    /** Subflows whose data stayed without a mapping. */
    UNMAPPED_DATA(29),
    /** DATA_ACKs of data that was never sent. */
    BAD_DATA_ACKS(30),
    /** Data beyond the connection's window. */
    OUT_OF_DATA_WINDOW(31),
    /** Payload bytes that had come before, on this or another subflow. */
    DUPLICATE_BYTES(32),
    /** Segments sent again on another subflow. */
    REINJECTED_SEGMENTS(33),
    /** Payload bytes sent again on another subflow. */
    REINJECTED_BYTES(34),
    /** Times that a subflow with data outstanding fell silent while another lived. */
    PATHS_STALLED(35),
    /** Timeouts of the connection's own retransmission timer. */
    DATA_TIMEOUTS(36),
    /** Connections that lost their last subflow. */
    PATHLESS(37),
    /** Connections that got a subflow again. */
    REVIVED(38),
    /** Connections that nobody joined in time. */
    PATHLESS_EXPIRED(39),
    /** Bytes copied because a buffer held the ends of two mappings. */
    SPLIT_COPIED_BYTES(40),
    /** Connections opened as client. */
    ACTIVE_OPENS(41),
    /** Joins opened as client. */
    ACTIVE_JOINS(42),
    /** ADD_ADDR sent again for want of an echo. */
    ADD_ADDR_REPEATED(43),
    /** Buffers kept until a hole in the data is filled. */
    OUT_OF_ORDER_SEGMENTS(44),
    /** Connections that went on with an infinite mapping, ours or the peer's. */
    INFINITE_MAPPINGS(45),
    /** Connections whose peer finished its direction. */
    DATA_FINS_RECEIVED(46),
    /** Connections whose direction we finished. */
    DATA_FINS_SENT(47),
    /** MPTCP options on subflows whose length fits no form: taken as absent. */
    MALFORMED_OPTIONS(48);

    /** How many there are. */
    public static final int COUNT = values().length;

    private final int code;

    MptcpCounter(int code) {
        this.code = code;
    }

    /** Stable number of this counter, from 0 without gaps. */
    public int code() {
        return code;
    }
}
