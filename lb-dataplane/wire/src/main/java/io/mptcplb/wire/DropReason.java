package io.mptcplb.wire;

/**
 * Why a frame or a segment was refused before or inside TCP. Each is one counter and one metric;
 * the codes are exported and never renumbered: new reasons go to the end.
 */
public enum DropReason {
    NONE(0, "Not refused."),
    TRUNCATED(1, "The frame ends before the header or the length it promises."),
    UNKNOWN_ETHERTYPE(2, "Neither ARP, IPv4 nor IPv6."),
    NOT_OUR_MAC(3, "The frame was addressed to another station."),
    UNKNOWN_VLAN(4, "The frame carries a VLAN tag that no port has."),
    BAD_ARP(5, "An ARP packet that is not Ethernet and IPv4, or whose fields make no sense."),
    BAD_IP_VERSION(6, "The version field does not fit the EtherType."),
    BAD_IP_HEADER(7, "The IP header length is too small or larger than the packet."),
    BAD_IP_CHECKSUM(8, "The IPv4 header checksum is wrong."),
    FRAGMENT(9, "An IP fragment; fragments are not reassembled."),
    BAD_EXTENSION_HEADER(10, "An IPv6 extension header is unknown, cut off, or one too many."),
    SOURCE_ROUTED(11, "The sender asks for a source route (RFC 5095, RFC 7126)."),
    BAD_SOURCE_ADDRESS(12, "A source address that cannot be answered (RFC 1122 s3.2.1.3)."),
    NOT_FOR_US(13, "The destination is none of ours, but another host's or the kernel's."),
    TTL_EXPIRED(14, "The TTL or hop limit is 0, or below what the protocol asks."),
    UNKNOWN_PROTOCOL(15, "Neither TCP nor ICMP."),
    BAD_ICMP_CHECKSUM(16, "The ICMP checksum is wrong."),
    BAD_ICMP(17, "An ICMP message that is malformed or of a type that we do not serve."),
    ICMP_RATE_LIMITED(18, "More ICMP messages than the limit allows."),
    ICMP_UNKNOWN_FLOW(19, "An ICMP error that quotes no flow of ours."),
    ICMP_BAD_QUOTE(20, "An ICMP error whose quoted sequence number is not in flight (RFC 5927)."),
    BAD_NEIGHBOUR_MESSAGE(21, "A neighbour discovery message that fails RFC 4861 s7.1."),
    BAD_TCP_CHECKSUM(22, "The TCP checksum is wrong."),
    BAD_DATA_OFFSET(23, "The TCP data offset is below 5 or points past the segment."),
    BAD_PORT(24, "Source or destination port 0."),
    BAD_TCP_FLAGS(25, "A combination of TCP flags that no state accepts."),
    NO_LISTENER(26, "No flow and no listener for this address and port."),
    NO_FLOW(27, "Not a SYN, and no flow of this four-tuple."),
    OUT_OF_WINDOW(28, "The sequence number lies outside the receive window (RFC 9293 s3.10.7.4)."),
    BAD_ACK(29, "The acknowledgment number is not acceptable (RFC 9293 s3.10.7.4, RFC 5961 s5)."),
    MISSING_ACK(30, "A segment without ACK in a state that needs one."),
    BAD_RST(31, "A RST whose sequence number is not exactly expected (RFC 5961 s3.2)."),
    UNEXPECTED_SYN(32, "A SYN inside a synchronised connection (RFC 5961 s4.2)."),
    PAWS(33, "A timestamp older than the last (RFC 7323 s5)."),
    DUPLICATE(34, "Every byte of it had arrived before."),
    AFTER_CLOSE(35, "Data after the receiving side was closed."),
    MEMORY_PRESSURE(36, "No buffer may be spent on it now."),
    TABLE_FULL(37, "The flow or connection table is full."),
    SYN_TABLE_FULL(38, "Too many half-open connections."),
    CONNECTION_LIMIT(39, "A configured limit on connections is reached."),
    RATE_LIMIT(40, "A configured limit on the connection rate is reached."),
    DRAINING(41, "The worker, virtual server or instance takes no new connections."),
    BAD_COOKIE(42, "An ACK whose SYN cookie is wrong or too old."),
    HANDSHAKE_PENDING(43, "A segment that may not come before the handshake's last ACK."),
    UNKNOWN_TOKEN(44, "An MP_JOIN whose token names no connection (RFC 8684 s3.2)."),
    BAD_JOIN_HMAC(45, "An MP_JOIN whose HMAC is wrong (RFC 8684 s3.2)."),
    SUBFLOW_LIMIT(46, "The connection may have no further subflow."),
    JOIN_NOT_ALLOWED(47, "Policy or the connection's state forbids this MP_JOIN."),
    BAD_MAPPING(48, "A DSS mapping that contradicts an earlier one (RFC 8684 s3.3.1)."),
    MISSING_MAPPING(49, "Data that no DSS mapping covers."),
    BAD_DSS_CHECKSUM(50, "The DSS checksum is wrong, or absent or present against the agreement."),
    OUT_OF_DATA_WINDOW(51, "Data outside the connection-level receive window."),
    HANDOVER_FULL(52, "The ring to the owning worker is full."),
    NEIGHBOUR_UNKNOWN(53, "The next hop's hardware address did not become known."),
    NO_ROUTE(54, "No route to the destination."),
    TRANSMIT_FAILED(55, "The port did not take the frame."),
    NEIGHBOUR_TABLE_FULL(56, "No room for another next hop's hardware address."),
    NEIGHBOUR_QUEUE_FULL(57, "Too many frames wait for hardware addresses."),
    PACKET_TOO_BIG(58, "The packet is larger than the path's MTU and may not be cut."),
    ADDRESS_CONFLICT(59, "Another station claims one of our addresses (RFC 5227 s2.4)."),
    NO_SOURCE_PORT(60, "No source port is free towards this destination."),
    TOO_MANY_HOLES(61, "Data behind more holes than are remembered.");

    private static final DropReason[] BY_CODE = values();

    static {
        for (DropReason reason : BY_CODE) {
            if (BY_CODE[reason.code] != reason) {
                throw new AssertionError("codes count from 0 without a gap: " + reason);
            }
        }
    }

    private final int code;
    private final String sentence;

    DropReason(int code, String sentence) {
        this.code = code;
        this.sentence = sentence;
    }

    /** How many reasons there are: the length of an array of counters indexed by {@link #code}. */
    public static int count() {
        return BY_CODE.length;
    }

    /** The reason of a code from 0 to {@link #count} - 1. */
    public static DropReason ofCode(int code) {
        return BY_CODE[code];
    }

    /** Stable number, from 0 without gaps. */
    public int code() {
        return code;
    }

    /** What operators read: one English sentence. */
    public String sentence() {
        return sentence;
    }

    public boolean isDrop() {
        return this != NONE;
    }
}
