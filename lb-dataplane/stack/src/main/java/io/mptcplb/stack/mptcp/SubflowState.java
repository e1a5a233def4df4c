package io.mptcplb.stack.mptcp;

/** Where one subflow stands, beside the state of its TCP. */
enum SubflowState {
    /** Belongs to no connection. */
    FREE,
    /** Handshake with MP_CAPABLE. */
    CAPABLE,
    /** Handshake with MP_JOIN. */
    JOINING,
    /** Carries data with mappings. */
    OPEN,
    /** Carries plain TCP: the connection fell back. */
    PLAIN
}
