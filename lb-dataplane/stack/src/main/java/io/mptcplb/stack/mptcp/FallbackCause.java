package io.mptcplb.stack.mptcp;

/**
 * Why a client that asked for MPTCP was served plain TCP (RFC 8684 s3.1, s3.7). Codes are exported
 * and never renumbered.
 */
public enum FallbackCause {
    /** MP_CAPABLE of version 0 (RFC 6824). */
    VERSION_0(0),
    /** Policy of the virtual server. */
    DISABLED(1),
    /** Flag B, or an algorithm other than HMAC-SHA256 alone. */
    BAD_FLAGS(2),
    /** The connection table is full. */
    TABLE_FULL(3),
    /** The third ACK came without MP_CAPABLE. */
    THIRD_ACK_WITHOUT_CAPABLE(4),
    /** The third ACK's MP_CAPABLE has other keys, flags or version. */
    THIRD_ACK_WRONG(5),
    /** The first data came without a mapping. */
    FIRST_DATA_UNMAPPED(6),
    /** Our first data was acknowledged without a DATA_ACK. */
    FIRST_ACK_WITHOUT_DATA_ACK(7),
    /** Mappings ceased on a connection of a single subflow. */
    MAPPINGS_CEASED(8),
    /** DATA_ACKs ceased on a connection of a single subflow. */
    DATA_ACKS_CEASED(9),
    /** The peer sent an infinite mapping. */
    INFINITE_MAPPING(10),
    /** A DSS checksum failed on a connection of a single subflow. */
    CHECKSUM_FAILED(11),
    /** The peer reported a failed checksum with MP_FAIL. */
    MP_FAIL(12),
    /** As client: the SYN/ACK came without a usable MP_CAPABLE. */
    SYN_ACK_WITHOUT_CAPABLE(13);

    /** How many there are. */
    public static final int COUNT = values().length;

    private final int code;

    FallbackCause(int code) {
        this.code = code;
    }

    /** Stable number of this cause, from 0 without gaps. */
    public int code() {
        return code;
    }
}
