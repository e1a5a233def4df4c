package io.mptcplb.stack.mptcp;

import io.mptcplb.stack.tcp.CloseCause;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a worker's connections and their subflows, for whoever watches: raised where it
 * happens, on the worker thread. A listener reads what it wants from its arguments at once, keeps
 * none of them, calls nothing back, and allocates nothing. What it does not override it does not
 * hear.
 *
 * <p>Connections are named by {@link MptcpConnection#number}, 0 for one that was never accepted;
 * subflows by {@link Subflow#number}. Subflows may still close after the session has ended.
 */
public interface ConnectionEvents {
    /** MPTCP went over to plain TCP while the connection lived. */
    default void onFellBack(MptcpConnection connection, FallbackCause cause, long nowNanos) {}

    /** A handshake is complete: the first one, or a join. */
    default void onSubflowOpened(MptcpConnection connection, Subflow subflow, long nowNanos) {}

    /** Either side changed the subflow's priority. */
    default void onSubflowPriority(MptcpConnection connection, Subflow subflow, long nowNanos) {}

    /** The subflow fell silent or lost its link, or it is of use again. */
    default void onSubflowStalled(
            MptcpConnection connection, Subflow subflow, boolean stalled, long nowNanos) {}

    /** An established subflow is gone; {@link Subflow#peersReason} says more if the peer did it. */
    default void onSubflowClosed(
            MptcpConnection connection, Subflow subflow, CloseCause cause, long nowNanos) {}

    /**
     * A join was refused.
     *
     * @param connection null when its token names none
     */
    default void onJoinRefused(
            @Nullable MptcpConnection connection,
            long remoteHi,
            long remoteLo,
            int remotePort,
            MptcpCounter reason,
            long nowNanos) {}

    /** ADD_ADDR went out for the first time, or came in. */
    // Over ParameterNumber: an address is two longs, and the packet path makes no record of them.
    default void onAddressAnnounced(
            MptcpConnection connection,
            int addressId,
            long hi,
            long lo,
            int tcpPort,
            boolean byPeer,
            long nowNanos) {}

    /** The peer echoed our ADD_ADDR. */
    default void onAddressEchoed(MptcpConnection connection, int addressId, long nowNanos) {}

    /** REMOVE_ADDR went out for the first time, or came in. */
    default void onAddressRemoved(
            MptcpConnection connection, int addressId, boolean byPeer, long nowNanos) {}
}
