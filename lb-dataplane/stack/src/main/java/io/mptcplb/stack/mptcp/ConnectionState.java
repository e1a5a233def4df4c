package io.mptcplb.stack.mptcp;

/**
 * States of one MPTCP connection. Where each direction stands is kept by its sender and receiver.
 */
enum ConnectionState {
    /** Not in use. */
    FREE,
    /** Waiting for the end of the first handshake. */
    OPENING,
    /** Both keys are known. */
    ESTABLISHED,
    /** Both directions are finished and acknowledged; subflows close. */
    CLOSING,
    /** Plain TCP on the only subflow. */
    FALLBACK,
    /** Being torn down: what its subflows report is not news. */
    ENDING
}
