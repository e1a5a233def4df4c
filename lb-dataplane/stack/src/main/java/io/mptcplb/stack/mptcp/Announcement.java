package io.mptcplb.stack.mptcp;

/**
 * An address told to clients by ADD_ADDR (RFC 8684 s3.4.1).
 *
 * @param id 1 to 255, distinct in one policy; 0 is the connection's first address
 * @param hi high half of the address, v4-mapped where it is IPv4
 * @param lo low half
 * @param port 0: that of the connection's first subflow
 */
public record Announcement(int id, long hi, long lo, int port) {}
