package io.mptcplb.contract.control;

import io.mptcplb.contract.IpAddress;

/**
 * What has become true in the dataplane. In a snapshot the same records say what is true now:
 * {@link ConnectionOpened} and {@link SubflowOpened} for those alive, {@link PortLink} for every
 * port, and so on.
 *
 * <p>Live events come between those of a snapshot, and may say the same again: whoever keeps a
 * picture sets what is said to be open, and lets go of what is said to be closed, known or not. A
 * client that finds a gap in the numbers of its frames, a new epoch or {@link Overrun} asks for a
 * {@link Command.Resync}. Connections are named by {@code connection}, unique within an epoch;
 * subflows by {@code subflow}, unique within their connection.
 */
public sealed interface Event extends Message {
    /** What follows until {@link SnapshotEnd} is a whole picture; earlier pictures are void. */
    record SnapshotBegin(long generation) implements Event {}

    record SnapshotEnd() implements Event {}

    /** So many events were lost, as the client or a ring was too slow. */
    record Overrun(long events) implements Event {}

    /** A configuration or members of pools are in force on every worker. */
    record ConfigApplied(long generation) implements Event {}

    /** All live connections follow the policy in force. */
    record PolicySettled(long generation) implements Event {}

    /** The carrier of a NIC port came, or went. */
    record PortLink(String port, boolean up) implements Event {}

    /** A path rule in force; CONFIGURED says that it was taken away. */
    record PathRule(PathSelector paths, PathPriority priority) implements Event {}

    /** A virtual server takes no new clients; or does again, which a snapshot need not say. */
    record Draining(String virtualServer, boolean draining) implements Event {}

    /**
     * A client was taken.
     *
     * @param token of MP_JOIN; 0 for plain TCP
     * @param offeredVersion MPTCP version that the SYN offered, -1 for none
     * @param offeredFlags the flags of the SYN's MP_CAPABLE
     * @param answeredFlags those of our SYN/ACK; -1 for plain TCP
     * @param fallback why it is plain TCP; empty for MPTCP and for clients that did not ask
     * @param unixNanos when, by the system's clock
     */
    record ConnectionOpened(
            long connection,
            String virtualServer,
            IpAddress client,
            int clientPort,
            IpAddress local,
            int localPort,
            int token,
            int offeredVersion,
            int offeredFlags,
            int answeredFlags,
            String fallback,
            long unixNanos)
            implements Event {}

    /** MPTCP went over to plain TCP while the connection lived. */
    record ConnectionFellBack(long connection, String cause, long unixNanos) implements Event {}

    /** The session has its server. */
    record BackendChosen(long connection, String pool, String backend, long unixNanos)
            implements Event {}

    /**
     * Both sides of a session are gone.
     *
     * @param how the session's end by name
     * @param rxBytes payload from the client
     * @param txBytes payload that the client acknowledged
     */
    record ConnectionClosed(long connection, String how, long rxBytes, long txBytes, long unixNanos)
            implements Event {}

    /**
     * A handshake is complete: the first one, or a join.
     *
     * @param addressId the peer's; 0 for the first subflow
     * @param backupByUs what we declare
     * @param backupByPeer what the client declares
     */
    record SubflowOpened(
            long connection,
            int subflow,
            String port,
            IpAddress local,
            int localPort,
            IpAddress remote,
            int remotePort,
            int addressId,
            boolean backupByUs,
            boolean backupByPeer,
            long unixNanos)
            implements Event {}

    /** Either side changed the subflow's priority. */
    record SubflowPriority(
            long connection, int subflow, boolean backupByUs, boolean backupByPeer, long unixNanos)
            implements Event {}

    /** The subflow's retransmission timer expired, or it acknowledged again. */
    record SubflowStalled(long connection, int subflow, boolean stalled, long unixNanos)
            implements Event {}

    /**
     * An established subflow is gone.
     *
     * @param cause by name
     * @param resetReason of MP_TCPRST, by name; empty without
     */
    record SubflowClosed(
            long connection, int subflow, String cause, String resetReason, long unixNanos)
            implements Event {}

    /** A join was refused; {@code connection} is 0 when its token names none. */
    record JoinRefused(
            long connection, IpAddress client, int clientPort, String reason, long unixNanos)
            implements Event {}

    /** ADD_ADDR went out, or came in. */
    record AddressAnnounced(
            long connection,
            int addressId,
            IpAddress address,
            int tcpPort,
            boolean byPeer,
            long unixNanos)
            implements Event {}

    /** The client echoed our ADD_ADDR. */
    record AddressEchoed(long connection, int addressId, long unixNanos) implements Event {}

    /** REMOVE_ADDR went out, or came in. */
    record AddressRemoved(long connection, int addressId, boolean byPeer, long unixNanos)
            implements Event {}
}
