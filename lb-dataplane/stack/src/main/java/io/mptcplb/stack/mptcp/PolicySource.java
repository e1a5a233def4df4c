package io.mptcplb.stack.mptcp;

/**
 * What is in force for the clients of one virtual server. Asked for every SYN with MP_CAPABLE, and
 * again for every live connection when something has changed. Worker thread only.
 */
@FunctionalInterface
public interface PolicySource {
    /** The policy for a client whose connection came from this address. */
    MptcpPolicy policyFor(long clientHi, long clientLo);
}
