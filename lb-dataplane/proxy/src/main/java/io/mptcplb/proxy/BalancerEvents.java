package io.mptcplb.proxy;

import io.mptcplb.stack.mptcp.ConnectionEvents;

/**
 * What becomes of a worker's clients, for whoever watches; the rules of {@link ConnectionEvents}
 * hold. A client is named by {@link Session#number}; one that speaks MPTCP has the same {@code
 * MptcpConnection.number}. A snapshot ({@link LoadBalancer#snapshot}) says the same of what is
 * there.
 */
public interface BalancerEvents extends ConnectionEvents {
    /** A client was taken. */
    default void onConnectionOpened(Session session, long nowNanos) {}

    /** The client has its server: {@link Session#pool} and {@link Session#chosen}. */
    default void onBackendChosen(Session session, long nowNanos) {}

    /** Both sides are gone; the session still says what it was. */
    default void onConnectionClosed(Session session, SessionEnd how, long nowNanos) {}

    /** All live connections follow what was in force when this was raised. */
    default void onPolicySettled(long generation, long nowNanos) {}

    /** The carrier of a NIC port came, or went. */
    default void onPortLink(int portIndex, boolean up, long nowNanos) {}
}
