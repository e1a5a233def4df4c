package io.mptcplb.stack.tcp;

/**
 * What a worker's TCP counts besides refusals (those are {@code DropReason}s). Codes are columns,
 * append only.
 */
public enum TcpCounter {
    /** Handshakes completed as server. */
    PASSIVE_OPENS,
    /** Handshakes completed as client. */
    ACTIVE_OPENS,
    /** Active opens that failed. */
    FAILED_OPENS,
    /** Connections that ended by a peer's RST. */
    RESETS_RECEIVED,
    /** RST segments sent. */
    RESETS_SENT,
    /** Segments taken in. */
    SEGMENTS_RECEIVED,
    /** Segments handed to IP. */
    SEGMENTS_SENT,
    /** Segments sent again. */
    RETRANSMITTED_SEGMENTS,
    /** Retransmission timeouts. */
    RETRANSMIT_TIMEOUTS,
    /** Loss episodes repaired by fast recovery. */
    FAST_RECOVERIES,
    /** Loss episodes that were none. */
    SPURIOUS_RECOVERIES,
    /** Tail loss probes sent. */
    LOSS_PROBES,
    /** Probes of a closed window sent. */
    WINDOW_PROBES,
    /** Challenge ACKs sent (RFC 5961). */
    CHALLENGE_ACKS,
    /** Payload bytes received, in order, duplicates not counted. */
    PAYLOAD_BYTES_RECEIVED,
    /** Payload bytes sent for the first time. */
    PAYLOAD_BYTES_SENT,
    /** Payload bytes whose checksum was computed again because a segment was split or joined. */
    RESUMMED_BYTES,
    /** Segments cut because a buffer did not fit one segment. */
    SPLIT_SEGMENTS,
    /** Segments not sent because no buffer was free for headers. */
    NO_HEADER_BUFFER,
    /** Segments not sent because no transmit record was free. */
    NO_TRANSMIT_RECORD,
    /** Segments refused because the peer had opened too many holes. */
    REASSEMBLY_REFUSALS,
    /** TIME-WAIT cut short because endpoints ran out. */
    TIME_WAIT_RECYCLED,
    /** Segments kept until a gap before them closes. */
    OUT_OF_ORDER_SEGMENTS,
    /** Times that we closed a window. */
    ZERO_WINDOWS_SENT,
    /** Times that a peer closed its window. */
    ZERO_WINDOWS_RECEIVED,
    /** ACKs that the delayed-ACK timer sent. */
    DELAYED_ACKS,
    /** Connections given up after too many retransmissions or probes. */
    TIMED_OUT,
    /** Active opens for which no source port was free. */
    PORTS_EXHAUSTED,
    /** Payload bytes of received segments that we summed: the port had not checked them. */
    SUMMED_BYTES,
    /** Segments handed to IP that carry payload. */
    DATA_SEGMENTS_SENT,
    /** Frames passed on to the worker whose flow they are about. */
    HANDED_OVER,
    /** Segments of unknown connections passed on to another box that may know them. */
    STRAYS_PASSED_ON;

    /** How many there are. */
    public static final int COUNT = values().length;
}
