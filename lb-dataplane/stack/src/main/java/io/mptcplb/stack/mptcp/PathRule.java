package io.mptcplb.stack.mptcp;

import org.jspecify.annotations.Nullable;

/**
 * Subflows that are backup, or regular, whatever a policy's backup ports say.
 *
 * @param portIndex over this NIC port, or {@link #ANY_PORT}
 * @param clients whose connection came from this prefix, its joins included; null for all
 * @param backup what they are
 */
public record PathRule(int portIndex, @Nullable ClientPrefix clients, boolean backup) {
    public static final int ANY_PORT = -1;

    boolean fits(int port, long clientHi, long clientLo) {
        return (portIndex == ANY_PORT || portIndex == port)
                && (clients == null || clients.contains(clientHi, clientLo));
    }
}
